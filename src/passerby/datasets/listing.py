"""Finds images and reads labels from their names: from the name alone, never from the path."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from passerby.errors import InputError
from passerby.files import plain
from passerby.media import IMAGE_SUFFIXES
from passerby.runtime.counting import counted

__all__ = [
    "NameGrammar",
    "linked_folders",
    "list_pictures",
    "nested",
    "pictures_below",
    "read_lines",
]

_LONGEST = 18
"""Characters of a number in a name: one of 64 bits holds all of so many digits."""


@dataclass(frozen=True)
class NameGrammar:
    """How the file names of a data set are built.

    Attributes:
        pattern: Fits whole names; its named groups are numbers.
        example: A name, for messages.
    """

    pattern: re.Pattern[str]
    example: str

    def read(self, name: str) -> dict[str, int] | None:
        """The numbers in a name; None if it is built otherwise, or one is too large to be meant.

        Example:
            >>> grammar = NameGrammar(re.compile(r"(?P<identity>[0-9]+)_c(?P<camera>[0-9])_.*"), "")
            >>> grammar.read("0007_c2_f0046985.jpg"), grammar.read("cover.jpg")
            ({'identity': 7, 'camera': 2}, None)
        """
        fit = self.pattern.fullmatch(name)
        if fit is None or any(len(value) > _LONGEST for value in fit.groupdict().values()):
            return None
        return {key: int(value) for key, value in fit.groupdict().items()}

    def read_all(self, names: Iterable[str], place: Path) -> list[tuple[str, dict[str, int]]]:
        """Each name with the numbers in it.

        Args:
            names: Of files.
            place: Where they are from, for messages.

        Raises:
            InputError: If any is built otherwise; it names the first and says how many there are.
        """
        labels = [(name, self.read(name)) for name in names]
        misfits = [name for name, label in labels if label is None]
        if misfits:
            raise InputError(
                f"{place}: names must look like {self.example!r}, {misfits[0]!r} is not "
                f"({counted(len(misfits), 'such name')}): rename or remove them"
            )
        return [(name, label) for name, label in labels if label is not None]


def list_pictures(folder: Path) -> list[str]:
    """Names of the pictures in a folder, sorted; by their endings, hidden files left out.

    Raises:
        InputError: If the folder cannot be read.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror}): check the path") from error
    return [name for name in names if _is_picture(name)]


def nested(root: Path, folders: Iterable[str]) -> tuple[str, ...]:
    """Say how many pictures lie in folders below those that are read.

    Args:
        root: Of the data set.
        folders: Those that are read, relative to the root.
    """
    found = []
    for folder in folders:
        below = (
            names
            for parent, _, names in os.walk(root / folder, followlinks=False)
            if Path(parent) != root / folder
        )
        count = sum(_is_picture(name) for names in below for name in names)
        links = sum(
            entry.is_symlink() and Path(entry).is_dir() for entry in os.scandir(root / folder)
        )
        parts = [f"{counted(count, 'picture')} in folders below {folder}"] if count else []
        parts += [f"{counted(links, 'linked folder')} in {folder}"] if links else []
        if parts:
            found.append(f"not read: {' and '.join(parts)}: move the pictures into {folder}")
    return tuple(found)


def pictures_below(folder: Path) -> list[str]:
    """The same for all folders below, relative to this one, with slashes; links are left out."""
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = Path(parent).relative_to(folder)
        found += [(place / name).as_posix() for name in names if _is_picture(name)]
    return sorted(found)


def linked_folders(root: Path, folders: Iterable[str]) -> tuple[str, ...]:
    """Say how many linked folders lie below those that are read."""
    found = []
    for folder in folders:
        walk = os.walk(root / folder, followlinks=False)
        count = sum(Path(parent, one).is_symlink() for parent, below, _ in walk for one in below)
        if count:
            found.append(f"{count:,} linked folders below {folder} were not read: copy them there")
    return tuple(found)


def _is_picture(name: str) -> bool:
    stem, dot, ending = name.rpartition(".")
    return bool(stem) and not name.startswith(".") and dot + ending.lower() in IMAGE_SUFFIXES


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, without empty ones.

    Raises:
        InputError: If it cannot be read.
    """
    try:
        lines = plain.read_text(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InputError(f"{path} cannot be read ({reason}): check the path") from error
    return [line.strip() for line in lines if line.strip()]
