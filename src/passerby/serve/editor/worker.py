"""The process that holds the raw source; only covered JPEGs and numbers come out of it."""

import os
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from threading import Event, Lock, Thread
from typing import Any, Protocol

from passerby.errors import InputError, PasserbyError
from passerby.geometry import XywhBox
from passerby.runs.edit.edits import Edit
from passerby.runs.edit.session import EditedCopy, EditSession
from passerby.runtime.process import begin_child
from passerby.runtime.reasons import reason_of

__all__ = ["EditAnswers", "EditWorker"]


class EditAnswers(Protocol):
    """What the page asks."""

    def facts(self) -> dict[str, Any]:
        """See `EditSession.facts`."""
        ...

    def state(self, edits: Sequence[Edit]) -> dict[str, Any]:
        """See `EditSession.state`."""
        ...

    def jpeg(self, index: int, edits: Sequence[Edit]) -> bytes:
        """See `EditSession.jpeg`."""
        ...

    def dismissals(self, doubts: Sequence[int]) -> list[dict[str, Any]]:
        """See `EditSession.dismissals`."""
        ...

    def proposed(self, doubt: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
        """See `EditSession.proposed`."""
        ...

    def offer(self, doubt: int, edits: Sequence[Edit]) -> XywhBox:
        """See `EditSession.offer`."""
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...


class EditWorker:
    """Asks the process, one question at a time.

    Args:
        copy: What is corrected.
    """

    def __init__(self, copy: EditedCopy) -> None:
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=_answer, args=(other, copy, os.getpid()), daemon=True
        )
        started = Event()
        Thread(target=self._accompany, args=(started,), daemon=True).start()
        started.wait()
        other.close()
        self._lock = Lock()

    def facts(self) -> dict[str, Any]:
        """See `EditSession.facts`."""
        answer: dict[str, Any] = self._ask("facts")
        return answer

    def state(self, edits: Sequence[Edit]) -> dict[str, Any]:
        """See `EditSession.state`."""
        answer: dict[str, Any] = self._ask("state", tuple(edits))
        return answer

    def jpeg(self, index: int, edits: Sequence[Edit]) -> bytes:
        """See `EditSession.jpeg`."""
        answer: bytes = self._ask("jpeg", index, tuple(edits))
        return answer

    def dismissals(self, doubts: Sequence[int]) -> list[dict[str, Any]]:
        """See `EditSession.dismissals`."""
        answer: list[dict[str, Any]] = self._ask("dismissals", tuple(doubts))
        return answer

    def proposed(self, doubt: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
        """See `EditSession.proposed`."""
        answer: list[dict[str, Any]] = self._ask("proposed", doubt, tuple(edits))
        return answer

    def offer(self, doubt: int, edits: Sequence[Edit]) -> XywhBox:
        """See `EditSession.offer`."""
        answer: XywhBox = self._ask("offer", doubt, tuple(edits))
        return answer

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.terminate()
        self._process.join()

    def _accompany(self, started: Event) -> None:
        """Start the process, and wait for its end: it would end with the thread that started it."""
        try:
            self._process.start()
        finally:
            started.set()
        wait([self._process.sentinel])

    def _ask(self, question: str, *values: object) -> Any:  # noqa: ANN401  (as asked)
        with self._lock:
            try:
                self._pipe.send((question, values))
                done, answer = self._pipe.recv()
            except (EOFError, OSError):
                raise InputError(
                    "the process that reads the source has ended: start again"
                ) from None
        if not done:
            raise InputError(answer)
        return answer


def _answer(pipe: Connection, copy: EditedCopy, parent: int) -> None:
    """Answer questions until the other side is gone."""
    begin_child(parent)
    session: EditSession | None = None
    while True:
        try:
            question, values = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            session = session or EditSession(copy)
            answers: dict[str, Callable[..., Any]] = {
                "facts": session.facts,
                "state": session.state,
                "jpeg": session.jpeg,
                "dismissals": session.dismissals,
                "proposed": session.proposed,
                "offer": session.offer,
            }
            answer = True, answers[question](*values)
        except PasserbyError as error:
            answer = False, str(error)
        except Exception as error:  # noqa: BLE001  (whatever it is, the page says so)
            answer = False, reason_of(error)
        pipe.send(answer)
