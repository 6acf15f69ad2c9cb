"""What the processes of a site have in common: how they begin, what they report, how they stop."""

import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Event
from types import FrameType

from passerby.runtime.process import seclude

__all__ = ["Beat", "CameraLost", "Child", "OperatorNote", "StatusPipe"]

StatusPipe = Connection
"""Where the reports of a process go."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of a camera.

    Attributes:
        frames: That it has handled so far.
        dropped: That came too fast for this machine, so far.
        time: Of the last, in seconds of its source.
        tracks: That were handed on, so far.
    """

    frames: int
    dropped: int = 0
    time: float = 0.0
    tracks: int = 0


@dataclass(frozen=True, slots=True)
class OperatorNote:
    """A line for the operator."""

    text: str


@dataclass(frozen=True, slots=True)
class CameraLost:
    """Another machine watches a camera by now, and this one must not any more."""

    name: str


class Child:
    """This process, as one that a site has started. Make it first of all.

    It leaves no core file, in which raw pixels would be, and lets no debugger in. Ctrl-C reaches
    the site's first process alone, which then tells the others one by one, by SIGTERM.

    Args:
        status: Where its reports go.
        stopped: Called when it is told to stop, in the middle of whatever it does.
    """

    def __init__(self, status: StatusPipe, stopped: Callable[[], None] = lambda: None) -> None:
        seclude()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nobody raises it again
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._stop)
        self._status, self._stopped = status, stopped
        self._parent = os.getppid()
        self._stopping = Event()

    def tell(self, report: Beat | CameraLost | OperatorNote) -> None:
        """Report something; whoever listens may be gone."""
        with suppress(OSError):
            self._status.send(report)

    def note(self, text: str) -> None:
        """Tell the operator something."""
        self.tell(OperatorNote(text))

    @property
    def goes_on(self) -> bool:
        """Whether it was not told to stop, and whoever started it still lives."""
        return not self._stopping.is_set() and os.getppid() == self._parent

    def wait(self, seconds: float) -> bool:
        """Wait, unless it is told to stop; returns whether it goes on."""
        self._stopping.wait(seconds)
        return self.goes_on

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()
        self._stopped()
