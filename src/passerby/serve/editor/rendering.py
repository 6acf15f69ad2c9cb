"""Writes corrected copies in a process of its own: a page that is closed stops nothing."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from passerby.errors import InputError
from passerby.files.permit import Permit
from passerby.media import Input, Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.earlier_copy import EarlierCopy
from passerby.runs.edit.session import EditedCopy
from passerby.runtime.process import begin_child
from passerby.runtime.reasons import reason_of

__all__ = ["RenderState", "Rendering"]


@dataclass(frozen=True, slots=True)
class RenderState:
    """How far it is.

    Attributes:
        running: Whether it is at work.
        name: Of the file that is written now, or was last.
        done: Frames of it that are written.
        file: Which of the files it is, from 1.
        files: How many there are.
        error: Why one failed, if one did.
        copies: Where finished copies lie.
        uncovered: How many the self-check found uncovered in them.
        vouched: Whether nothing is in doubt.
    """

    running: bool = False
    name: str = ""
    done: int = 0
    file: int = 0
    files: int = 0
    error: str | None = None
    copies: tuple[str, ...] = ()
    uncovered: int | None = None
    vouched: bool = False


class Rendering:
    """Renders copies, one after the other.

    Attributes:
        state: How far it is.
    """

    def __init__(self) -> None:
        self.state = RenderState()
        self._lock = Lock()
        self._process: SpawnProcess | None = None

    def close(self) -> None:
        """End the process, if one is at work."""
        if self._process is not None:
            self._process.terminate()
            self._process.join()

    def start(self, copies: Sequence[EditedCopy]) -> None:
        """Begin, unless it is at work already."""
        with self._lock:
            if self.state.running:
                return
            if not copies:
                raise InputError("there is no edit yet: nothing to write")
            self.state = RenderState(running=True, files=len(copies))
            Thread(target=self._work, args=(tuple(copies),), daemon=True).start()

    def _work(self, copies: Sequence[EditedCopy]) -> None:
        """Start the process and take what it says until it ends.

        It would end with the thread that started it, and threads that answer requests come and go.
        """
        context = get_context("spawn")
        pipe, other = context.Pipe(duplex=False)
        process = context.Process(target=_render, args=(other, copies, os.getpid()), daemon=True)
        process.start()
        self._process = process
        other.close()
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

    def __init__(self, pipe: Connection, name: str, file: int, files: int) -> None:
        self._pipe, self._done = pipe, 0
        self._where = {"running": True, "name": name, "file": file, "files": files}

    def start(self, name: str, medium: Medium) -> None:
        """An input was opened."""

    def advance(self) -> None:
        """One more frame is done."""
        self._done += 1
        if self._done % 10 == 0:
            self.tell()

    def finish(self, item: ItemReport) -> None:
        """It is done, or has failed."""

    def tell(self) -> None:
        """Say how far it is."""
        self._pipe.send({**self._where, "done": self._done})


def _render(pipe: Connection, copies: Sequence[EditedCopy], parent: int) -> None:
    """Do what ``passerby anonymize --edits`` does, with the settings of the first run."""
    begin_child(parent)
    ends: list[dict[str, Any]] = []
    for number, copy in enumerate(copies, 1):
        told = _Told(pipe, copy.source.name, number, len(copies))
        told.tell()
        try:
            ends.append(_rendered(told, copy))
        except Exception as error:  # noqa: BLE001  (whatever it is, the page says so)
            ends.append({"error": reason_of(error)})
    checked = [one["uncovered"] for one in ends if one.get("uncovered") is not None]
    pipe.send(
        {
            "files": len(copies),
            "error": next((one["error"] for one in ends if "error" in one), None),
            "copies": tuple(one["copy"] for one in ends if "copy" in one),
            "uncovered": sum(checked) if checked else None,
            "vouched": all(one.get("vouched", False) for one in ends),
        }
    )


def _rendered(told: _Told, copy: EditedCopy) -> dict[str, Any]:
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
    copy.check()
    batch = AnonymizationRun(settings, told, earlier=EarlierCopy.read(copy.report, copy.item))
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
            "copy": str(copy.target),
            "uncovered": found,
            "vouched": item.vouched,
        }
    finally:
        batch.close()
