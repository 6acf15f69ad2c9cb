"""The reports of a folder, each with a desk of its own while it is corrected."""

from pathlib import Path
from threading import Lock

from passerby.errors import InputError
from passerby.runs.edit.session import EDITED, edited_copies
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.worker import EditWorker

__all__ = ["ReportDesks"]

MOST_OPEN = 3
"""Reports that are open at once: each may have a process that holds a source."""
_HEAD = 64
"""Bytes at the beginning of a report that say that it is one."""


class ReportDesks:
    """Opens reports by their names.

    Args:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._open: dict[str, Desk] = {}

    def names(self) -> list[str]:
        """The reports in the folder, without ``.json``, but for those of corrected copies.

        Raises:
            InputError: If the folder cannot be read.
        """
        try:
            found = sorted(one.stem for one in self._folder.glob("*.json") if _is_report(one))
        except OSError as error:
            raise InputError(f"{self._folder} cannot be read ({error.strerror})") from None
        first = tuple(one for one in found if not one.endswith(EDITED))
        return [one for one in found if one in first or not one.startswith(first)]

    def desk(self, name: str) -> Desk:
        """The desk of a report; one that nobody has used for longest is closed for it.

        Raises:
            InputError: If there is no such report, its source is gone or was changed, or all
                reports that are open are being written.
        """
        with self._lock:
            known = self._open.pop(name, None)
            if known is None and name not in self.names():
                raise InputError("there is no such report in the folder")
            if known is None:
                self._make_room()
                known = Desk(edited_copies(self._folder / f"{name}.json"), EditWorker)
            self._open[name] = known
            return known

    def close(self) -> None:
        """Let go of all sources."""
        for desk in self._open.values():
            desk.close()

    def _make_room(self) -> None:
        if len(self._open) < MOST_OPEN:
            return
        idle = next((one for one, desk in self._open.items() if not desk.is_writing), None)
        if idle is None:
            raise InputError("copies of other reports are being written: wait until one is done")
        self._open.pop(idle).close()


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return b'"report": 1' in file.read(_HEAD)
