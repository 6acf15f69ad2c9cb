"""How a user builds the names of pictures: who is in them, and whose camera took them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from passerby.errors import ConfigError, InputError

__all__ = ["NamePattern", "are_numbers", "names_by_number", "numbered", "numbering_note"]

_LONGEST = 18
"""Digits of a number: one of 64 bits holds all of so many. Longer ones are names."""
_NUMBER, _CAMERA = r"-?\d+", rf"(?P<camera>\d{{1,{_LONGEST}}}(?!\d))"
_ANYTHING = "[^/]*"
_WORD, _WORDS = r"[^\W_]+", "[^/]+?"
"""A name where anything may follow it, and one that ends where the pattern goes on."""

_JUNK, _NOBODY = "-1", "0"
"""Identities that are no people, also where others have names."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What a user writes: ``{id}`` is a number or a name, ``{camera}`` a number, ``*`` anything.

    A slash stands between folders; all else stands for itself.

    Attributes:
        text: What was written.

    Raises:
        ConfigError: If it does not hold ``{id}`` once, and ``{camera}`` once at most.

    Example:
        >>> NamePattern("{id}/c{camera}*").read(["anna/c2_1.jpg", "bo/c1.jpg"], Path("query"))
        [('anna', 2), ('bo', 1)]
    """

    text: str

    def __post_init__(self) -> None:
        if self.text.count("{id}") != 1 or self.text.count("{camera}") > 1:
            raise ConfigError(
                f"the pattern {self.text!r} must hold {{id}} once, and {{camera}} once if names "
                "say it, as in {id}_c{camera}*"
            )

    @property
    def is_nested(self) -> bool:
        """Whether pictures lie in folders below those of the subsets."""
        return "/" in self.text

    @property
    def has_camera(self) -> bool:
        """Whether names say who took the picture."""
        return "{camera}" in self.text

    def fits(self, names: Sequence[str]) -> bool:
        """Whether all names are built like this."""
        return not self._misfits(names)

    def read(self, names: Sequence[str], place: Path) -> list[tuple[str, int]]:
        """The person and the camera of each picture; the camera is 0 where names do not say it.

        Identities are numbers if all of them can be, and names otherwise.

        Args:
            names: Of the pictures, relative to the folder of their subset.
            place: The data set, for messages.

        Raises:
            InputError: If a name is built otherwise; it names the first and says how many.
        """
        misfits = self._misfits(names)
        if misfits:
            raise InputError(
                f"{place}: names must look like {self.text!r}, {misfits[0]!r} is not "
                f"({len(misfits)} such names): say how with --pattern, rename or remove them"
            )
        numbers = self._expression(_NUMBER)
        fits = [numbers.fullmatch(name) for name in names]
        if not all(fits):
            words = self._expression(self._words)
            fits = [words.fullmatch(name) for name in names]
        found = [fit.groupdict() for fit in fits if fit is not None]
        return [(one["identity"], int(one.get("camera", 0))) for one in found]

    def _misfits(self, names: Sequence[str]) -> list[str]:
        words = self._expression(self._words)
        return [name for name in names if not words.fullmatch(name)]

    @property
    def _words(self) -> str:
        """A name ends before what follows it in the pattern, else where its letters end."""
        following = self.text.partition("{id}")[2]
        return _WORD if following[:1] in ("", "*") else _WORDS

    def _expression(self, identity: str) -> re.Pattern[str]:
        forms = {"{id}": f"(?P<identity>{_NUMBER}|{identity})", "{camera}": _CAMERA, "*": _ANYTHING}
        pieces = re.split(r"(\{id\}|\{camera\}|\*)", self.text)
        return re.compile("".join(forms.get(piece, re.escape(piece)) for piece in pieces))


def numbered(identities: Sequence[str]) -> dict[str, int]:
    """The number of each identity: its own if `are_numbers`, else its place in their order.

    Example:
        >>> numbered(["017", "4"]), numbered(["bo", "anna", "0"])
        ({'017': 17, '4': 4}, {'-1': -1, '0': 0, 'anna': 1, 'bo': 2})
    """
    if are_numbers(identities):
        return {one: int(one) for one in identities}
    names = sorted(set(identities) - {_JUNK, _NOBODY})
    return {_JUNK: -1, _NOBODY: 0} | {name: number for number, name in enumerate(names, 1)}


def names_by_number(numbers: Mapping[str, int]) -> dict[int, str]:
    """What the people are called whom `numbered` has numbered; empty where numbers say it all.

    Example:
        >>> names_by_number(numbered(["bo", "anna", "0"])), names_by_number(numbered(["017"]))
        ({1: 'anna', 2: 'bo'}, {})
    """
    people = {number: name for name, number in numbers.items() if number > 0}
    return {} if are_numbers(people.values()) else people


def numbering_note(people: Mapping[int, str]) -> str:
    """Say how people with names, of whom there is at least one, are numbered."""
    first, last = min(people), max(people)
    return (
        f"people have names and are numbered in their order: {first} is {people[first]}, "
        f"{last} is {people[last]}"
    )


def are_numbers(identities: Iterable[str]) -> bool:
    """Whether identities are numbers that 64 bits hold, all of them.

    Example:
        >>> are_numbers(["017", "-1"]), are_numbers(["017", "anna"]), are_numbers(["1" * 30])
        (True, False, False)
    """
    return all(
        re.fullmatch(_NUMBER, one) and len(one.removeprefix("-")) <= _LONGEST for one in identities
    )
