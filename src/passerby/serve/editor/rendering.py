"""Writes the corrected copy in a process of its own: a page that is closed stops nothing."""

import os
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from passerby.files.permit import Permit
from passerby.media import Input, Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.session import EditedCopy
from passerby.runtime.process import begin_child
from passerby.runtime.reasons import reason_of

__all__ = ["RenderState", "Rendering"]


@dataclass(frozen=True, slots=True)
class RenderState:
    """How far it is.

    Attributes:
        running: Whether it is at work.
        done: Frames written.
        error: Why it failed, if it did.
        copy: Where the finished copy lies, if it does.
        uncovered: How many the self-check found uncovered in it.
        vouched: Whether nothing is in doubt.
    """

    running: bool = False
    done: int = 0
    error: str | None = None
    copy: str | None = None
    uncovered: int | None = None
    vouched: bool = False


class Rendering:
    """Renders one copy, one time after the other.

    Args:
        copy: What is corrected.

    Attributes:
        state: How far it is.
    """

    def __init__(self, copy: EditedCopy) -> None:
        self.state = RenderState()
        self._copy = copy
        self._lock = Lock()

    def start(self) -> None:
        """Begin, unless it is at work already."""
        with self._lock:
            if self.state.running:
                return
            self.state = RenderState(running=True)
            context = get_context("spawn")
            mine, other = context.Pipe(duplex=False)
            process = context.Process(
                target=_render, args=(other, self._copy, os.getpid()), daemon=True
            )
            process.start()
            other.close()
            Thread(target=self._listen, args=(mine,), daemon=True).start()

    def _listen(self, pipe: Connection) -> None:
        """Take what the process says until it ends."""
        try:
            while True:
                self.state = RenderState(**pipe.recv())
        except (EOFError, OSError):
            if self.state.running:
                self.state = RenderState(error="the process that renders has ended: try again")
        finally:
            pipe.close()


class _Told:
    """Tells the other side how many frames are written."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._done = pipe, 0

    def start(self, name: str, medium: Medium) -> None:
        """An input was opened."""

    def advance(self) -> None:
        """One more frame is done."""
        self._done += 1
        if self._done % 10 == 0:
            self._pipe.send({"running": True, "done": self._done})

    def finish(self, item: ItemReport) -> None:
        """It is done, or has failed."""


def _render(pipe: Connection, copy: EditedCopy, parent: int) -> None:
    """Do what ``passerby anonymize --edits`` does, with the settings of the first run."""
    begin_child(parent)
    try:
        pipe.send(_rendered(pipe, copy))
    except Exception as error:  # noqa: BLE001  (whatever it is, the page says so)
        pipe.send({"error": reason_of(error)})


def _rendered(pipe: Connection, copy: EditedCopy) -> dict[str, Any]:
    run = copy.settings.run.model_copy(
        update={
            "edits": str(copy.edits_file),
            "report": str(copy.target_report),
            "self_check": not copy.settings.cover.takes_whole_frames,
            "save_detections": None,
            "overwrite": True,
        }
    )
    settings: Settings = copy.settings.model_copy(update={"run": run})
    batch = AnonymizationRun(settings, _Told(pipe))
    try:
        batch.process([(Input(str(copy.source), copy.source), copy.target)])
        item = batch.items[0]
        if item.status != "done":
            return {"error": item.error or "it failed"}
        if batch.records.log is not None:
            write_report(
                Path(copy.target_report),
                report_head(settings, {}, batch.notes),
                entries_of(batch.items, batch.records.log),
                Permit(overwrite=True),
            )
        found = None if item.self_check is None else len(item.self_check.uncovered)
        return {
            "done": item.tally.frames,
            "copy": str(copy.target),
            "uncovered": found,
            "vouched": item.vouched,
        }
    finally:
        batch.close()
