"""Which of a file's video streams is the film, and what the others are."""

from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from passerby.errors import InputError

__all__ = ["main_stream", "notes_on_streams"]

_STILL = (
    Disposition.attached_pic
    | Disposition.timed_thumbnails
    | Disposition.still_image
    | Disposition.dependent
)
"""Covers of songs, thumbnails, and the tiles of a still picture."""


def main_stream(path: Path, container: InputContainer) -> VideoStream:
    """The film: the largest of the streams with moving pictures.

    Programs put small previews before and behind it, and what a file calls its default stream is
    often nothing but the first one.

    Raises:
        InputError: If there is none, or one cannot be decoded: it may be the film.
    """
    moving = _moving(container)
    if not moving:
        raise InputError(
            f"{path} has no video stream, only sound, data or covers: nothing to anonymize"
        )
    if any(stream.codec_context is None for stream in moving):
        raise InputError(f"{path} uses a codec that cannot be decoded: convert it to H.264 first")
    return max(moving, key=_weight)


def notes_on_streams(container: InputContainer) -> Iterator[str]:
    """What of a file is left out beside its film."""
    moving = len(_moving(container))
    if moving > 1:
        yield f"the largest of {moving} video streams is taken"
    if len(container.streams.video) > moving:
        yield "cover pictures and thumbnails left out"
    if container.streams.subtitles or container.streams.data or container.streams.attachments:
        yield "subtitles, data streams and attachments left out"


def _moving(container: InputContainer) -> list[VideoStream]:
    return [one for one in container.streams.video if not one.disposition & _STILL]


def _weight(stream: VideoStream) -> tuple[bool, int, bool, int, int]:
    """More than one frame before size, then what the file says of itself, then what comes first."""
    size = stream.codec_context.width * stream.codec_context.height
    default = bool(stream.disposition & Disposition.default)
    return stream.frames != 1, size, default, stream.frames, -stream.index
