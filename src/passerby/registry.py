"""A name -> entry table that things join where they are defined.

Regions, operators, detectors and models register themselves; the command line's
choices, the documentation's tables and the contract tests all read the same table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from passerby.errors import ConfigError

__all__ = ["Registry"]

_Entry = TypeVar("_Entry")


class Registry(Mapping[str, _Entry], Generic[_Entry]):
    """An ordered mapping from names to entries; a name can be taken only once.

    Args:
        noun: What one entry is, in the singular, for messages ("operator").

    Example:
        >>> shapes: Registry[type] = Registry("shape")
        >>> _ = shapes.add("circle", complex)
        >>> list(shapes)
        ['circle']
        >>> shapes["sphere"]
        Traceback (most recent call last):
        passerby.errors.ConfigError: unknown shape 'sphere': choose one of circle
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, _Entry] = {}

    def add(self, name: str, entry: _Entry) -> _Entry:
        """Register ``entry`` under ``name`` and return it.

        Raises:
            ConfigError: If the name is taken.
        """
        if name in self._entries:
            raise ConfigError(f"{self.noun} {name!r} is registered twice: choose another name")
        self._entries[name] = entry
        return entry

    def register(self, name: str) -> Callable[[_Entry], _Entry]:
        """Return a decorator that registers what it decorates under ``name``."""
        return lambda entry: self.add(name, entry)

    def __getitem__(self, name: str) -> _Entry:
        try:
            return self._entries[name]
        except KeyError:
            known = ", ".join(self._entries)
            raise ConfigError(f"unknown {self.noun} {name!r}: choose one of {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
