"""The files that one editor is about; of one at a time the source is open."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from passerby.errors import InputError
from passerby.runs.edit.session import EditedCopy
from passerby.runs.edit.thumbnails import TrackThumbnails
from passerby.runs.review.queue import read_report
from passerby.serve.editor.edit_list import EditList
from passerby.serve.editor.rendering import Rendering
from passerby.serve.editor.worker import EditAnswers

__all__ = ["Desk"]


class Desk:
    """Knows the edits of each file, and what answers about its frames.

    Args:
        copies: What is corrected, at least one.
        open_worker: Opens what reads a source.

    Attributes:
        copies: The same.
        edits: Of each.
        thumbnails: Of the tracks of each.
        rendering: Writes the corrected copies.

    Raises:
        ConfigError: If a file of edits cannot be read, or is of another source.
    """

    def __init__(
        self, copies: Sequence[EditedCopy], open_worker: Callable[[EditedCopy], EditAnswers]
    ) -> None:
        self.copies = tuple(copies)
        self.edits = tuple(EditList(one) for one in copies)
        self.thumbnails = tuple(TrackThumbnails(one) for one in copies)
        self.rendering = Rendering()
        self._open_worker = open_worker
        self._lock = Lock()
        self._open: tuple[int, EditAnswers] | None = None
        items = read_report(copies[0].report).items
        self._doubts = tuple(len(items[one.item].review) for one in copies)

    def check(self, file: int) -> int:
        """Return the number of a file, if there is one.

        Raises:
            InputError: If there is none.
        """
        if not 0 <= file < len(self.copies):
            raise InputError(f"there is no file {file}: the last is {len(self.copies) - 1}")
        return file

    def worker(self, file: int) -> EditAnswers:
        """What answers about a file; the source of another one is closed for it.

        Raises:
            InputError: If its source is gone or was changed.
        """
        self.check(file)
        with self._lock:
            if self._open is not None and self._open[0] != file:
                self._open[1].close()
                self._open = None
            if self._open is None:
                self.copies[file].check()
                self._open = file, self._open_worker(self.copies[file])
            return self._open[1]

    def files(self) -> list[dict[str, Any]]:
        """The names of the files, how many frames are in doubt, and how many edits there are."""
        return [
            {"name": str(copy.source.name), "doubts": doubts, "edits": len(edits.edits)}
            for copy, doubts, edits in zip(self.copies, self._doubts, self.edits, strict=True)
        ]

    def render(self, files: Sequence[int] | None) -> None:
        """Write corrected copies: of some files, or of all that have edits.

        Raises:
            InputError: If there are none, or no such file.
        """
        for file in files or ():
            self.check(file)
        chosen = files or [number for number, one in enumerate(self.edits) if one.edits]
        self.rendering.start([self.copies[number] for number in chosen])

    @property
    def is_writing(self) -> bool:
        """Whether a corrected copy is being written."""
        return self.rendering.state.running

    def close(self) -> None:
        """Let go of the source, and stop writing."""
        self.rendering.close()
        if self._open is not None:
            self._open[1].close()
