"""What writing may do to the files that are there."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from passerby.files.descriptors import FileId, id_of
from passerby.files.output_folder import OutputFolder

__all__ = ["ANEW", "REPLACING", "Permit", "identities"]


@dataclass(frozen=True, slots=True)
class Permit:
    """What writing may do to the files that are there.

    Attributes:
        overwrite: Whether a file may be replaced.
        below: The folder that all files lie in or below; no link below it is followed. By default
            one that this process has locked, if they lie in it.
        spared: Files that are read, which are not replaced in any case.
    """

    overwrite: bool = False
    below: OutputFolder | None = None
    spared: frozenset[FileId] = frozenset()

    def beside(self, path: Path) -> Self:
        """Return the same for a file alone, in the folder that is there now.

        Whatever takes the folder's name until the file is written is not written into.

        Raises:
            OutputError: If there can be no such folder.
        """
        return replace(self, below=OutputFolder.made(path.parent))


ANEW = Permit()
"""No existing file is replaced."""

REPLACING = Permit(overwrite=True)
"""Existing files are ours, from an earlier run or an earlier step."""


def identities(paths: Iterable[Path]) -> frozenset[FileId]:
    """The identities of the files at these paths now; missing ones are left out."""
    found = set()
    for path in paths:
        with suppress(OSError, ValueError):
            found.add(id_of(path.stat()))
    return frozenset(found)
