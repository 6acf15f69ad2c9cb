"""Parts of a video, each encoded on its own, joined into one copy packet by packet."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from math import floor

import av
from av import Packet
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from passerby.containers import open_container
from passerby.errors import InputError, OutputError
from passerby.files.partial import ANEW, Permit, write_error
from passerby.files.partial_object import open_partial
from passerby.locations import Location
from passerby.media import Medium
from passerby.sinks.audio import AudioTracks
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.videos import MUXING, sound_and_tags

__all__ = ["StoredPictures", "UnlikePartsError", "VideoSpan", "join_videos", "stored_pictures"]


class UnlikePartsError(OutputError):
    """Parts cannot be joined, because one decoder does not show them all."""


@dataclass(frozen=True, slots=True)
class VideoSpan:
    """Pictures of a video that can be decoded without the others; see `stored_pictures`.

    Attributes:
        path: Of the video.
        first: Number of the first one, from 0.
        stop: Number of the one behind the last; None for the end of the video.
    """

    path: Location
    first: int = 0
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """How the pictures of a video lie in its file.

    Attributes:
        groups: Numbers of the first picture of each group that refers to none outside, and of the
            one behind its last, from 0.
        times: When each picture is shown, in seconds since the first.
    """

    groups: tuple[tuple[int, int], ...]
    times: tuple[float, ...]


def stored_pictures(path: Location) -> StoredPictures:
    """Find out how the pictures of a video lie in its file; none is decoded.

    Where pictures are shown before the key frame that they need, no group begins.

    Args:
        path: Of a video whose key frames are decoded without what lies before them in the file.

    Raises:
        InputError: If it cannot be read.
    """
    with closing(open_container(path)) as container:
        stream, whole = container.streams.video[0], VideoSpan(path)
        packets = [(packet.pts, packet.is_keyframe) for packet in _packets(container, whole)]
        ranks = _ranks(container, whole)
        unit, rate = stream.time_base, stream.average_rate
    begins, latest = list[int](), -1
    for place, (rank, (_, key)) in enumerate(zip(ranks, packets, strict=True)):
        # What is stored before is shown before, and only that.
        if key and rank == place == latest + 1:
            begins.append(place)
        latest = max(latest, rank)
    shown = sorted(pts for pts, _ in packets if pts is not None)
    if len(shown) == len(packets) and unit:
        times = tuple(float((pts - shown[0]) * unit) for pts in shown)
    else:
        times = tuple(float(place / (rate or 25)) for place in range(len(packets)))
    return StoredPictures(tuple(pairwise([*begins, len(ranks)])), times)


def join_videos(
    parts: Sequence[VideoSpan],
    times: Sequence[float],
    target: Location,
    medium: Medium,
    encoding: Encoding,
    permit: Permit = ANEW,
) -> str:
    """Write one video of the packets of several; no picture is decoded or encoded.

    Args:
        parts: Of copies that were written with the same settings, in order.
        times: When each of all their frames is shown, in seconds since the first.
        target: The copy to write; its ending is that of the parts.
        medium: Of the source, whose sound and metadata are added as they are asked for.
        encoding: How they are.
        permit: What may happen to a file that is there.

    Returns:
        The sha256 of the copy.

    Raises:
        InputError: If the parts do not fit each other or the times.
        OutputError: If the copy cannot be written.
    """
    with ExitStack() as stack:
        containers = [stack.enter_context(closing(open_container(part.path))) for part in parts]
        _check_alike(parts, containers)
        partial = open_partial(target, permit)
        try:
            path = f"file:{partial.path}"
            muxer = VIDEO_FORMATS[target.suffix.lower()].muxer
            with av.open(path, "w", format=muxer, options=MUXING) as output:
                _Join(output, list(zip(containers, parts, strict=True)), times, target).copy_all(
                    medium, encoding
                )
            sha256 = partial.sha256()
            partial.commit()
        except BaseException as error:
            partial.abort()
            if isinstance(error, (FFmpegError, ValueError, OSError)):
                raise write_error(target, error) from error
            raise
    return sha256


class _Join:
    """The packets of several files on their way into one.

    Args:
        output: The open output.
        parts: What is joined.
        times: When all frames are shown, in seconds.
        target: Of the output, for messages.
    """

    def __init__(
        self,
        output: OutputContainer,
        parts: Sequence[tuple[InputContainer, VideoSpan]],
        times: Sequence[float],
        target: Location,
    ) -> None:
        self._output, self._parts, self._target = output, parts, target
        first = parts[0][0].streams.video[0]
        self._stream = output.add_stream_from_template(first)
        if VIDEO_FORMATS[target.suffix.lower()].muxer in ("mp4", "mov"):
            # FFmpeg's own choice of a tag does not play everywhere.
            self._stream.codec_context.codec_tag = first.codec_context.codec_tag
        self._unit: Fraction = first.time_base or Fraction(1, 1000)
        self._stream.time_base = self._unit
        if first.average_rate:
            self._stream.codec_context.framerate = first.average_rate
        self._times = [floor(Fraction(time) / self._unit + Fraction(1, 2)) for time in times]

    def copy_all(self, medium: Medium, encoding: Encoding) -> None:
        """Write all packets, each after the sound that comes before it."""
        audio = sound_and_tags(self._output, self._target, medium, encoding)
        delay = 0
        try:
            if audio is not None:
                delay = -floor(-audio.lead / self._unit)
                audio.delay(delay * self._unit)
                audio.begin()
            for packet in self._packets(delay):
                self._write(packet, audio)
            if audio is not None:
                audio.finish()
        finally:
            if audio is not None:
                audio.close()

    def _write(self, packet: "Packet[VideoStream]", audio: AudioTracks | None) -> None:
        if audio is not None:
            audio.write_until((packet.dts or 0) * self._unit)
        self._output.mux(packet)

    def _packets(self, delay: int) -> "Iterator[Packet[VideoStream]]":
        """All packets with their times in the whole.

        The n-th picture to be shown has the n-th time. The n-th packet is decoded when a picture
        some places before it is shown: as many as the pictures are reordered by. As encoders do,
        the first ones come before the beginning.
        """
        ranks = [_ranks(*part) for part in self._parts]
        if sum(map(len, ranks)) != len(self._times):
            raise InputError(
                f"the parts of {self._target} have {sum(map(len, ranks))} frames, and their "
                f"reports {len(self._times)}: run the shards again"
            )
        back = max(place - rank for one in ranks for place, rank in enumerate(one))
        shown, begin = self._times, 0
        early = shown[min(back, len(shown) - 1)] - shown[0]
        for part, one in zip(self._parts, ranks, strict=True):
            for place, packet in enumerate(_packets(*part)):
                at = begin + place
                packet.pts = shown[begin + one[place]] + delay
                packet.dts = (shown[at - back] if at >= back else shown[at] - early) + delay
                packet.time_base = self._unit
                packet.stream = self._stream
                yield packet
            begin += len(one)


def _packets(part: InputContainer, span: VideoSpan) -> "Iterator[Packet[VideoStream]]":
    part.seek(0)
    packets = (packet for packet in part.demux(part.streams.video[0]) if packet.size)
    return islice(packets, span.first, span.stop)


def _ranks(part: InputContainer, span: VideoSpan) -> list[int]:
    """As which of all pictures of a span that of each packet is shown, from 0."""
    times = [packet.pts for packet in _packets(part, span)]
    known = [time for time in times if time is not None]
    if len(known) != len(times):  # what knows no reordering has no times either
        return list(range(len(times)))
    rank_of = {time: rank for rank, time in enumerate(sorted(known))}
    return [rank_of[time] for time in known]


def _check_alike(parts: Sequence[VideoSpan], containers: Sequence[InputContainer]) -> None:
    """Make sure that one decoder shows all parts."""
    kinds = [_kind(container) for container in containers]
    odd = next((at for at, kind in enumerate(kinds) if kind != kinds[0]), None)
    if odd is not None:
        raise UnlikePartsError(
            f"{parts[odd].path} is encoded otherwise than {parts[0].path}, so they cannot be "
            "joined: write all of them on machines with the same libraries"
        )


def _kind(container: InputContainer) -> tuple[object, ...]:
    stream = container.streams.video[0]
    context = stream.codec_context
    return context.name, context.extradata, context.width, context.height, stream.time_base
