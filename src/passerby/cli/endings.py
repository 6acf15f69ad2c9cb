"""Names of files that are written must say what will be in them: a film is no place for JSON."""

from pathlib import Path

from passerby.errors import ConfigError

__all__ = ["check_ending"]


def check_ending(path: Path | str | None, holds: str, *endings: str) -> None:
    """Refuse a file whose name says something else than what it is to hold.

    Args:
        path: Of the file; None for an option that was left out.
        holds: What it is to hold, in a word.
        endings: Of names that say so, in small letters.

    Raises:
        ConfigError: If its name ends otherwise.

    Example:
        >>> check_ending("report.JSON", "JSON", ".json")
        >>> check_ending("film.mp4", "JSON", ".json")
        Traceback (most recent call last):
        passerby.errors.ConfigError: film.mp4 is to hold JSON: end its name with .json
    """
    if path is not None and Path(path).suffix.lower() not in endings:
        raise ConfigError(f"{path} is to hold {holds}: end its name with {' or '.join(endings)}")
