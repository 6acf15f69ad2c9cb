"""The folder that a training writes into."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passerby.errors import OutputError

__all__ = ["writing_into"]


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Turn what a disk says while a folder is written into one clear line.

    Raises:
        OutputError: If anything cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write into {folder} ({error.strerror}): free some space or choose another"
        ) from error
