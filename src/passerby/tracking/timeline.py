"""Covers what the detector missed, by looking a little ahead before a frame goes out.

Frames wait in a short buffer. By the time one leaves it, its tracks are known before *and*
after it, so gaps are bridged from both sides, boxes between two looks are filled in, and a
track is extended a little before its start and after its end. The buffer is bounded, so
memory does not grow with length, and the same code serves files and live streams.

No frame leaves before it was searched, or a later one was: people who came after the last look are
unknown. A frame that leaves without such a look is a failure, and is covered in full.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking.paths import Paths
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.tracker import Tracker

__all__ = ["Release", "Timeline", "sightings"]

Payload = TypeVar("Payload")


_FIRST_FAINT = 1_000_000
"""The number of the first track of a box that could only have continued one."""


class Release(NamedTuple, Generic[Payload]):
    """A frame that leaves the buffer.

    Attributes:
        payload: The frame.
        known: All that must be covered in it.
        sighted: What was detected in this very frame, with the tracks it belongs to, before
            anything was filled in or compared with other frames.
        looked: Whether this frame itself was searched, or a search failed.
    """

    payload: Payload
    known: Detections
    sighted: Detections
    looked: bool


@dataclass(slots=True)
class _Waiting(Generic[Payload]):
    """A frame in the buffer, its time in seconds, and what is known of it."""

    payload: Payload
    time: float
    detections: Detections | None = None
    looked: bool = False


def _nobody_looks(_: object) -> Detections:
    return Detections.failed("nobody looked at this frame, nor at one after it")


class Timeline(Generic[Payload]):
    """Delays frames until their tracks are known on both sides.

    Args:
        lookahead: Seconds that a frame waits, and then until the next frame comes; with 0 each
            frame is searched and leaves at once.
        settings: How detections become tracks.
        capacity: Most frames that may wait, whatever ``lookahead`` says; bounds the memory.
        look: Searches a waiting frame that would otherwise leave before a later look; without
            it such a frame is a failure.
        opening: Until when, in seconds, the frames only lead into what is copied, as in a part of
            a long video. Whoever is seen there may have been confirmed long before, so all tracks
            that begin there count as confirmed, and boxes that could only continue a track begin
            one of their own, if no other takes them.
    """

    def __init__(
        self,
        lookahead: float = 1.0,
        settings: TrackingSettings | None = None,
        capacity: int = 64,
        look: Callable[[Payload], Detections] = _nobody_looks,
        opening: float | None = None,
    ) -> None:
        self.settings = settings or TrackingSettings()
        if lookahead == 0:  # nothing that is in doubt will be confirmed in time
            self.settings = replace(self.settings, evidence=0)
        self.lookahead = lookahead
        self.capacity = capacity
        self._tracker = Tracker(self.settings)
        # It gets what the other leaves, so that the other does what it would do in the whole video.
        self._faint = None if opening is None else Tracker(self.settings, _FIRST_FAINT)
        self._paths = Paths(self.settings)
        self._look = look
        self._opening = opening
        self._waiting: deque[_Waiting[Payload]] = deque()
        self._open = 0  # how many of them came after the last look that worked
        self._looked_at: float | None = None
        self._is_cut = False
        self._numbered = False

    def push(
        self, payload: Payload, time: float, detections: Detections | None
    ) -> Iterator[Release[Payload]]:
        """Take the next frame and hand out those that have waited long enough.

        Args:
            payload: The frame; it is only passed through.
            time: Seconds; later than the frame before.
            detections: What was seen in it, or None if it was not searched. Boxes that have a
                track keep it, and from then on boxes without one stay without. The tracker links
                boxes only as long as none has ever had a track.

        Yields:
            Frames in order.
        """
        yield from self.leaving()
        if self._is_cut:
            self._paths.cut(time)
            self._is_cut = False
        frame = _Waiting(payload, time)
        self._waiting.append(frame)
        self._open += 1
        if detections is not None:
            self._note(frame, detections)
        if self.lookahead == 0:
            yield from self.flush()

    def leaving(self) -> Iterator[Release[Payload]]:
        """Hand out what has waited long enough; `push` does so first of all.

        It may be asked for as soon as the next frame is there, before it is searched. Not earlier:
        what comes next may be a reason to search the newest frame.
        """
        while self._waiting and (
            self._waiting[-1].time - self._waiting[0].time >= self.lookahead
            or len(self._waiting) >= self.capacity
        ):
            if self._waiting[0].detections is None and len(self._waiting) <= self._open:
                self.look_back()
            yield self._release()

    def flush(self) -> Iterator[Release[Payload]]:
        """Search the newest frame and hand out all that wait; the source has ended."""
        self.look_back()
        while self._waiting:
            yield self._release()

    def look_back(self) -> None:
        """Search the newest frame that waits, unless it was searched already."""
        if self._waiting and self._waiting[-1].detections is None:
            self._look_at(self._waiting[-1])

    def cut(self) -> None:
        """Look back, and end all tracks: the next frame shows something else."""
        self.look_back()
        for tracker in self._trackers:
            tracker.forget()
        self._is_cut = True

    def _look_at(self, frame: _Waiting[Payload]) -> None:
        self._note(frame, self._look(frame.payload))

    def _note(self, frame: _Waiting[Payload], detections: Detections) -> None:
        """Remember what was seen in a frame, the newest one or one before a failed look.

        After a look that failed, the frame before is searched. If that fails too, all frames since
        the last look are failures: they would lie between two looks that are far apart.
        """
        frame.looked = True
        if detections.failure is None:
            frame.detections = self._link(frame.time, detections)
            self._open = sum(one.time > frame.time for one in self._waiting)
            return
        frame.detections = detections
        unseen = [one for one in self._since_the_last_look() if one.detections is None]
        if unseen and frame is self._waiting[-1]:
            self._look_at(unseen[-1])
        else:
            for one in unseen:
                one.detections = detections

    def _since_the_last_look(self) -> list[_Waiting[Payload]]:
        return list(self._waiting)[len(self._waiting) - self._open :]

    def _link(self, time: float, detections: Detections) -> Detections:
        """Give each box its track and note where the tracks are.

        Patches of motion are not people and stay as they are. A doubtful box that belongs to no
        track is dropped: it would flicker.
        """
        elapsed = 0.0 if self._looked_at is None else time - self._looked_at
        self._looked_at = time
        self._numbered |= bool((detections.tracks >= 0).any())
        if self._numbered:
            self._tracker.follow(detections[sightings(detections)], elapsed)
            linked = detections
        else:
            moving = detections.kinds == Kind.MOTION
            people = self._tracked(time, detections[~moving], elapsed)
            linked = Detections.joined(people[people.tracks >= 0], detections[moving])
        bodies = self._tracker.bodies
        if self._faint is not None:
            bodies = bodies.and_also(self._faint.bodies)
        seen = np.concatenate([one.seen for one in self._trackers])
        boxes = np.concatenate([one.boxes for one in self._trackers])
        self._paths.add(time, bodies, seen, boxes)
        return linked

    @property
    def _trackers(self) -> tuple[Tracker, ...]:
        return (self._tracker,) if self._faint is None else (self._tracker, self._faint)

    def _tracked(self, time: float, people: Detections, elapsed: float) -> Detections:
        linked = self._tracker.update(people, elapsed)
        if self._faint is None or self._opening is None:
            return linked
        is_opening = time < self._opening
        start = self.settings.keep_score if is_opening else np.inf
        self._faint.settings = replace(self.settings, start_score=start)
        left = linked.tracks < 0
        linked.tracks[left] = self._faint.update(people[left], elapsed).tracks
        if is_opening:
            for tracker in self._trackers:
                tracker.trust()
        return linked

    def _release(self) -> Release[Payload]:
        frame = self._waiting.popleft()
        self._open = min(self._open, len(self._waiting))
        payload, time, detections = frame.payload, frame.time, frame.detections
        if detections is not None and detections.failure is not None:
            return Release(payload, detections, detections, frame.looked)
        self._paths.forget_before(time)
        placed = self._paths.at(time)
        if detections is None:
            return Release(payload, placed, Detections.none(), looked=False)
        tracked = sightings(detections)
        masked = _with_masks(placed, detections[tracked])
        known = Detections.joined(masked, detections[~tracked])
        return Release(payload, known, detections, looked=True)


def sightings(detections: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes are sightings: of each track, the first box with its number.

    Returns:
        Shape (n,).
    """
    first = np.zeros(len(detections), np.bool_)
    first[np.unique(_tracks(detections), axis=0, return_index=True)[1]] = True
    return first & (detections.tracks >= 0)


def _tracks(detections: Detections) -> npt.NDArray[np.int64]:
    """Number and kind for each box, shape (n, 2): a face may have the number of its person."""
    return np.stack([detections.tracks, detections.kinds], axis=1)


def _with_masks(placed: Detections, seen_with: Detections) -> Detections:
    """Give places that were seen in this frame the masks they were seen with."""
    if not seen_with.masks:
        return placed
    mask_of = dict(zip(map(tuple, _tracks(seen_with)), seen_with.masks, strict=True))
    masks = (
        mask_of.get(tuple(track)) if seen else None
        for track, seen in zip(_tracks(placed), placed.seen, strict=True)
    )
    return replace(placed, masks=tuple(masks))
