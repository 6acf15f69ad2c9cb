"""Where a video can be entered: it is cut there into parts, or read from there on."""

from bisect import bisect_left, bisect_right
from fractions import Fraction

from av.error import FFmpegError

from passerby.containers import open_container
from passerby.errors import InputError
from passerby.file_clock import FileClock, longest_gap
from passerby.locations import Location
from passerby.media import Medium, VideoPart
from passerby.sources.images import is_image
from passerby.sources.video_streams import main_stream
from passerby.sources.videos import VideoSource

__all__ = ["PictureTimes", "parts_of", "picture_times"]


def parts_of(path: Location, seconds: float, lead: float) -> list[VideoPart]:
    """Cut a video at the first key frames after every so many seconds.

    All its packets are read for that, and none is decoded. The last part may be half as long again.

    Args:
        path: Of a file.
        seconds: How long the parts are, at least.
        lead: Seconds before a part with which its decoding begins, at least.

    Returns:
        The parts, in order; none where there is nothing to cut: a picture, a short video, one
        whose pictures carry no times, or one that cannot be read, which whoever reads it says.
    """
    pictures = picture_times(path)
    return [] if pictures is None else pictures.cut(seconds, lead)


def picture_times(path: Location) -> "PictureTimes | None":
    """Find out when all pictures of a file are shown; all its packets are read, none is decoded.

    Returns:
        None of a picture, a video whose pictures carry no times of their own, or one that cannot be
        read, which whoever reads it says.
    """
    try:
        if is_image(path):
            return None
        with VideoSource(path) as source:
            medium = source.medium
        return None if medium.time_base is None else PictureTimes.of(path, medium)
    except (InputError, FFmpegError, OSError):
        return None


class PictureTimes:
    """When the pictures of a video are shown.

    Args:
        times: Of all of them, ascending, in units of the time base, on the file's own clock.
        keys: Those of key frames.
        zero: When the first one is shown.
        unit: The time base, in seconds.
    """

    def __init__(self, times: list[int], keys: list[int], zero: int, unit: Fraction) -> None:
        self._times, self._keys, self._zero, self._unit = times, keys, zero, unit

    @classmethod
    def of(cls, path: Location, medium: Medium) -> "PictureTimes | None":
        """Read the packets of a video; None if not each of its pictures has a time of its own."""
        unit = medium.time_base or Fraction(1)
        zero = round(medium.start / unit)
        times, keys = list[int](), list[int]()
        with open_container(path) as container:
            stream = main_stream(path, container)
            clock = FileClock(longest_gap(container.format.flags))
            for packet in container.demux():
                if not packet.size:
                    continue
                clock.mend(packet)
                if packet.stream_index != stream.index or packet.is_discard:
                    continue
                if packet.pts is None or stream.start_time is None:
                    return None
                if packet.pts >= zero:
                    times.append(packet.pts)
                    keys += [packet.pts] if packet.is_keyframe else []
        times.sort()
        if len(set(times)) != len(times):
            return None
        return cls(times, sorted(keys), zero, unit)

    def cut(self, seconds: float, lead: float) -> list[VideoPart]:
        """See `parts_of`."""
        begins = self._begins(seconds)
        if len(begins) < 2:
            return []
        ends = [*begins[1:], None]
        pairs = enumerate(zip(begins, ends, strict=True), 1)
        return [self._part(number, len(begins), *pair, lead) for number, pair in pairs]

    @property
    def frames(self) -> int:
        """How many pictures there are."""
        return len(self._times)

    def part_from(self, frame: int, lead: float = 0.0) -> VideoPart | None:
        """What begins with a frame, and is decoded from a key frame before it on.

        Args:
            frame: Its number, from 0.
            lead: Seconds before it with which decoding begins, at least.

        Returns:
            None if there is no such frame.
        """
        known = 0 <= frame < len(self._times)
        return self._part(1, 1, self._times[frame], None, lead) if known else None

    def _begins(self, seconds: float) -> list[int]:
        """When the parts begin, each at least so many seconds after the one before."""
        if not self._times:
            return []
        step, begins = self._ticks(seconds), [self._times[0]]
        while True:
            at = bisect_left(self._keys, begins[-1] + step)
            if at == len(self._keys) or self._times[-1] - self._keys[at] < step // 2:
                return begins
            begins.append(self._keys[at])

    def _part(self, number: int, of: int, begin: int, end: int | None, lead: float) -> VideoPart:
        before = bisect_right(self._keys, begin - self._ticks(lead))
        entry = self._keys[before - 1] if before else self._times[0]
        first = bisect_left(self._times, begin)
        stop = len(self._times) if end is None else bisect_left(self._times, end)
        return VideoPart(
            number=number,
            of=of,
            first=first,
            frames=stop - first,
            begin=(begin - self._zero) * self._unit,
            end=None if end is None else (end - self._zero) * self._unit,
            entry=entry,
            entry_frame=bisect_left(self._times, entry),
        )

    def _ticks(self, seconds: float) -> int:
        return max(round(Fraction(seconds) / self._unit), 1)
