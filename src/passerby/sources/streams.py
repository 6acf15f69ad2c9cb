"""Cameras and live streams: read without end, reconnected when lost, never behind the clock."""

import time
from collections.abc import Iterator
from threading import Event, Thread
from types import TracebackType
from typing import Self

from passerby.errors import ConfigError, InputError
from passerby.media import Medium
from passerby.runtime.backoff import Backoff
from passerby.sources.colours import BgrConverter
from passerby.sources.connection import LIVE_TIME_BASE, DecodedPicture, read_connection
from passerby.sources.limits import check_size
from passerby.sources.live_buffer import LiveBuffer
from passerby.sources.live_reader import LiveReader, StreamStatistics, TimedPicture
from passerby.sources.orientation import orientation_of
from passerby.sources.stream_address import StreamAddress
from passerby.types import Frame

__all__ = ["LiveStream", "StreamStatistics", "open_stream"]

SECONDS_TO_CLOSE = 0.5
"""How long `close` waits for the reader; one that waits for a stalled camera ends by itself."""


def open_stream(
    spec: str,
    *,
    connect_timeout: float = 10,
    read_timeout: float = 10,
    retries: int | None = None,
    buffer_frames: int = 8,
    backoff: Backoff | None = None,
) -> "LiveStream":
    """Open a camera or live stream and wait for its first picture.

    Args:
        spec: ``rtsp://``, ``http(s)://`` (MJPEG, HLS, MPEG-TS), ``udp://``, ``rtmp://`` or
            ``camera:0``.
        connect_timeout: Seconds within which a connection must be made.
        read_timeout: Seconds within which each next picture must come; then it reconnects.
        retries: Attempts to reconnect in a row after which it gives up, or None for never.
            The first connection is not tried again.
        buffer_frames: How many pictures may wait; then the oldest is dropped.
        backoff: How long to wait before each attempt to reconnect.

    Raises:
        ConfigError: If an argument cannot be used.
        InputError: If the stream cannot be opened or shows no picture.
    """
    for name, seconds in (("connect_timeout", connect_timeout), ("read_timeout", read_timeout)):
        if not 0 < seconds < float("inf"):
            raise ConfigError(f"{name} must be a positive number of seconds, not {seconds}")
    if retries is not None and retries < 0:
        raise ConfigError(f"retries must be 0 or more, or None for no limit, not {retries}")
    return LiveStream(
        StreamAddress.parse(spec),
        timeouts=(connect_timeout, read_timeout),
        retries=retries,
        buffer_frames=buffer_frames,
        backoff=backoff or Backoff(),
    )


class LiveStream:
    """A source of live frames, read by a thread of its own.

    All frames have the size of the first: boxes, tracks and zones are in pixels, and would
    miss people if the size changed under them. A camera that comes back with another size
    is scaled. Frames are numbered as they are handed out; ``pts`` tells when they came.
    """

    def __init__(
        self,
        address: StreamAddress,
        *,
        timeouts: tuple[float, float],
        retries: int | None,
        buffer_frames: int,
        backoff: Backoff,
    ) -> None:
        self._name = address.name
        self._stop = Event()
        self._buffer = LiveBuffer[TimedPicture](buffer_frames)
        self._reader = LiveReader(
            lambda: read_connection(address, *timeouts, self._stop.wait),
            self._buffer,
            backoff=backoff,
            retries=retries,
            clock=time.monotonic,
            wait=self._stop.wait,
        )
        self._thread = Thread(target=self._reader.run, name=f"read {self._name}", daemon=True)
        self._thread.start()
        self._medium, self._convert = self._first_look()

    @property
    def medium(self) -> Medium:
        """What the first picture said; its rate is the camera's claim, the clock decides."""
        return self._medium

    @property
    def statistics(self) -> StreamStatistics:
        """What was read, dropped and lost so far; it can be asked for at any time."""
        return self._reader.statistics

    def __iter__(self) -> Iterator[Frame]:
        """Yield frames as they come, until `close`.

        Raises:
            InputError: If the stream is lost and does not come back within ``retries``.
        """
        index = 0
        while (timed := self._buffer.take()) is not None:
            yield Frame(
                self._convert.later(timed.picture.frame),
                index=index,
                pts=timed.pts,
                time_base=LIVE_TIME_BASE,
                few=self._convert.thinned(timed.picture.frame),
            )
            index += 1
        if self._reader.failure and not self._stop.is_set():
            raise InputError(_message("lost", self._name, self._reader.failure))

    def finish(self) -> None:
        """Stop reading; what was read already still comes. Any thread may call it."""
        self._stop.set()
        self._buffer.end()

    def close(self) -> None:
        """Stop reading; what still waits is thrown away. Calling it twice does no harm."""
        self._stop.set()
        self._buffer.end(discard=True)
        self._thread.join(SECONDS_TO_CLOSE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _first_look(self) -> tuple[Medium, BgrConverter]:
        """Learn from the first picture; whatever goes wrong, Ctrl-C too, the reader is stopped."""
        try:
            first = self._first_picture()
            width, height = first.frame.width, first.frame.height
            check_size(self._name, width, height)
        except BaseException:
            self.close()
            raise
        converter = BgrConverter(self._name, width, height, orientation_of(first.frame))
        return first.medium, converter

    def _first_picture(self) -> DecodedPicture:
        first = self._buffer.peek()
        if first is None:
            raise InputError(_message("cannot open", self._name, str(self._reader.failure)))
        return first.picture


def _message(what: str, name: str, reason: str) -> str:
    return (
        f"{what} {name}: {reason}: "
        "check the address, user and password, and that the camera is on and can be reached"
    )
