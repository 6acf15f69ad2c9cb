"""Covers what the detector missed, by looking a little ahead before a frame goes out.

Frames wait in a short buffer. By the time one leaves it, its tracks are known before *and*
after it, so gaps are bridged from both sides, boxes between two looks are filled in, and a
track is extended a little before its start and after its end. The buffer is bounded, so
memory does not grow with length, and the same code serves files and live streams.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking.history import History, Place
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.tracker import Tracker

__all__ = ["Release", "Timeline"]

Payload = TypeVar("Payload")

SMALLER = 4
"""How many times faster the margin of a head, a face or a thing grows: in its own heights, it moves
so much faster than its person, or than what carries it."""


class Release(NamedTuple, Generic[Payload]):
    """A frame that leaves the buffer.

    Attributes:
        payload: The frame.
        known: All that must be covered in it.
        sighted: What was detected in this very frame, with the tracks it belongs to, before
            anything was filled in or compared with other frames.
    """

    payload: Payload
    known: Detections
    sighted: Detections


class Timeline(Generic[Payload]):
    """Delays frames until their tracks are known on both sides.

    Args:
        lookahead: Seconds that a frame waits; 0 lets it out at once.
        settings: How detections become tracks.
        capacity: Most frames that may wait, whatever ``lookahead`` says; bounds the memory.
    """

    def __init__(
        self,
        lookahead: float = 1.0,
        settings: TrackingSettings | None = None,
        capacity: int = 64,
    ) -> None:
        self.settings = settings or TrackingSettings()
        small = replace(self.settings, growth=SMALLER * self.settings.growth)
        self._settings_of = dict.fromkeys(Kind, self.settings) | {
            Kind.HEAD: small,
            Kind.FACE: small,
            Kind.OBJECT: small,
        }
        self.lookahead = lookahead
        self.capacity = capacity
        self._tracker = Tracker(self.settings)
        self._histories: dict[tuple[int, Kind], History] = {}
        self._waiting: deque[tuple[Payload, float, Detections | None]] = deque()
        self._looked_at: float | None = None
        self._numbered = False

    def push(
        self, payload: Payload, time: float, detections: Detections | None
    ) -> Iterator[Release[Payload]]:
        """Take the next frame and hand out those that have waited long enough.

        Args:
            payload: The frame; it is only passed through.
            time: Seconds; later than the frame before.
            detections: What was seen in it, or None if nobody looked. Boxes that have a track
                keep it, and from then on those without one stay without; the tracker links
                them only as long as none ever had one.

        Yields:
            Frames in order.
        """
        if detections is not None and detections.failure is None:
            detections = self._link(time, detections)
        self._waiting.append((payload, time, detections))
        while self._waiting and (
            time - self._waiting[0][1] >= self.lookahead or len(self._waiting) > self.capacity
        ):
            yield self._release()

    def flush(self) -> Iterator[Release[Payload]]:
        """Hand out the frames that still wait; the source has ended."""
        while self._waiting:
            yield self._release()

    def _link(self, time: float, detections: Detections) -> Detections:
        """Give each box its track and note where the tracks are."""
        self._numbered |= bool((detections.tracks >= 0).any())
        linked = detections if self._numbered else self._tracked(time, detections)
        for index in np.flatnonzero(_sightings(linked)):
            track = int(linked.tracks[index]), Kind(linked.kinds[index])
            history = self._histories.setdefault(track, History())
            history.add(time, linked.boxes[index], float(linked.scores[index]))
        return linked

    def _tracked(self, time: float, detections: Detections) -> Detections:
        """Ask the tracker; patches of motion are no persons and stay as they are.

        A doubtful box that belongs to no track is dropped: it would flicker.
        """
        elapsed = 0.0 if self._looked_at is None else time - self._looked_at
        self._looked_at = time
        moving = detections.kinds == Kind.MOTION
        people = self._tracker.update(detections[~moving], elapsed)
        return Detections.joined(people[people.tracks >= 0], detections[moving])

    def _release(self) -> Release[Payload]:
        payload, time, detections = self._waiting.popleft()
        if detections is not None and detections.failure is not None:
            return Release(payload, detections, detections)
        placed = self._placed(time)
        self._forget(time)
        if detections is None:
            return Release(payload, placed, Detections.none())
        tracked = _sightings(detections)
        masked = _with_masks(placed, detections[tracked])
        return Release(payload, Detections.joined(masked, detections[~tracked]), detections)

    def _placed(self, time: float) -> Detections:
        places: list[tuple[int, Kind, Place]] = []
        for (number, kind), history in self._histories.items():
            settings = self._settings_of[kind]
            places += [(number, kind, place) for place in history.at(time, settings)]
        if not places:
            return Detections.none()
        return Detections.of(
            boxes=np.stack([place.box for _, _, place in places]),
            scores=[place.score for _, _, place in places],
            kinds=[kind for _, kind, _ in places],
            tracks=[number for number, _, _ in places],
            seen=[place.seen for _, _, place in places],
            margins=[place.margin for _, _, place in places],
        )

    def _forget(self, time: float) -> None:
        """Drop tracks that can matter to no later frame."""
        longest = max(self.settings.bridge, self.settings.hold)
        for track, history in list(self._histories.items()):
            if history.times[-1] + longest < time:
                del self._histories[track]
            else:
                history.forget_before(time, 2 * self.settings.window)


def _sightings(detections: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes are where a track was seen: those with a number that no box before them has."""
    first = np.zeros(len(detections), np.bool_)
    first[np.unique(_tracks(detections), axis=0, return_index=True)[1]] = True
    return first & (detections.tracks >= 0)


def _tracks(detections: Detections) -> npt.NDArray[np.int64]:
    """Number and kind for each box, shape (n, 2): a face may bear the number of its person."""
    return np.stack([detections.tracks, detections.kinds], axis=1)


def _with_masks(placed: Detections, sightings: Detections) -> Detections:
    """Give places that were seen in this frame the masks they were seen with."""
    if not sightings.masks:
        return placed
    mask_of = dict(zip(map(tuple, _tracks(sightings)), sightings.masks, strict=True))
    masks = (
        mask_of.get(tuple(track)) if seen else None
        for track, seen in zip(_tracks(placed), placed.seen, strict=True)
    )
    return replace(placed, masks=tuple(masks))
