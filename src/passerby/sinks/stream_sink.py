"""Sends anonymized frames on, and connects again when the receiver is lost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from passerby.errors import OutputError
from passerby.media import Medium
from passerby.runtime.backoff import Backoff
from passerby.runtime.counting import counted
from passerby.runtime.pacing import Pacer
from passerby.sinks.live_connection import LiveConnection, SendError
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["SendStatistics", "StreamSink"]


@dataclass(frozen=True, slots=True)
class SendStatistics:
    """What became of the frames handed to a live sink so far.

    Attributes:
        frames_sent: Frames given to a connection.
        frames_dropped: Frames that came while there was no connection.
        reconnects: How many times a lost receiver was tried again.
    """

    frames_sent: int = 0
    frames_dropped: int = 0
    reconnects: int = 0


class StreamSink:
    """Sends anonymized frames; while there is no connection, they are dropped and counted.

    Live frames go out as they come. Those of a file wait until they are due.

    Args:
        name: Of the receiver, for messages.
        medium: What the frames come from; all have its size.
        connect: Opens a connection.
        retries: Attempts to reconnect in a row after which it fails, or None for no limit.
        backoff: How long to wait before each attempt.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        name: str,
        medium: Medium,
        connect: Callable[[], LiveConnection],
        *,
        retries: int | None,
        backoff: Backoff,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.statistics = SendStatistics()
        self._name = name
        self._medium = medium
        self._pacer = None if medium.kind == "live" else Pacer(clock)
        self._connect = connect
        self._retries = retries
        self._backoff = backoff
        self._clock = clock
        self._connection: LiveConnection | None = None
        self._reached = False
        self._failures = 0
        self._next_attempt = 0.0
        self._last_time: float | None = None
        self._ended = False

    def write(self, frame: AnonymizedFrame) -> None:
        """Send the next frame, or drop it while there is no connection.

        Raises:
            PrivacyError: If handed anything but an `AnonymizedFrame`.
            OutputError: If the frame does not fit the stream, or the receiver cannot be
                reached, or not again within ``retries``.
        """
        moment = self._time_of(require_anonymized(frame))
        if self._pacer:
            time.sleep(self._pacer.delay(moment))
        if self._connection is None and self._clock() < self._next_attempt:
            self._count(frames_dropped=1)
            return
        try:
            self._send(frame, moment)
        except SendError as error:
            self._count(frames_dropped=1)
            self._lose(str(error))

    def commit(self) -> None:
        """Send what is left and end the stream.

        Raises:
            OutputError: If there is no connection on which to end it.
        """
        self._ended = True
        connection, self._connection = self._connection, None
        if connection is None and self._failures:
            raise self._error("there was no connection at the end")
        try:
            if connection:
                connection.finish()
        except SendError as error:
            raise self._error(str(error)) from None

    def abort(self) -> None:
        """End the connection at once; what has not been sent is thrown away."""
        self._ended = True
        if self._connection:
            self._connection.drop()
            self._connection = None

    def _time_of(self, frame: AnonymizedFrame) -> float:
        """The frame's time in seconds, if it can be the next of this stream."""
        height, width, _ = frame.image.shape
        expected = self._medium.width, self._medium.height
        if self._ended:
            raise self._error("it has ended already")
        if (width, height) != expected:
            raise self._error(f"a frame is {width}x{height} instead of {expected[0]}x{expected[1]}")
        if frame.pts is None or frame.time_base is None:
            raise self._error(f"frame {frame.index} has no time")
        moment = float(frame.pts * frame.time_base)
        if self._last_time is not None and moment <= self._last_time:
            raise self._error(f"frame {frame.index} is not later than the one before")
        self._last_time = moment
        return moment

    def _send(self, frame: AnonymizedFrame, moment: float) -> None:
        """Send on the connection there is, or on a new one."""
        if self._connection is None:
            self._count(reconnects=int(self._reached))
            self._connection = self._connect()
        self._connection.send(frame, moment)
        self._count(frames_sent=1)
        if self._connection.connected:
            self._reached = True
            self._failures = 0

    def _lose(self, reason: str) -> None:
        """Give the connection up and plan the next attempt, or fail."""
        self._reached = self._reached or (
            self._connection is not None and self._connection.connected
        )
        self._connection = None
        self._failures += 1
        if not self._reached:
            raise self._error(reason)
        if self._retries is not None and self._failures > self._retries:
            raise self._error(
                f"{reason}, and {counted(self._retries, 'attempt')} to reconnect failed"
            )
        self._next_attempt = self._clock() + self._backoff.delay(self._failures)

    def _error(self, reason: str) -> OutputError:
        return OutputError(
            f"cannot send to {self._name}: {reason}: "
            "check the address, and that the receiver is on and takes this stream"
        )

    def _count(self, **more: int) -> None:
        sums = {name: getattr(self.statistics, name) + number for name, number in more.items()}
        self.statistics = replace(self.statistics, **sums)
