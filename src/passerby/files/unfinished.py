"""The unfinished files of this process, so that none of them is left behind."""

import os
import re
from pathlib import Path
from typing import Protocol

__all__ = ["Unfinished", "begin", "finish", "hidden", "remove_all", "remove_stale"]

_LONGEST_NAME = 200
"""Bytes of a name that a hidden one repeats; file systems take 255."""


class Unfinished(Protocol):
    """A file or folder that does not have its final name yet."""

    def abort(self) -> None:
        """Remove it; calling it twice does no harm."""
        ...


_HIDDEN = re.compile(r"\..*\.partial-[0-9a-f]{8}", re.DOTALL)

_all: set[Unfinished] = set()

os.register_at_fork(after_in_child=_all.clear)  # they are the parent's


def begin(one: Unfinished) -> None:
    """Remember it, before anything of it is on the disk."""
    _all.add(one)


def finish(one: Unfinished) -> None:
    """Forget it: it has got its name, or was removed."""
    _all.discard(one)


def remove_all() -> None:
    """Remove all that is remembered."""
    for one in tuple(_all):
        one.abort()


def remove_stale(folder: Path) -> None:
    """Remove what killed runs left below a folder that no other run writes into."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if _HIDDEN.fullmatch(name):
                Path(parent, name).unlink(missing_ok=True)


def hidden(name: str) -> str:
    """Return an unpredictable name for a file that will finally be called ``name``."""
    short = os.fsencode(name)[:_LONGEST_NAME].decode(errors="ignore")
    return f".{short}.partial-{os.urandom(4).hex()}"
