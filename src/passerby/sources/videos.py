"""Video files, decoded by FFmpeg."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import av
from av import VideoFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from passerby.errors import InputError
from passerby.media import Medium
from passerby.sources.colours import BgrConverter
from passerby.sources.decoding import Decoding
from passerby.sources.limits import check_size
from passerby.sources.orientation import orientation_of
from passerby.sources.timestamps import Timestamps
from passerby.sources.video_medium import medium_of
from passerby.types import Frame

__all__ = ["VideoSource"]

_NO_VIDEO = frozenset(
    (
        *("concat", "dash", "hls", "imf", "rtp", "rtsp", "sap", "sdp"),
        *("adf", "bin", "idf", "tty", "xbin"),
        *("apng", "gif", "ico", "image2"),
    )
)
"""Demuxers that fetch other files, that make a video of plain text, or of a damaged picture."""

_DEMUXERS = ",".join(
    name for name in sorted(av.formats_available - _NO_VIDEO) if not name.endswith("_pipe")
)


class VideoSource:
    """The frames of a video file, upright, in order, each with its time.

    Args:
        path: A file in any container that FFmpeg reads.

    Raises:
        InputError: If it is no video, or not one frame of it can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self._container = _open(path)
        try:
            stream = _video_stream(path, self._container)
            self._decoding = Decoding(str(path), self._container, stream)
            self._decoded = iter(self._decoding)
            self._first = self._first_frame(path)
            orientation = orientation_of(self._first)
            self._medium = medium_of(path, self._container, stream, self._first, orientation)
        except BaseException:
            self.close()
            raise
        self._timed = stream.start_time is not None
        size = self._first.width, self._first.height
        self._convert = BgrConverter(str(path), *size, orientation)
        self._timestamps = Timestamps(_step(self._medium))

    @property
    def medium(self) -> Medium:
        """What is being read; notes on damage come while it is read."""
        mended = self._timestamps.mended
        times = (f"{mended} frames had no usable time and were given one",) if mended else ()
        return replace(self._medium, notes=self._medium.notes + self._decoding.notes() + times)

    def __iter__(self) -> Iterator[Frame]:
        """Yield every frame that can be decoded.

        Raises:
            InputError: After the last one, if frames were lost or the video ends too early.
        """
        index = 0
        frame: VideoFrame | None = self._first
        while frame is not None:
            yield Frame(
                self._convert.later(frame),
                index=index,
                pts=self._timestamps.next(frame.pts if self._timed else None),
                time_base=self._medium.time_base,
            )
            index += 1
            frame = next(self._decoded, None)
        self._decoding.check()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _first_frame(self, path: Path) -> VideoFrame:
        frame = next(self._decoded, None)
        if frame is None:
            self._decoding.check()
            raise InputError(f"{path} has no frame that can be decoded: repair or export it again")
        check_size(str(path), frame.width, frame.height)
        return frame


def _open(path: Path) -> InputContainer:
    # The prefix keeps a name with a colon in it from being taken for an address.
    options = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS}
    try:
        return av.open(f"file:{path}", container_options=options, metadata_errors="replace")
    except (FFmpegError, ValueError) as error:
        raise InputError(
            f"{path} is neither a picture nor a video that can be read ({_reason(error)}): "
            "it is damaged, cut off or of another kind"
        ) from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def _video_stream(path: Path, container: InputContainer) -> VideoStream:
    """The first stream of moving pictures; a cover picture of a song is none."""
    streams = container.streams.video
    moving = [one for one in streams if not one.disposition & Disposition.attached_pic]
    if not moving:
        raise InputError(f"{path} has no video stream, only sound or data: nothing to anonymize")
    if moving[0].codec_context is None:
        raise InputError(f"{path} uses a codec that cannot be decoded: convert it to H.264 first")
    return moving[0]


def _step(medium: Medium) -> int:
    """The usual distance of two frames in units of the time base."""
    if not medium.rate or not medium.time_base:
        return 1
    return round(1 / (medium.rate * medium.time_base))
