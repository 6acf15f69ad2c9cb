"""A data set of one's own: three folders, and a pattern that says how names are built."""

import re
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, DatasetCard, Found
from passerby.datasets.folders import read_folders
from passerby.datasets.index import Subset
from passerby.datasets.listing import NameGrammar
from passerby.errors import ConfigError

__all__ = ["DEFAULT_PATTERN", "grammar_of"]

DEFAULT_PATTERN = "{id}_c{camera}*"

_FOLDERS: dict[Subset, str] = {"train": "train", "query": "query", "gallery": "gallery"}

NUMBERS = {"{id}": r"(?P<identity>-?\d+)", "{camera}": r"(?P<camera>\d+)", "*": ".*"}


def grammar_of(pattern: str) -> NameGrammar:
    """Turn what a user wrote into a grammar.

    Args:
        pattern: Of whole file names. ``{id}`` and ``{camera}`` stand for numbers, ``*`` for
            anything; all else stands for itself.

    Raises:
        ConfigError: If it does not hold ``{id}`` and ``{camera}``, once each.

    Example:
        >>> grammar_of("cam{camera}-person{id}*").read("cam2-person0017.jpg")
        {'camera': 2, 'identity': 17}
    """
    if pattern.count("{id}") != 1 or pattern.count("{camera}") != 1:
        raise ConfigError(
            f"the pattern {pattern!r} must hold {{id}} and {{camera}} once each, "
            f"as in {DEFAULT_PATTERN}"
        )
    pieces = re.split(r"(\{id\}|\{camera\}|\*)", pattern)
    regular = "".join(NUMBERS.get(piece, re.escape(piece)) for piece in pieces)
    return NameGrammar(re.compile(regular, re.DOTALL), pattern)


def _read(root: Path, choice: Choice) -> Found:
    return read_folders(root, _FOLDERS, grammar_of(choice.pattern or DEFAULT_PATTERN))


DATASETS.add(
    "folder",
    DatasetCard(
        title="A data set of one's own",
        read=_read,
        parts=tuple(_FOLDERS.values()),
        optional=tuple(_FOLDERS.values()),
        mark="query/*",
        source="you",
        terms="yours",
    ),
)
