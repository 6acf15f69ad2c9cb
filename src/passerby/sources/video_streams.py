"""Which of a file's video streams is the film, and what the others are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from passerby.containers import open_container
from passerby.errors import InputError
from passerby.locations import Location
from passerby.runtime.counting import counted
from passerby.sources.films_behind import films_behind

__all__ = ["main_stream", "notes_on_streams"]

_STILL = (
    Disposition.attached_pic
    | Disposition.timed_thumbnails
    | Disposition.still_image
    | Disposition.dependent
)
"""Covers of songs, thumbnails, and the tiles of a still picture."""

_ENOUGH_PACKETS = 2000


def main_stream(path: Location, container: InputContainer) -> VideoStream:
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
    packets = _first_packets(path) if len(moving) > 1 else Counter[int]()
    return max(moving, key=lambda stream: _weight(stream, packets))


def notes_on_streams(path: Location, container: InputContainer) -> Iterator[str]:
    """What of a file is left out beside its film."""
    behind = films_behind(path, container.format.name)
    if behind:
        yield f"{counted(behind, 'film')} joined to the first left out: split the file to have all"
    moving = len(_moving(container))
    if moving > 1:
        yield f"of {counted(moving, 'video stream')}, the main one is taken"
    if len(container.streams.video) > moving:
        yield "cover pictures and thumbnails left out"
    if container.streams.subtitles or container.streams.data or container.streams.attachments:
        yield "subtitles, data streams and attachments left out"


def _moving(container: InputContainer) -> list[VideoStream]:
    return [one for one in container.streams.video if not one.disposition & _STILL]


def _first_packets(path: Location) -> Counter[int]:
    """How many packets of each stream come early in a file; few containers tell before."""
    packets = Counter[int]()
    with open_container(path) as container, suppress(FFmpegError):
        for packet in islice(container.demux(), _ENOUGH_PACKETS):
            packets[packet.stream_index] += packet.size > 0  # an empty one ends a stream
    return packets


def _weight(stream: VideoStream, packets: Counter[int]) -> tuple[bool, int, bool, int, int]:
    """Moving before size, then what the file says of itself, and last what comes first in it."""
    moves = packets[stream.index] > 1
    size = stream.codec_context.width * stream.codec_context.height
    default = bool(stream.disposition & Disposition.default)
    return moves, size, default, packets[stream.index], -stream.index
