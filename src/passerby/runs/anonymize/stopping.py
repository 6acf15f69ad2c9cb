"""A live stream never ends by itself: when it is stopped, its recording must be complete."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, Timer, current_thread, main_thread
from types import FrameType

from passerby.runtime.process import STOPPING
from passerby.runtime.signals import answered
from passerby.sources.streams import LiveStream
from passerby.types import Source

__all__ = ["ended_after", "ended_by_signals"]


@contextmanager
def ended_after(source: Source, seconds: float | None) -> Iterator[None]:
    """Let a live stream end after some time, even if no more pictures come from it.

    Args:
        source: If it is not live, nothing changes.
        seconds: From now on; None for no limit.
    """
    if seconds is None or not isinstance(source, LiveStream):
        yield
        return
    timer = Timer(seconds, source.finish)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def ended_by_signals(source: Source) -> Iterator[None]:
    """Let the first Ctrl-C, SIGTERM or SIGHUP end a source between two frames.

    The second one does what it did before. Outside the main thread, the only one that receives
    signals, nothing changes.

    Args:
        source: A live one, whose `close` ends the iteration over it from any thread.
    """
    if current_thread() is not main_thread():
        yield
        return
    handlers = ((number, signal.getsignal(number)) for number in STOPPING)
    previous = {number: handler for number, handler in handlers if handler is not signal.SIG_IGN}

    def restore() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        restore()
        # The main thread may hold a lock that closing needs.
        Thread(target=source.close, name="stop").start()

    for number in previous:
        signal.signal(number, stop)
    try:
        yield
        answered()
    finally:
        restore()
