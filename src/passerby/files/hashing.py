"""The hash by which a file is recognised."""

from hashlib import file_digest
from pathlib import Path

from passerby.errors import InputError
from passerby.files.plain import open_plain

__all__ = ["sha256_of"]


def sha256_of(path: Path) -> str:
    """Return a file's sha256 as 64 hexadecimal digits.

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
