"""File names must fit what will be written: a film is no place for JSON."""

from pathlib import Path

from passerby.errors import ConfigError

__all__ = ["check_ending"]


def check_ending(path: Path | str | None, holds: str, *endings: str) -> None:
    """Refuse a file whose name does not fit what it will hold.

    Args:
        path: Of the file; None for an option that was left out.
        holds: What it will hold, in a word.
        endings: Those that fit, in small letters.

    Raises:
        ConfigError: If its name ends otherwise.

    Example:
        >>> check_ending("report.JSON", "JSON", ".json")
        >>> check_ending("film.mp4", "JSON", ".json")
        Traceback (most recent call last):
        passerby.errors.ConfigError: film.mp4 will hold JSON: end its name with .json
    """
    if path is not None and Path(path).suffix.lower() not in endings:
        raise ConfigError(f"{path} will hold {holds}: end its name with {' or '.join(endings)}")
