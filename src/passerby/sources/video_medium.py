"""What a video file says of itself, and what the user should know of it."""

from collections.abc import Iterator
from fractions import Fraction

from av import VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from passerby.containers import length_of
from passerby.locations import Location
from passerby.media import Medium
from passerby.sources.colours import colour_of, has_alpha
from passerby.sources.decoders import is_padded
from passerby.sources.orientation import Orientation
from passerby.sources.video_streams import notes_on_streams

__all__ = ["medium_of"]

_HDR_TRANSFERS = (16, 18)
"""SMPTE 2084 (PQ) and ARIB STD-B67 (HLG)."""


def medium_of(
    path: Location,
    container: InputContainer,
    stream: VideoStream,
    frame: VideoFrame,
    orientation: Orientation,
) -> Medium:
    """Describe the video in ``stream``, whose first decoded frame is ``frame``."""
    sideways = orientation.rotation % 180 == 90
    aspect = stream.sample_aspect_ratio or None
    rate = stream.average_rate or stream.guessed_rate or None
    return Medium(
        name=str(path),
        kind="video",
        width=frame.height if sideways else frame.width,
        height=frame.width if sideways else frame.height,
        rate=rate,
        time_base=stream.time_base,
        frames=stream.frames or _expected_frames(container, stream, rate),
        rotation=orientation.rotation,
        sample_aspect=1 / aspect if aspect and sideways else aspect,
        colour=colour_of(frame),
        bit_depth=max(component.bits for component in frame.format.components),
        audio_streams=len(container.streams.audio),
        duration=_length(stream),
        notes=tuple(_notes(path, container, stream, frame, orientation)),
    )


def _length(stream: VideoStream) -> Fraction | None:
    """Seconds from first to last frame; without times in the file it would be a wild guess."""
    if stream.start_time is None or not stream.duration or not stream.time_base:
        return None
    return stream.duration * stream.time_base


def _expected_frames(
    container: InputContainer, stream: VideoStream, rate: Fraction | None
) -> int | None:
    length = length_of(container)
    return round(length * rate) if length and rate and stream.start_time is not None else None


def _notes(
    path: Location,
    container: InputContainer,
    stream: VideoStream,
    frame: VideoFrame,
    orientation: Orientation,
) -> Iterator[str]:
    bits = max(component.bits for component in frame.format.components)
    if bits > 8:
        yield f"{bits} bits reduced to 8"
    if frame.color_trc in _HDR_TRANSFERS:
        yield "high dynamic range: kept as it is marked, in 8 bits"
    if frame.interlaced_frame:
        yield "interlaced: both fields of a frame are treated as one picture"
    if orientation.mirrored:
        yield "stored mirrored: the copy is stored as it is shown"
    if has_alpha(frame) and not frame.format.has_palette and not is_padded(container, stream):
        yield "transparent: the copy is shown on black"
    yield from notes_on_streams(path, container)
