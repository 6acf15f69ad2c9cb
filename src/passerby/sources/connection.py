"""One connection to a camera, from opening it to the fault that ends it."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from passerby.media import Medium
from passerby.runtime.pacing import Pacer
from passerby.sources.colours import colour_of
from passerby.sources.limits import MAX_PIXELS
from passerby.sources.orientation import orientation_of
from passerby.sources.stream_address import StreamAddress

__all__ = ["LIVE_TIME_BASE", "DecodedPicture", "StreamError", "read_connection"]

LIVE_TIME_BASE = Fraction(1, 90_000)
"""Unit of live timestamps in seconds, as MPEG-TS and RTP have it."""

LARGEST_CLAIMED_RATE = 240


class StreamError(Exception):
    """Why a connection ended: a few words that hold no address."""


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded picture in the decoder's own format, and what the first of its connection said."""

    frame: VideoFrame
    medium: Medium


def read_connection(
    address: StreamAddress,
    connect_timeout: float,
    read_timeout: float,
    wait: Callable[[float], object] = time.sleep,
) -> Generator[DecodedPicture, None, None]:
    """Connect, and yield pictures as they come, until something breaks.

    Damaged pictures are yielded too: their frame says ``is_corrupt``.

    Args:
        address: What to open.
        connect_timeout: Seconds within which the first packet must come.
        read_timeout: Seconds within which each next picture must come.
        wait: Waits that many seconds; for streams that come in bursts (HLS).

    Raises:
        StreamError: Always, unless the caller stops first: a live stream has no good end.
    """
    with _faults(connect_timeout):
        container = av.open(
            address.file,
            format=address.format,
            options=address.options,
            timeout=(connect_timeout, read_timeout),
        )
    with container, _faults(read_timeout):
        yield from _decoded(container, address, read_timeout, wait)
    raise StreamError("the stream ended")


@contextmanager
def _faults(timeout: float) -> Iterator[None]:
    """Turn FFmpeg's errors into faults; their own text holds the address with its password."""
    try:
        yield
    except av.ExitError:
        raise StreamError(f"no data came for {timeout:g} s") from None
    except av.FFmpegError as error:
        raise StreamError(error.strerror or type(error).__name__) from None


def _decoded(
    container: InputContainer,
    address: StreamAddress,
    read_timeout: float,
    wait: Callable[[float], object],
) -> Iterator[DecodedPicture]:
    """Yield the pictures of an open container until it ends or shows none for too long."""
    stream = _live_video(container)
    pacer = Pacer() if container.format.name == "hls" else None
    medium: Medium | None = None
    last = time.monotonic()
    for packet in container.demux():
        if time.monotonic() - last > read_timeout:
            raise StreamError(f"no picture came for {read_timeout:g} s")
        if packet.stream_index != stream.index:
            continue
        for frame in _frames(packet):
            if pacer and frame.time is not None:
                wait(pacer.delay(frame.time))
            if not frame.is_corrupt:
                last = time.monotonic()
            # Not of each frame: one that was asked how it is turned lives on in a cycle of PyAV's.
            medium = medium or _medium(address.name, container, stream, frame)
            yield DecodedPicture(frame, medium)
            if frame.is_corrupt:  # what it said may be wrong
                medium = None


def _live_video(container: InputContainer) -> VideoStream:
    """The video stream, set up to decode without delay."""
    if not container.streams.video:
        raise StreamError("there is no video in it")
    if container.duration is not None:
        raise StreamError("it is a recording with an end: download it and give the file instead")
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    return stream


def _frames(packet: "Packet[Any]") -> Iterator[VideoFrame]:
    """Decode one packet; one that cannot be decoded gives no frame, and the next ones may."""
    try:
        for frame in packet.decode():
            if isinstance(frame, VideoFrame):
                yield frame
    except av.InvalidDataError:
        return


def _medium(name: str, container: InputContainer, stream: VideoStream, frame: VideoFrame) -> Medium:
    sound = len(container.streams.audio)
    lies = orientation_of(frame).rotation % 180 != 0
    aspect = stream.sample_aspect_ratio or None
    return Medium(
        name=name,
        kind="live",
        width=frame.height if lies else frame.width,
        height=frame.width if lies else frame.height,
        rate=_plausible(stream.guessed_rate),
        time_base=LIVE_TIME_BASE,
        sample_aspect=1 / aspect if aspect and lies else aspect,
        colour=colour_of(frame),
        bit_depth=max(component.bits for component in frame.format.components),
        audio_streams=sound,
        notes=("the sound of a live stream is not read",) if sound else (),
    )


def _plausible(rate: Fraction | None) -> Fraction | None:
    """A claimed rate; some cameras claim 90,000 frames a second."""
    return rate if rate is not None and 0 < rate <= LARGEST_CLAIMED_RATE else None
