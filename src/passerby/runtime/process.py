"""What holds for every process of ours: it leaves no core, and does not outlive its parent."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["STOPPING", "begin_child", "seclude", "stopping_signals_held"]

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that ask a run to stop."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
"""Of prctl(2)."""

_GLANCE = 0.5
"""Seconds between two checks whether the parent is alive."""


def seclude() -> None:
    """Leave no core file, which would hold raw frames, and let no debugger of the user's in.

    A core that is sent to a program has no limit: on Linux the process is not dumpable either.
    Processes that are started later have no core, but are dumpable until they call this.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    _prctl(_PR_SET_DUMPABLE, 0)


def begin_child(parent: int) -> None:
    """Set up a process that another process of ours has started.

    Args:
        parent: Number of that process; this one ends as soon as that does.
    """
    seclude()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()


@contextmanager
def stopping_signals_held() -> Iterator[None]:
    """Hold back Ctrl-C and the like; a process that is started meanwhile never gets them.

    They are its parent's to answer, which then ends it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """For systems that do not signal the death of the parent, or if it died before the request."""
    while os.getppid() == parent:
        time.sleep(_GLANCE)
    os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
