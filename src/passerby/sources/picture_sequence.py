"""A video that lies in a folder as one picture a frame, as MOT Challenge keeps them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from passerby.errors import InputError
from passerby.files.plain import read_text
from passerby.media import IMAGE_SUFFIXES, Medium
from passerby.sources.arrays import ArraySource
from passerby.sources.images import ImageSource
from passerby.types import Frame

__all__ = ["PictureSequence", "rate_beside"]

_INFO = "seqinfo.ini"
_RATE = re.compile(r"^frameRate\s*=\s*([\d.]+)\s*$", re.MULTILINE)


def rate_beside(path: Path) -> float | None:
    """The frames a second that a ``seqinfo.ini`` of MOT Challenge says; None without one.

    Args:
        path: A folder of frames, or a file of boxes. The ``seqinfo.ini`` lies in that folder, or
            up to two folders above.

    Example:
        >>> rate_beside(Path("nowhere/img1")) is None
        True
    """
    for folder in (path, *path.absolute().parents[:2]):
        with suppress(OSError, UnicodeDecodeError):
            said = _RATE.search(read_text(folder / _INFO))
            if said is not None:
                return float(said[1])
    return None


class PictureSequence:
    """The pictures in a folder as the frames of a video, in the order of their names.

    Names that are numbers are in the order of these numbers. Frames count from 0, whatever their
    names say.

    Args:
        folder: Holds the pictures; what lies in folders below it is left out.
        rate: Frames a second.

    Raises:
        InputError: If it holds no picture, or one that cannot be read or is of another size.
        ConfigError: If the rate is not positive.
    """

    def __init__(self, folder: Path, rate: float) -> None:
        self._folder = folder
        self._files = _pictures(folder)
        self._source = ArraySource(self._read(), rate)

    @property
    def medium(self) -> Medium:
        """What is being read."""
        return replace(self._source.medium, name=str(self._folder), frames=len(self._files))

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order.

        Raises:
            InputError: If a picture cannot be read, moves, or has another size than the first.
        """
        return iter(self._source)

    def close(self) -> None:
        """Read nothing more; calling it twice does no harm."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _read(self) -> Iterator[Frame]:
        size = None
        for path in self._files:
            with ImageSource(path) as source:
                here = source.medium.width, source.medium.height
                size = size or here
                if here != size:
                    raise InputError(
                        f"{path} has {here[0]}x{here[1]} pixels, the first frame "
                        f"{size[0]}x{size[1]}: the frames of a video have one size"
                    )
                first, *more = source
                if more:
                    raise InputError(f"{path} has {len(more) + 1} pictures, not one: leave it out")
                yield first


def _pictures(folder: Path) -> list[Path]:
    try:
        names = [one for one in folder.iterdir() if not one.name.startswith(".")]
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror}): check the path") from error
    found = [one for one in names if one.suffix.lower() in IMAGE_SUFFIXES and one.is_file()]
    if not found:
        raise InputError(f"{folder} has no pictures in it: name a folder with one for each frame")
    if all(one.stem.isdecimal() for one in found):
        return sorted(found, key=lambda one: (int(one.stem), one.name))
    return sorted(found)
