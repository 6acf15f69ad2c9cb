"""What the thread that reads a camera does: follow one connection after the other."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace

from passerby.runtime.addresses import without_secrets
from passerby.runtime.backoff import Backoff
from passerby.runtime.counting import counted
from passerby.runtime.reasons import reason_of
from passerby.sources.connection import LIVE_TIME_BASE, DecodedPicture, StreamError
from passerby.sources.live_buffer import LiveBuffer

__all__ = ["LiveReader", "StreamStatistics", "TimedPicture"]


@dataclass(frozen=True, slots=True)
class StreamStatistics:
    """What became of a live stream so far.

    Attributes:
        frames_read: Pictures that the decoder gave.
        frames_late: Pictures dropped because newer ones came before anyone took them.
        frames_damaged: Pictures dropped because the decoder found them damaged.
        reconnects: How many times a lost stream came back.
        seconds_without_picture: Time from each last picture before a fault to the next one.
    """

    frames_read: int = 0
    frames_late: int = 0
    frames_damaged: int = 0
    reconnects: int = 0
    seconds_without_picture: float = 0.0


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """A picture and when it came, in units of `LIVE_TIME_BASE` since the first."""

    picture: DecodedPicture
    pts: int


class LiveReader:
    """Reads pictures into a buffer and connects again when they stop.

    The first connection has to work, so that a wrong address is told at once.

    Args:
        connect: Opens a connection; its pictures end with a `StreamError`.
        buffer: Where the pictures go; ended when the reader gives up or is stopped.
        backoff: How long to wait before each new attempt.
        retries: Attempts without a picture after which it gives up, or None for never.
        clock: Seconds that only go forward.
        wait: Waits that many seconds or until the reader is to stop, which it returns.
    """

    def __init__(
        self,
        connect: Callable[[], Generator[DecodedPicture, None, None]],
        buffer: LiveBuffer[TimedPicture],
        *,
        backoff: Backoff,
        retries: int | None,
        clock: Callable[[], float],
        wait: Callable[[float], bool],
    ) -> None:
        self.failure: str | None = None
        self._connect = connect
        self._buffer = buffer
        self._backoff = backoff
        self._retries = retries
        self._clock = clock
        self._wait = wait
        self._statistics = StreamStatistics()
        self._failures = 0
        self._start: float | None = None
        self._last = 0.0
        self._pts = -1

    @property
    def statistics(self) -> StreamStatistics:
        """The counts so far; an outage that goes on is included."""
        outage = self._clock() - self._last if self._failures and self._start is not None else 0.0
        return replace(
            self._statistics,
            frames_late=self._buffer.dropped,
            seconds_without_picture=self._statistics.seconds_without_picture + outage,
        )

    def run(self) -> None:
        """Read until told to stop or until it has failed too often."""
        self.failure = "the reader broke off"
        try:
            self.failure = self._read()
        finally:
            self._buffer.end()

    def _read(self) -> str | None:
        """Return why it gave up, or None where it was told to stop."""
        while not self._wait(0):
            reason = self._follow()
            self._failures += 1
            if self._start is None:
                return reason
            if self._retries is not None and self._failures > self._retries:
                return f"{reason}, and {counted(self._retries, 'attempt')} to reconnect failed"
            self._wait(self._backoff.delay(self._failures))
        return None

    def _follow(self) -> str:
        """Take the pictures of one connection and return why it ended."""
        try:
            with closing(self._connect()) as connection:
                for picture in connection:
                    if self._wait(0):
                        break
                    self._receive(picture)
        except StreamError as fault:
            return str(fault)
        except Exception as error:  # noqa: BLE001  (whatever it is, it ends this connection)
            return without_secrets(reason_of(error))
        return "the stream ended"

    def _receive(self, picture: DecodedPicture) -> None:
        """Give one picture its time and hand it over, unless it is damaged."""
        counts = self._statistics
        self._statistics = replace(counts, frames_read=counts.frames_read + 1)
        if picture.frame.is_corrupt:
            self._statistics = replace(self._statistics, frames_damaged=counts.frames_damaged + 1)
            return
        now = self._clock()
        self._note_return(now)
        self._start = now if self._start is None else self._start
        self._last = now
        self._pts = max(self._pts + 1, round((now - self._start) / LIVE_TIME_BASE))
        self._buffer.put(TimedPicture(picture, self._pts))

    def _note_return(self, now: float) -> None:
        """Count the outage that this picture ends, if there was one."""
        if self._failures == 0:
            return
        self._failures = 0
        counts = self._statistics
        self._statistics = replace(
            counts,
            reconnects=counts.reconnects + 1,
            seconds_without_picture=counts.seconds_without_picture + now - self._last,
        )
