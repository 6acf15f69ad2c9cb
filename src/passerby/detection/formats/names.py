"""Names of pictures in files of boxes, and which of a run's inputs each of them means."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from posixpath import normpath

__all__ = ["NameIndex", "plain", "repeated"]


def plain(name: str) -> str:
    r"""A name as all are compared: with slashes, and without steps that lead nowhere.

    Example:
        >>> plain("a\\b.png"), plain("./a//b.png"), plain("a/../b.png")
        ('a/b.png', 'a/b.png', 'b.png')
    """
    return normpath(name.replace("\\", "/")) if name else name


class NameIndex:
    """Finds a name among those of a file: by its path, else by its end, else by its stem.

    Args:
        listed: The names in the file, as `plain` has them.
    """

    def __init__(self, listed: Collection[str]) -> None:
        self._listed = listed
        self._ends = Counter(PurePosixPath(name).name for name in listed)

    def find(self, name: str) -> str | None:
        """Return the listed name that a picture bears; None if there is none, or several."""
        path = PurePosixPath(plain(name))
        if str(path) in self._listed:
            return str(path)
        for loose in (path.name, path.stem):
            if loose in self._listed and self._ends[loose] == 1:
                return loose
        return None


def repeated(values: Iterable[object]) -> set[object]:
    """Those of some values that come more than once."""
    return {value for value, count in Counter(values).items() if count > 1}
