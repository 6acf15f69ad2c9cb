"""An object that appears under its name only when it is complete."""

import tempfile
from hashlib import file_digest
from io import BufferedRandom
from pathlib import Path
from typing import Literal

from passerby.errors import InputError, OutputError
from passerby.files.descriptors import alias
from passerby.files.failures import exists, write_error
from passerby.files.object_store import asking, object_exists, store_of
from passerby.files.partial import PartialFile
from passerby.files.permit import ANEW, Permit
from passerby.files.unfinished import begin, finish
from passerby.locations import Location, ObjectPath

__all__ = ["PartialObject", "open_partial", "write_text_at"]

_AT_ONCE = 64 << 20
"""Bytes up to which an object is sent in one request, which the store refuses if one is there."""


class PartialObject:
    """The sibling of `PartialFile`: a file without a name, sent to a store when it is whole.

    What is written is anonymized, so that it may lie on a disk until then; encoders go back in
    what they have written, and stores take nothing but whole objects. Large ones are sent in parts,
    of which nothing is seen before the last one is there.

    Args:
        target: The object.
        permit: Whether one that is there may be replaced.

    Attributes:
        file: Where to write until `commit`.
        path: The same for libraries that open files by name.

    Raises:
        OutputError: If there is no room for the file.
    """

    file: BufferedRandom
    path: Path

    def __init__(self, target: ObjectPath, permit: Permit = ANEW) -> None:
        self._target, self._permit = target, permit
        begin(self)
        try:
            self.file = tempfile.TemporaryFile("w+b")  # noqa: SIM115
        except OSError as error:
            finish(self)
            raise write_error(Path(tempfile.gettempdir()), error) from error
        self.path = alias(self.file)

    def sha256(self) -> str:
        """Hash what was written so far, in hexadecimal."""
        self.file.seek(0)
        return file_digest(self.file, "sha256").hexdigest()

    def commit(self) -> None:
        """Send it.

        Raises:
            OutputError: If the store does not take it, or one is there that may not be replaced.
        """
        import obstore  # noqa: PLC0415
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415

        try:
            self.file.flush()
            size = self.file.seek(0, 2)
            self.file.seek(0)
            anew = not self._permit.overwrite
            if anew and size > _AT_ONCE and object_exists(self._target):
                raise exists(self._target)
            mode: Literal["create", "overwrite"]
            mode = "create" if anew and size <= _AT_ONCE else "overwrite"
            with asking(self._target):
                try:
                    obstore.put(
                        store_of(self._target.bucket), self._target.key, self.file, mode=mode
                    )
                except AlreadyExistsError:
                    raise exists(self._target) from None
        except InputError as error:
            raise OutputError(str(error)) from error
        except OSError as error:
            raise write_error(Path(tempfile.gettempdir()), error) from error
        finally:
            self.abort()

    def __enter__(self) -> BufferedRandom:
        return self.file

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.abort()

    def abort(self) -> None:
        """Throw the file away; after `commit` there is none."""
        self.file.close()
        finish(self)


def open_partial(target: Location, permit: Permit = ANEW) -> PartialFile | PartialObject:
    """Begin what will be a file or an object.

    Raises:
        OutputError: If it cannot be made.
    """
    kind = PartialObject if isinstance(target, ObjectPath) else PartialFile
    return kind(target, permit)  # type: ignore[arg-type]


def write_text_at(target: Location, text: str, permit: Permit = ANEW) -> None:
    """Write a whole file or object in UTF-8.

    Raises:
        OutputError: If it cannot be written, or is there and may not be replaced.
    """
    with open_partial(target, permit) as file:
        file.write(text.encode("utf-8", "surrogateescape"))
