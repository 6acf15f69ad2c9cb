"""Spreads work over processes. Only names and records cross between them, never pixels."""

import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.resource_tracker import ensure_running
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, NoReturn, TypeVar

from passerby.errors import OutputError
from passerby.files.unfinished import remove_all
from passerby.runtime.process import begin_child, stopping_signals_held

__all__ = ["cores", "spread"]

_Record = TypeVar("_Record")

_BATCH = 32
"""Names that a process is given at a time."""

_LONGEST_FAREWELL = 10.0
"""Seconds after which a process that does not end is killed."""

_SPAWN = get_context("spawn")
"""A fresh interpreter: what a fork takes over of locks and threads can stop it for ever."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    work: Callable[[Sequence[str]], list[_Record]], names: Sequence[str], workers: int
) -> Iterator[_Record]:
    """Do ``work`` on all names; yields the records in the order of the names.

    The processes end with this one, however it ends, and when the iteration is closed; what they
    were writing is removed.

    Args:
        work: Takes some of the names. It and its records must be possible to pickle.
        names: Of what is to be done.
        workers: How many processes at most. What is too little for two is done in this one.

    Raises:
        OutputError: If a process dies.
    """
    batches = (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))
    workers = min(workers, -(-len(names) // _BATCH))
    if workers <= 1:
        for batch in batches:
            yield from work(batch)
        return
    crew: list[_Worker[_Record]] = []
    try:
        for _ in range(workers):
            crew.append(_Worker(work))  # noqa: PERF401 - each is known before the next is made
        yield from _shared_out(batches, crew)
    finally:
        for one in crew:
            one.dismiss()
        for one in crew:
            one.bury()


def _shared_out(
    batches: Iterator[Sequence[str]], crew: "Sequence[_Worker[_Record]]"
) -> Iterator[_Record]:
    """Give each worker the next batch when it is free, and hand records out in order."""
    doing: deque[int] = deque()
    done: dict[int, list[_Record] | Exception] = {}
    numbered = enumerate(batches)
    busy: dict[Connection[Any, Any], tuple[_Worker[_Record], int]] = {}
    free = list(crew)
    while True:
        for number, batch in islice(numbered, len(free)):
            worker = free.pop()
            worker.ask(batch)
            busy[worker.connection] = worker, number
            doing.append(number)
        while doing and doing[0] in done:
            outcome = done.pop(doing.popleft())
            if isinstance(outcome, Exception):
                raise outcome
            yield from outcome
        if not busy:
            return
        ready = wait(list(busy))
        for connection in [one for one in busy if one in ready]:
            worker, number = busy.pop(connection)
            done[number] = worker.answer()
            free.append(worker)


class _Worker(Generic[_Record]):
    """A process that does batches, one after the other.

    Args:
        work: What it does with a batch.
    """

    def __init__(self, work: Callable[[Sequence[str]], list[_Record]]) -> None:
        self.connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, work, os.getpid()), daemon=True)
        ensure_running()  # of a helper whose start would let the signals through
        with stopping_signals_held():
            self._process.start()
        theirs.close()

    def ask(self, batch: Sequence[str]) -> None:
        """Give the process a batch."""
        with suppress(BrokenPipeError):  # of its death, `answer` tells
            self.connection.send(batch)

    def answer(self) -> list[_Record] | Exception:
        """Return the records of the batch, or the error that was raised.

        Raises:
            OutputError: If the process died.
        """
        try:
            outcome: list[_Record] | Exception = self.connection.recv()
        except (EOFError, ConnectionResetError):
            raise OutputError(
                "a process died, perhaps because memory was short: try again with --workers 1"
            ) from None
        return outcome

    def dismiss(self) -> None:
        """Tell the process to end."""
        self.connection.close()

    def bury(self) -> None:
        """Wait until it has ended, but not for ever."""
        self._process.join(_LONGEST_FAREWELL)
        self._process.kill()
        self._process.join()


def _serve(
    connection: "Connection[Any, Any]",
    work: Callable[[Sequence[str]], list[Any]],
    parent: int,
) -> None:
    """Do batches as they come, until the other end of the connection is closed."""
    begin_child(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    batches: SimpleQueue[Sequence[str]] = SimpleQueue()
    Thread(target=_receive, args=(connection, batches), name="batches", daemon=True).start()
    while True:
        batch = batches.get()
        try:
            outcome: object = work(batch)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            error.add_note(traceback.format_exc())
            outcome = error
        with suppress(OSError):  # whoever asked has gone, and this process ends
            connection.send(outcome)


def _receive(connection: "Connection[Any, Any]", batches: "SimpleQueue[Sequence[str]]") -> None:
    """Take batches; when there will be none any more, end in the middle of the work."""
    with suppress(EOFError, OSError):
        while True:
            batches.put(connection.recv())
    _end()


def _end(*_signal: object) -> NoReturn:
    """End this process, and leave nothing half-written."""
    remove_all()
    os._exit(0)
