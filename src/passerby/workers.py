"""Spreads work over processes. Only names and records cross between them, never pixels."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from passerby.errors import OutputError

__all__ = ["cores", "spread"]

Record = TypeVar("Record")

BATCH = 32
"""Names that a process is given at a time."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    work: Callable[[Sequence[str]], list[Record]], names: Sequence[str], workers: int
) -> Iterator[Record]:
    """Do ``work`` on all names; yields the records in the order of the names.

    Args:
        work: Takes some of the names. It and its records must be possible to pickle.
        names: Of what is to be done.
        workers: How many processes at most. What is too little for two is done in this one.

    Raises:
        OutputError: If a process dies.
    """
    batches = (names[start : start + BATCH] for start in range(0, len(names), BATCH))
    workers = min(workers, -(-len(names) // BATCH))
    if workers <= 1:
        for batch in batches:
            yield from work(batch)
        return
    # A fresh interpreter: what a fork takes over of locks and threads can stop it for ever.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _leave_signals_to_the_parent)
    try:
        waiting: deque[Future[list[Record]]] = deque(
            pool.submit(work, batch) for batch in islice(batches, 2 * workers)
        )
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(work, batch) for batch in islice(batches, 1))
    except BrokenProcessPool:
        raise OutputError(
            "a process died, perhaps for want of memory: try again with --workers 1"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals_to_the_parent() -> None:
    """Ctrl-C reaches all processes; each finishes its batch, and the parent starts no other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
