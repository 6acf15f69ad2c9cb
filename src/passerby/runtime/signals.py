"""How a run is stopped: by one signal with nothing half-written left, by a second one at once."""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from passerby.files.unfinished import remove_all
from passerby.runtime.process import STOPPING

__all__ = ["Terminated", "answered", "leave", "stoppable"]

_END, _ANSWERED = b"\0", b"\xff"
"""What is no signal's number."""

_SHOW_CURSOR = b"\x1b[?25h"


class Terminated(BaseException):
    """SIGTERM or SIGHUP came; like Ctrl-C it unwinds everything.

    Attributes:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Watch:
    """What is known of the signals of this process.

    Attributes:
        pipe: Where the number of each is written to as it comes; None where nobody watches.
    """

    pipe: int | None = None


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a first signal raise `KeyboardInterrupt` or `Terminated`, and a second end the process.

    The second needs nothing of the main thread, which may be deep in a library. What a shell made
    this process ignore (``nohup``) stays ignored. Outside the main thread, which alone hears
    signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    watcher = threading.Thread(target=_watch, args=(reader,), name="signals", daemon=True)
    watcher.start()
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    _Watch.pipe = writer
    try:
        yield
    finally:
        _Watch.pipe = None
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        os.write(writer, _END)
        watcher.join()
        os.close(writer)
        os.close(reader)
        remove_all()


def answered() -> None:
    """Count anew: what the signals that came so far asked for was done."""
    if _Watch.pipe is not None:
        os.write(_Watch.pipe, _ANSWERED)


def leave(code: int) -> NoReturn:
    """End the process at once, whatever its threads are doing; nothing half-written is left."""
    remove_all()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated(number)


def _watch(reader: int) -> None:
    """Read the number of each signal as it comes, and end all at the second that waits."""
    waiting = 0
    while (read := os.read(reader, 1)) != _END:
        waiting = 0 if read == _ANSWERED else waiting + (read[0] in STOPPING)
        if waiting > 1:
            remove_all()
            _say_farewell()
            os._exit(128 + read[0])


def _say_farewell() -> None:
    """Bring the terminal's cursor back, if the terminal takes anything now."""
    with suppress(OSError, ValueError):
        if os.isatty(2) and select.select([], [2], [], 0)[1]:
            os.write(2, _SHOW_CURSOR + b"\npasserby: ended at once\n")


def _forget() -> None:
    """In a process that was copied from this one, whose signals are not this one's."""
    if _Watch.pipe is not None:
        _Watch.pipe = None
        signal.set_wakeup_fd(-1)


os.register_at_fork(after_in_child=_forget)
