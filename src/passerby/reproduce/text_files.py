"""Text that appears under its name only when it is whole."""

from pathlib import Path

from passerby.partial import PartialFile, write_error

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8; one that is there is replaced.

    Raises:
        OutputError: If it cannot be written.
    """
    partial = PartialFile(path)
    try:
        partial.path.write_text(text, encoding="utf-8")
    except OSError as error:
        partial.abort()
        raise write_error(path, error) from error
    partial.commit()
