"""Covers what the detector missed, by looking a little ahead before a frame goes out.

Frames wait in a short buffer. By the time one leaves it, its tracks are known before *and*
after it, so gaps are bridged from both sides, boxes between two looks are filled in, and a
track is extended a little before its start and after its end. The buffer is bounded, so
memory does not grow with length, and the same code serves files and live streams.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np

from passerby.detections import Detections, Kind
from passerby.tracking.history import History, Place
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.tracker import Tracker

__all__ = ["Timeline"]

Payload = TypeVar("Payload")


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
        self.lookahead = lookahead
        self.capacity = capacity
        self._tracker = Tracker(self.settings)
        self._histories: dict[int, History] = {}
        self._waiting: deque[tuple[Payload, float, Detections | None]] = deque()
        self._looked_at: float | None = None

    def push(
        self, payload: Payload, time: float, detections: Detections | None
    ) -> Iterator[tuple[Payload, Detections]]:
        """Take the next frame and hand out those that have waited long enough.

        Args:
            payload: The frame; it is only passed through.
            time: Seconds; later than the frame before.
            detections: What was seen in it, or None if nobody looked. Boxes that have a track
                keep it; only if none has one does the tracker link them.

        Yields:
            Frames in order with all that must be covered in them.
        """
        if detections is not None and detections.failure is None:
            detections = self._link(time, detections)
        self._waiting.append((payload, time, detections))
        while self._waiting and (
            time - self._waiting[0][1] >= self.lookahead or len(self._waiting) > self.capacity
        ):
            yield self._release()

    def flush(self) -> Iterator[tuple[Payload, Detections]]:
        """Hand out the frames that still wait; the source has ended."""
        while self._waiting:
            yield self._release()

    def _link(self, time: float, detections: Detections) -> Detections:
        """Give each box its track and note where the tracks are."""
        linked = detections if (detections.tracks >= 0).any() else self._tracked(time, detections)
        for number, box, score, kind in zip(
            linked.tracks.tolist(), linked.boxes, linked.scores.tolist(), linked.kinds, strict=True
        ):
            if number >= 0:
                history = self._histories.setdefault(number, History(Kind(kind)))
                history.add(time, box, score)
        return linked

    def _tracked(self, time: float, detections: Detections) -> Detections:
        """Ask the tracker; patches of motion are no persons and stay as they are."""
        elapsed = 0.0 if self._looked_at is None else time - self._looked_at
        self._looked_at = time
        moving = detections.kinds == Kind.MOTION
        people = self._tracker.update(detections[~moving], elapsed)
        return Detections.joined(people, detections[moving])

    def _release(self) -> tuple[Payload, Detections]:
        payload, time, detections = self._waiting.popleft()
        if detections is not None and detections.failure is not None:
            return payload, detections
        placed = self._placed(time)
        self._forget(time)
        if detections is None:
            return payload, placed
        # A doubtful box that belongs to no track would flicker; motion is never tracked.
        moving = detections.of_kind(Kind.MOTION)
        return payload, Detections.joined(_with_masks(placed, detections), moving)

    def _placed(self, time: float) -> Detections:
        places: list[tuple[int, Kind, Place]] = []
        for number, history in self._histories.items():
            places += [(number, history.kind, place) for place in history.at(time, self.settings)]
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
        alive = self._tracker.alive
        for number in list(self._histories):
            history = self._histories[number]
            if number not in alive and history.times[-1] + self.settings.hold < time:
                del self._histories[number]
            else:
                history.forget_before(time, 2 * self.settings.window)


def _with_masks(placed: Detections, detections: Detections) -> Detections:
    """Give tracks seen in this frame the masks they were seen with."""
    if not detections.masks:
        return placed
    mask_of = dict(zip(detections.tracks.tolist(), detections.masks, strict=True))
    return replace(placed, masks=tuple(mask_of.get(t) for t in placed.tracks.tolist()))
