"""Where a file lies: on a disk, or as an object in a store."""

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Self

from passerby.errors import ConfigError

__all__ = ["OBJECT_SCHEMES", "Location", "ObjectPath", "is_object", "location_of"]

OBJECT_SCHEMES = frozenset(("abfs", "abfss", "az", "gs", "memory", "s3", "s3a"))
"""What addresses of objects begin with, as fsspec has them."""

_BUCKET = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True, order=True)
class ObjectPath:
    """The address of an object, or of all objects below a folder, as a `pathlib.Path` is of a file.

    Attributes:
        bucket: The store, such as ``s3://archive``.
        key: The name in it, such as ``2026/street.mp4``; empty for the whole bucket.

    Example:
        >>> place = ObjectPath.parse("s3://archive/2026/street.mov")
        >>> place.bucket, place.key, place.name, place.suffix
        ('s3://archive', '2026/street.mov', 'street.mov', '.mov')
        >>> str(place.with_suffix(".mp4")), str(place.parent / "map.png")
        ('s3://archive/2026/street.mp4', 's3://archive/2026/map.png')
    """

    bucket: str
    key: str

    @classmethod
    def parse(cls, address: str) -> Self:
        """Read an address.

        Raises:
            ConfigError: If it names no bucket, or holds anything but a bucket and a key.
        """
        scheme, _, rest = address.partition("://")
        bucket, _, key = rest.partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise ConfigError(
                f"an address of {scheme}:// names a bucket and a key, and nothing else: write it "
                f"as {scheme}://bucket/folder, and leave credentials to the environment"
            )
        return cls(f"{scheme.lower()}://{bucket}", key.strip("/"))

    @property
    def name(self) -> str:
        """What comes last."""
        return self._pure.name

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self._pure.stem

    @property
    def suffix(self) -> str:
        """The ending, with its dot."""
        return self._pure.suffix

    @property
    def parent(self) -> "ObjectPath":
        """The folder that it is in."""
        return replace(self, key=self.key.rpartition("/")[0])

    @property
    def is_plain(self) -> bool:
        """Whether its key could be a path below a folder; others would lead out of it."""
        return not {"", ".", ".."} & set(self.key.split("/"))

    def with_name(self, name: str) -> "ObjectPath":
        """The same with another name."""
        return self.parent / name

    def with_suffix(self, suffix: str) -> "ObjectPath":
        """The same with another ending."""
        return self.with_name(self._pure.with_suffix(suffix).name)

    def relative_to(self, folder: "ObjectPath") -> PurePosixPath:
        """The way to it from a folder.

        Raises:
            ValueError: If it is not below that.
        """
        if folder.bucket != self.bucket:
            raise ValueError(f"{self} is not below {folder}")
        return self._pure.relative_to(folder.key)

    def __truediv__(self, name: str | PurePath) -> "ObjectPath":
        below = PurePath(name).as_posix()
        return replace(self, key=f"{self.key}/{below}" if self.key else below)

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    @property
    def _pure(self) -> PurePosixPath:
        return PurePosixPath(self.key)


Location = Path | ObjectPath
"""A file on a disk, or an object in a store."""


def is_object(name: str | Location) -> bool:
    """Whether a name is the address of an object.

    Example:
        >>> is_object("s3://archive/street.mp4"), is_object("rtsp://host/street")
        (True, False)
    """
    scheme, separator, _ = str(name).partition("://")
    return bool(separator) and scheme.lower() in OBJECT_SCHEMES


def location_of(name: str | Location) -> Location:
    """What a name means: the address of an object, ``file://`` and a path, or a path.

    Raises:
        ConfigError: See `ObjectPath.parse`.

    Example:
        >>> location_of("s3://archive/street.mp4")
        ObjectPath(bucket='s3://archive', key='street.mp4')
        >>> location_of("file:///srv/street.mp4").as_posix()
        '/srv/street.mp4'
    """
    if not isinstance(name, str):
        return name
    if is_object(name):
        return ObjectPath.parse(name)
    return Path(name.removeprefix("file://"))
