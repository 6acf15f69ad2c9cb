"""The hash by which a file is recognised."""

from hashlib import file_digest

from passerby.errors import InputError
from passerby.files.plain import open_plain
from passerby.locations import Location

__all__ = ["sha256_of"]


def sha256_of(path: Location) -> str:
    """Return the sha256 of a file or an object as 64 hexadecimal digits.

    Raises:
        InputError: If it cannot be read.
    """
    try:
        with open_plain(path) as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be hashed ({error.strerror}): it was moved or changed during the run"
        ) from error
