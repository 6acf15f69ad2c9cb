"""The frames of one film or camera on their way: each waits until its tracks are known."""

from collections.abc import Callable, Iterator

from passerby.detections import Detections
from passerby.media import Medium
from passerby.pipeline.changes import Changes, FrameChange
from passerby.pipeline.schedule import LOOK_FRAMES, LookSchedule
from passerby.tracking import KnownTracks, Release, Timeline, TrackingSettings
from passerby.types import Frame

__all__ = ["Film"]

_BUFFER_BYTES = 96 * 2**20
"""Most memory that waiting frames may take, whatever the look-ahead."""


class Film:
    """Looks at frames now and then; a timeline fills in those between.

    Args:
        medium: Of the frames.
        look: Looks at a frame.
        tracking: How detections become tracks.
        lookahead: Seconds that a frame waits.
        every: In which frames to look; None to go by the clock.
        tracks: What is known of the whole film beforehand, if anything is.
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
        frame_bytes = medium.width * medium.height * 3 // 2
        self._look = look
        self._tracks = tracks
        self._timeline: Timeline[Frame] = Timeline(
            lookahead, tracking, capacity=max(LOOK_FRAMES, _BUFFER_BYTES // frame_bytes), look=look
        )
        self._schedule, self._changes = LookSchedule(every, medium), Changes()

    def push(self, frame: Frame) -> Iterator[Release[Frame]]:
        """Take the next frame; yields those that have waited long enough."""
        moment, change = self._schedule.next(frame), self._changes.next(frame)
        if change is FrameChange.CUT:
            self._timeline.cut()
        elif change is FrameChange.SUDDEN or moment.late:
            self._timeline.look_back()
        found = self._look(frame) if moment.due or change is not FrameChange.NONE else None
        if found is not None and found.failure is None:
            self._schedule.looked()
        yield from map(self._filled, self._timeline.push(frame, moment.time, found))

    def flush(self) -> Iterator[Release[Frame]]:
        """Yield all frames that still wait."""
        yield from map(self._filled, self._timeline.flush())

    def _filled(self, released: Release[Frame]) -> Release[Frame]:
        """Add where tracks that are known beforehand must be, between two of their sightings."""
        known = released.known
        if self._tracks is None or known.failure is not None:
            return released
        missing = self._tracks.missing(released.payload.index, known)
        return released._replace(known=Detections.joined(known, missing))
