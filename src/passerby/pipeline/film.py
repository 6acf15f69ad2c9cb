"""The frames of one video: which of them are searched, and how long each waits."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from passerby.detections import Detections
from passerby.media import Medium
from passerby.pipeline.changes import Changes, FrameChange
from passerby.tracking import KnownTracks, Release, Timeline, TrackingSettings
from passerby.types import Frame

__all__ = ["DEFAULT_RATE", "LONGEST_INTERVAL", "LOOK_FRAMES", "Film", "FrameTask", "LookSchedule"]

LOOK_FRAMES = 3
LONGEST_INTERVAL = 0.3
"""By default, people are looked for in every third frame, whatever its timestamps say, and after
0.3 s at the latest, in which they walk half a metre. In animations they are looked for in all
frames: many are slide shows, and none is long."""

DEFAULT_RATE = 25.0
_TOLERANCE, _JITTER = 1e-3, 0.03
"""Seconds by which a look may come later: of a video, and of a live stream, whose pictures come a
little early or late. Without it, every third look of a camera with ten pictures a second is two."""

_BUFFER_BYTES = 96 * 2**20
"""Most memory that waiting frames may take, whatever the look-ahead."""


class FrameTask(NamedTuple):
    """What is to be done when a frame comes.

    Attributes:
        time: In seconds; it always grows.
        due: Whether to search it.
        late: Whether it comes so late that the frame before it must be searched as well.
    """

    time: float
    due: bool
    late: bool


class LookSchedule:
    """When to look: in every k-th frame, or as the constants above say.

    Args:
        every: k, or None for the constants.
        medium: Of the frames.
    """

    def __init__(self, every: int | None, medium: Medium) -> None:
        self._every = every or (1 if medium.kind in ("animation", "image") else None)
        self._step = 1 / (float(medium.rate) if medium.rate else DEFAULT_RATE)
        self._longest = LONGEST_INTERVAL + (_JITTER if medium.kind == "live" else _TOLERANCE)
        self._count = 0
        self._time: float | None = None
        self._last_look: tuple[int, float] | None = None

    def next(self, frame: Frame) -> FrameTask:
        """Take the next frame; if its clock stands still or runs back, the rate gives the time."""
        time = self._count * self._step if frame.time is None else frame.time
        if self._time is not None and time <= self._time:
            time = self._time + self._step
        self._count, self._time = self._count + 1, time
        if self._last_look is None:
            return FrameTask(time, due=True, late=False)
        frames, seconds = self._count - self._last_look[0], time - self._last_look[1]
        if self._every is not None:
            return FrameTask(time, frames >= self._every, late=False)
        # The frame after this one would come too late.
        soon = seconds + self._step > self._longest
        late = seconds > self._longest
        return FrameTask(time, frames >= LOOK_FRAMES or soon, late)

    def looked(self) -> None:
        """Note that this frame was searched; after a failed search the next frame is searched."""
        if self._time is not None:
            self._last_look = self._count, self._time


class Film:
    """Searches some of the frames; a timeline fills in those between.

    Args:
        medium: Of the frames.
        look: Searches a frame.
        tracking: How detections become tracks.
        lookahead: Seconds that a frame waits.
        every: Search every k-th frame; None for the default.
        tracks: Tracks of the whole video that are known beforehand, if there are any.
    """

    def __init__(
        self,
        medium: Medium,
        look: Callable[[Frame], Detections],
        tracking: TrackingSettings,
        lookahead: float,
        every: int | None,
        tracks: KnownTracks | None = None,
    ) -> None:
        begin = None if medium.stretch is None else float(medium.stretch.begin)
        frame_bytes = medium.width * medium.height * 3 // 2
        self._look = look
        self._tracks = tracks
        self._timeline: Timeline[Frame] = Timeline(
            lookahead,
            tracking,
            capacity=max(LOOK_FRAMES, _BUFFER_BYTES // frame_bytes),
            look=look,
            opening=begin,
        )
        self._schedule, self._changes = LookSchedule(every, medium), Changes()

    def push(self, frame: Frame) -> Iterator[Release[Frame]]:
        """Take the next frame; yields those that have waited long enough."""
        moment, change = self._schedule.next(frame), self._changes.next(frame)
        if change is FrameChange.CUT:
            self._timeline.cut()
        elif change is FrameChange.SUDDEN or moment.late:
            self._timeline.look_back()
        yield from map(self._filled, self._timeline.leaving())  # a search takes long
        found = self._look(frame) if moment.due or change is not FrameChange.NONE else None
        if found is not None and found.failure is None:
            self._schedule.looked()
        yield from map(self._filled, self._timeline.push(frame, moment.time, found))

    def flush(self) -> Iterator[Release[Frame]]:
        """Yield all frames that still wait."""
        yield from map(self._filled, self._timeline.flush())

    def _filled(self, released: Release[Frame]) -> Release[Frame]:
        """Add the places of tracks known beforehand that lie between two of their sightings."""
        known = released.known
        if self._tracks is None or known.failure is not None:
            return released
        missing = self._tracks.missing(released.payload.index, known)
        return released._replace(known=Detections.joined(known, missing))
