"""Video files, decoded by FFmpeg."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Self

from av import VideoFrame

from passerby.containers import open_container
from passerby.errors import InputError
from passerby.locations import Location
from passerby.media import Medium, Stretch, VideoPart
from passerby.runtime.counting import counted
from passerby.sources.colours import BgrConverter, has_alpha
from passerby.sources.decoders import is_padded
from passerby.sources.decoding import Decoding
from passerby.sources.limits import check_size
from passerby.sources.orientation import orientation_of
from passerby.sources.timestamps import Timestamps
from passerby.sources.video_medium import medium_of
from passerby.sources.video_streams import main_stream
from passerby.types import Alpha, Frame, Image

__all__ = ["VideoSource"]

_USUAL_RATE = Fraction(25)
_LARGEST_RATE = 1000


class VideoSource:
    """The frames of a video file, upright, in order, each with its time since the first.

    Args:
        path: A file in any container that FFmpeg reads.
        part: Which part of it is read, with some seconds before that; None for all.

    Raises:
        InputError: If it is no video, or not one frame of it can be decoded.
    """

    def __init__(self, path: Location, part: VideoPart | None = None) -> None:
        self._container = open_container(path)
        try:
            stream = main_stream(path, self._container)
            self._padded = is_padded(self._container, stream)
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
        self._zero = self._time_of(self._first)
        if self._medium.time_base is not None:
            start = self._zero * self._medium.time_base
            self._medium = replace(self._medium, start=start)
        self._index, self._time = 0, self._zero
        if part is not None:
            self._enter(path, part)

    def _enter(self, path: Location, part: VideoPart) -> None:
        """Go on to a part of the video: all before it is read, and not decoded."""
        self.close()
        self._container = open_container(path)
        try:
            stream = main_stream(path, self._container)
            self._decoding = Decoding(str(path), self._container, stream, part.entry)
            self._decoded = iter(self._decoding)
            self._first = self._first_frame(path)
            while self._first.pts is None or self._first.pts < part.entry:
                # It refers to pictures before the key frame, which nobody has decoded.
                self._first = self._first_frame(path)
        except BaseException:
            self.close()
            raise
        self._timestamps = Timestamps(_step(self._medium))
        self._index, self._time = part.entry_frame, self._time_of(self._first)
        end = self._medium.duration if part.end is None else part.end
        self._medium = replace(
            self._medium,
            frames=part.frames,
            duration=None if end is None else end - part.begin,
            stretch=Stretch(part.first, part.begin, part.end),
        )

    @property
    def medium(self) -> Medium:
        """What is being read; notes on damage come while it is read."""
        mended = self._timestamps.mended
        times = (f"{counted(mended, 'frame')} without a usable time given one",) if mended else ()
        return replace(self._medium, notes=self._medium.notes + self._decoding.notes() + times)

    def __iter__(self) -> Iterator[Frame]:
        """Yield every frame that can be decoded.

        Raises:
            InputError: After the last one, if frames were lost or the video ends too early.
        """
        index, time = self._index, self._time
        frame: VideoFrame | None = self._first
        while frame is not None:
            pixels, alpha = self._pixels(frame)
            yield Frame(
                pixels,
                index=index,
                pts=time - self._zero,
                time_base=self._medium.time_base,
                alpha=alpha,
                few=None if alpha is not None else self._convert.thinned(frame),
            )
            index += 1
            frame = next(self._decoded, None)
            time = time if frame is None else self._time_of(frame)
        self._decoding.check()

    def _time_of(self, frame: VideoFrame) -> int:
        """On the file's clock, in units of the time base."""
        return self._timestamps.next(frame.pts if self._timed else None)

    def _pixels(self, frame: VideoFrame) -> tuple[Image | Callable[[], Image], Alpha | None]:
        """What is seen of a frame; its opacity has to be known at once."""
        if self._padded or not has_alpha(frame):
            return self._convert.later(frame), None
        return self._convert.with_alpha(frame)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _first_frame(self, path: Location) -> VideoFrame:
        frame = next(self._decoded, None)
        if frame is None:
            self._decoding.check()
            raise InputError(f"{path} has no frame that can be decoded: repair or export it again")
        check_size(str(path), frame.width, frame.height)
        return frame


def _step(medium: Medium) -> int:
    """The usual distance of two frames in units of the time base; some claim 90,000 a second."""
    if not medium.time_base:
        return 1
    rate = medium.rate if medium.rate and medium.rate <= _LARGEST_RATE else _USUAL_RATE
    return round(1 / (rate * medium.time_base))
