"""The edits of one copy while they are made: each is on disk before the page hears of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from pydantic import TypeAdapter, ValidationError

from passerby.config import first_problem
from passerby.errors import ConfigError
from passerby.files.partial import REPLACING
from passerby.runs.edit.edits import Edit, EditedSource, EditsFile
from passerby.runs.edit.edits_file import read_edits, write_edits
from passerby.runs.edit.session import EditedCopy

__all__ = ["EditList"]

_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


class EditList:
    """Adds edits, takes them back and puts them forth again.

    Args:
        copy: What is corrected.

    Raises:
        ConfigError: If its file of edits cannot be read.
        InputError: If that file is of another source.
    """

    def __init__(self, copy: EditedCopy) -> None:
        self._copy = copy
        self._lock = Lock()
        self._together: list[int] = []  # how many edits were made at once, lately
        self._undone: list[tuple[Edit, ...]] = []
        self.edits: tuple[Edit, ...] = ()
        if copy.edits_file.exists():
            known = read_edits(copy.edits_file)
            if known.source.sha256 != copy.sha256:
                raise ConfigError(f"{copy.edits_file} holds edits of another source: move it away")
            self.edits = known.edit

    @property
    def can_redo(self) -> bool:
        """Whether an edit was taken back that can come forth again."""
        return bool(self._undone)

    def add(self, several: Sequence[dict[str, Any]], name: str | None = None) -> None:
        """Add edits, all or none, and say who made them and when.

        Args:
            several: What they say.
            name: Who makes them.

        Raises:
            ConfigError: If one means nothing.
            OutputError: If they cannot be saved.
        """
        more = [self.checked(values, name) for values in several]
        with self._lock:
            self._save((*self.edits, *more))
            self._together.append(len(more))
            self._undone.clear()

    def checked(self, values: dict[str, Any], name: str | None = None) -> Edit:
        """The edit that these values mean, if somebody makes it now.

        Raises:
            ConfigError: If they mean none.
        """
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            return _EDIT.validate_python({**values, "by": name, "when": now})
        except ValidationError as error:
            raise ConfigError(f"this edit means nothing: {first_problem(error)}") from None

    def undo(self, position: int | None = None) -> None:
        """Take an edit back; by default the last, and those that were made at once with it."""
        with self._lock:
            if not self.edits:
                return
            if position is not None and not 0 <= position < len(self.edits):
                raise ConfigError(f"there is no edit {position}")
            count = 1 if position is not None or not self._together else self._together[-1]
            at = len(self.edits) - count if position is None else position
            taken = self.edits[at : at + count]
            self._save((*self.edits[:at], *self.edits[at + count :]))
            self._together = self._together[:-1] if position is None else []
            self._undone.append(taken)

    def redo(self) -> None:
        """Put forth again what was taken back last."""
        with self._lock:
            if self._undone:
                self._save((*self.edits, *self._undone[-1]))
                self._together.append(len(self._undone.pop()))

    def _save(self, edits: tuple[Edit, ...]) -> None:
        source = EditedSource(sha256=self._copy.sha256, name=self._copy.source.name)
        write_edits(self._copy.edits_file, EditsFile(source=source, edit=edits), REPLACING)
        self.edits = edits
