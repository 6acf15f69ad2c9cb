"""What a network that finds things tells apart, and which of that is looked for."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.detections import KIND_OF_NAME, Kind
from passerby.errors import ConfigError, ModelError
from passerby.files.plain import read_text
from passerby.models.coco import COCO, COCO_91

__all__ = [
    "FIRST_CLASS",
    "Wanted",
    "conventional_names",
    "listed",
    "names_in_file",
    "names_in_metadata",
    "numbers_of",
    "people_among",
]

NAMES_KEYS = "names", "classes"
"""Entries of an ONNX file's metadata that hold the names of its classes."""

_SHOWN = 20
"""Most names of classes that a message lists."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The classes that are looked for.

    Attributes:
        columns: Numbers of the classes from 0, shape (n,).
        kinds: What each encloses, shape (n,), values of `Kind`.
    """

    columns: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.int8]

    @classmethod
    def of(cls, *kinds: tuple[int, Kind]) -> "Wanted":
        """The same from pairs of number and kind; a class may be of two kinds.

        Example:
            >>> Wanted.of((0, Kind.PERSON), (2, Kind.OBJECT)).columns
            array([0, 2])
        """
        columns, values = np.array(kinds, np.intp).reshape(-1, 2).T
        return cls(columns, values.astype(np.int8))


FIRST_CLASS = Wanted.of((0, Kind.PERSON))
"""Persons, where they are the first class, as in COCO and wherever nobody says otherwise."""


def conventional_names(count: int) -> tuple[str, ...] | None:
    """What so many classes are called where a network does not say: those of COCO, or None.

    The 90 columns of TensorFlow's networks are COCO's own numbers, of which ten stand for nothing.
    """
    return {len(COCO): COCO, len(COCO_91): COCO_91}.get(count)


def names_in_metadata(metadata: Mapping[str, str], path: Path) -> tuple[str, ...] | None:
    """Read the names that an ONNX file gives its classes: a list, or a dictionary by number.

    Returns:
        None where it gives none.

    Raises:
        ModelError: If they cannot be understood.
    """
    key = next((key for key in NAMES_KEYS if key in metadata), None)
    if key is None:
        return None
    try:
        values = _in_order(ast.literal_eval(metadata[key]))
    except (ValueError, TypeError, SyntaxError, KeyError, RecursionError, MemoryError) as error:
        raise ModelError(
            f"{path}: the names of its classes ({key} in its metadata) are neither a list nor "
            "numbered from 0: correct them"
        ) from error
    return tuple(str(one).strip() for one in values)


def _in_order(value: object) -> Sequence[object]:
    """The values of a list, or of a dictionary whose keys are numbers from 0, as text or not."""
    if isinstance(value, list | tuple):
        return value
    if not isinstance(value, dict):
        raise TypeError(value)
    by_number = {int(str(key)): name for key, name in value.items()}
    return [by_number[number] for number in range(len(by_number))]


def names_in_file(path: Path) -> tuple[str, ...]:
    """Read the names of classes from a text file, one a line.

    Raises:
        ConfigError: If it cannot be read, or holds none.
    """
    try:
        lines = read_text(path, "utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"cannot read the names of classes in {path}: {reason}") from error
    names = tuple(line.strip() for line in lines if line.strip())
    if not names:
        raise ConfigError(f"{path} has no names: write one class name per line")
    return names


def people_among(names: Sequence[str] | None) -> dict[int, Kind]:
    """Which classes are persons or heads, by number; the first where there are no names."""
    if names is None:
        return {0: Kind.PERSON}
    kinds = ((number, KIND_OF_NAME.get(name.lower())) for number, name in enumerate(names))
    return {n: kind for n, kind in kinds if kind is not None and kind in (Kind.PERSON, Kind.HEAD)}


def numbers_of(
    classes: Sequence[str], names: Sequence[str] | None, count: int, model: str
) -> list[int]:
    """Find classes among those of a network by their names, or by their numbers from 0.

    Args:
        classes: What a user wrote.
        names: Of all its classes, where they are known.
        count: How many it has; 0 where that is not known.
        model: The network, for messages.

    Raises:
        ConfigError: If it has no such class.
    """
    return [n for one in classes for n in _numbers_of_one(one, names, count, model)]


def _numbers_of_one(text: str, names: Sequence[str] | None, count: int, model: str) -> list[int]:
    wanted = text.strip().lower()
    named = [n for n, name in enumerate(names or ()) if name.lower() == wanted]
    if named and wanted:
        return named
    if wanted.isdecimal() and (not count or int(wanted) < count):
        return [int(wanted)]
    if wanted.isdecimal():
        raise ConfigError(f"{model} has no class {text}: its last one is {count - 1}")
    if names is None:
        raise ConfigError(
            f"{model} does not say what its classes are called, {text!r} neither: give their names "
            "with --class-names, or the number of the class from 0"
        )
    close = get_close_matches(wanted, [name.lower() for name in names], n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has {listed(names)}"
    raise ConfigError(f"{model} has no class {text!r}: {hint} (another network: --object-model)")


def listed(names: Sequence[str]) -> str:
    """Names for a message, which must not grow without end.

    Example:
        >>> listed(["plate", "screen"])
        'plate, screen'
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
