"""An output folder: it must stay the same folder, and only one run at a time writes into it."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Self

from passerby.errors import OutputError
from passerby.files.descriptors import FOLDER, FileId, id_of, open_folder
from passerby.files.locks import lock

__all__ = ["OutputFolder", "holder_of"]


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """A folder identified by its inode: another one that takes its name is not written into.

    Attributes:
        path: As the user named it; links in it are followed, those below it never.
        identity: What it was when the run began.
    """

    path: Path
    identity: FileId

    @classmethod
    def made(cls, path: Path) -> Self:
        """Make a folder, or take the one that is there.

        Raises:
            OutputError: If there can be none, or a link leads to it out of one that is locked.
        """
        holder = holder_of(path)
        try:
            descriptor = open_folder(path) if holder is None else holder.open(path, make=True)
            try:
                return cls(path, id_of(os.fstat(descriptor)))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise OutputError(
                f"the folder {path} cannot be made ({error.strerror}): check the path"
            ) from error

    def open(self, folder: Path, *, make: bool = False) -> int:
        """Open a folder below this one, or this one, without following a link on the way.

        Args:
            folder: Its path, which begins with `path`.
            make: Whether to make what is missing.

        Returns:
            A descriptor, which the caller closes.

        Raises:
            OSError: If it cannot be opened.
            OutputError: If a link lies on the way, or this folder is not what it was.
        """
        descriptor = os.open(self.path, FOLDER)
        try:
            self._check(descriptor)
            place = self.path
            for name in _names(folder, self.path):
                place /= name
                below = _open_below(descriptor, name, place, make=make)
                os.close(descriptor)
                descriptor = below
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _check(self, descriptor: int) -> None:
        if id_of(os.fstat(descriptor)) != self.identity:
            raise OutputError(
                f"{self.path} was replaced by another folder during the run: run it again"
            )

    def refuse_links(self, folders: Iterable[Path]) -> None:
        """Make sure, before the work, that no link lies on the way to any of these folders.

        Raises:
            OutputError: If there is one.
        """
        for folder in sorted(set(folders)):
            with suppress(OSError):  # any other problem is reported when writing
                os.close(self.open(folder))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; the system lets them in again when this one ends, however it ends.

        Meanwhile whatever this process writes below it is found from here, see `holder_of`.

        Raises:
            OutputError: If another run is in.
        """
        descriptor = self.open(self.path)
        try:
            lock(descriptor, self.path)
            _locked.append(self)
            try:
                yield
            finally:
                _locked.remove(self)
        finally:
            os.close(descriptor)


_locked: list[OutputFolder] = []
"""By this process, outermost first."""


def holder_of(path: Path) -> OutputFolder | None:
    """Return the folder that this process has locked and that a path leads into, if there is one.

    What is written there is opened through it, so that no link below it is followed.
    """
    return next((one for one in _locked if path.is_relative_to(one.path)), None)


def _names(folder: Path, root: Path) -> tuple[str, ...]:
    names = folder.relative_to(root).parts
    if ".." in names:
        raise OutputError(f"{folder} lies outside {root}: name files without ..")
    return names


def _open_below(parent: int, name: str, place: PurePath, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
    try:
        return os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP) and _is_link(name, parent):
            raise OutputError(
                f"{place} is a link, which may lead out of the output folder: remove it"
            ) from None
        raise


def _is_link(name: str, parent: int) -> bool:
    with suppress(OSError):
        os.readlink(name, dir_fd=parent)
        return True
    return False
