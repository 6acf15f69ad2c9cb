"""Where one track was seen, and where it must have been in between."""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from math import copysign

import numpy as np
import numpy.typing as npt

from passerby.geometry import intersection_over_union
from passerby.tracking.settings import TrackingSettings

__all__ = ["History", "TrackPlace"]

_Box = npt.NDArray[np.float32]

AGREEMENT = 0.8
"""IoU above which the box from the nearest sightings and the one from the whole track are one."""
LEAST_EXTENSION = 0.3
"""Seconds by which even a track seen once is extended; others are extended by up to their own
duration. At least the time between two looks, or nobody would be covered between them."""
VELOCITY_SPAN = 0.5
"""Seconds of a track over which its velocity at each end is measured."""
LEAST_SPAN = 0.1
"""A shorter span counts as this long: boxes tremble, which is no motion."""


@dataclass(frozen=True, slots=True)
class TrackPlace:
    """Where a track is at one time.

    Attributes:
        box: Shape (4,), the best guess.
        margin: Pixels by which each side may lie further out.
        score: Of the nearest time it was seen.
        seen: Whether it was detected at just this time.
    """

    box: _Box
    margin: float
    score: float
    seen: bool


@dataclass(slots=True)
class History:
    """The times, boxes and scores at which one track was seen, in order of time."""

    times: list[float] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    _forgotten: float = field(default=0.0, init=False)
    """Seconds that the track had lived before the first sighting that is still known."""

    @property
    def lived(self) -> float:
        """Seconds from the first time it was seen to the last."""
        return self._forgotten + self.times[-1] - self.times[0]

    def add(self, time: float, box: _Box, score: float) -> None:
        """Note that the track was seen; ``time`` must be later than all before."""
        self.times.append(time)
        self.boxes.append(box)
        self.scores.append(score)

    def forget_before(self, time: float, span: float) -> None:
        """Drop all but one of the sightings more than ``span`` before ``time`` and the last one."""
        keep_from = bisect_left(self.times, min(time, self.times[-1]) - span) - 1
        if keep_from > 0:
            self._forgotten += self.times[keep_from] - self.times[0]
            del self.times[:keep_from], self.boxes[:keep_from], self.scores[:keep_from]

    def at(self, time: float, settings: TrackingSettings) -> list[TrackPlace]:
        """Where the track may be at ``time``: two places if near and far sightings disagree."""
        after = bisect_left(self.times, time)
        if after < len(self.times) and self.times[after] == time:
            place = TrackPlace(self.boxes[after], 0, self.scores[after], seen=True)
        elif after == 0:
            return self._extended(0, time, settings.lead, settings.growth)
        elif after == len(self.times):
            return self._extended(after - 1, time, settings.hold, settings.growth)
        else:
            place = self._between(after, time, settings.growth)
        expected = self._expected(after, after + place.seen, time, settings.window)
        return [place] if expected is None else _reconciled(place, expected)

    def _between(self, after: int, time: float, growth: float) -> TrackPlace:
        """On the straight line between the sightings around ``time``."""
        before = after - 1
        away = min(time - self.times[before], self.times[after] - time)
        score = min(self.scores[before], self.scores[after])
        return _unseen(self._line(before, after, time), growth * away, score)

    def _expected(self, before: int, after: int, time: float, window: float) -> _Box | None:
        """Where the sightings on both sides of ``time`` put the box, or None at either end.

        Each sighting before is joined by a straight line with its counterpart after; the median
        of these lines at ``time`` is right even when a third of the sightings is cut short by
        what hides the person or merged with a neighbour.
        """
        reach = min(before, len(self.times) - after)
        lines = []
        for step in range(reach):
            first, last = before - 1 - step, after + step
            if step and self.times[last] - self.times[first] > 2 * window:
                break
            lines.append(self._line(first, last, time))
        return np.median(lines, axis=0).astype(np.float32) if lines else None

    def _line(self, first: int, last: int, time: float) -> _Box:
        share = (time - self.times[first]) / (self.times[last] - self.times[first])
        line: _Box = (1 - share) * self.boxes[first] + share * self.boxes[last]
        return line

    def _extended(self, index: int, time: float, limit: float, growth: float) -> list[TrackPlace]:
        away = time - self.times[index]
        if abs(away) > min(limit, max(self.lived, LEAST_EXTENSION)):
            return []
        box = self.boxes[index] + self._velocity(index) * away
        return [_unseen(box, growth * abs(away), self.scores[index])]

    def _velocity(self, index: int) -> _Box:
        """Pixels a second of each side near one end of the track; 0 for a track seen once."""
        if len(self.times) < 2:
            return np.zeros(4, np.float32)
        here = self.times[index]
        if index == 0:
            other = max(1, bisect_left(self.times, here + VELOCITY_SPAN) - 1)
        else:
            other = min(index - 1, bisect_left(self.times, here - VELOCITY_SPAN))
        span = self.times[other] - here
        move = (self.boxes[other] - self.boxes[index]) / copysign(max(abs(span), LEAST_SPAN), span)
        # Both ends move alike: a box that shrinks at the frame's edge must not shrink away.
        centre = (move[:2] + move[2:]) / 2
        return np.concatenate([centre, centre]).astype(np.float32)


def _unseen(box: _Box, share: float, score: float) -> TrackPlace:
    """A place that was not looked at or not found; ``share`` of the height is its margin."""
    return TrackPlace(box, share * abs(float(box[3] - box[1])), score, seen=False)


def _reconciled(place: TrackPlace, expected: _Box) -> list[TrackPlace]:
    """Cover both places: that of the nearest sightings and that of the whole track."""
    overlap = intersection_over_union(place.box[None], expected[None])[0, 0]
    if overlap < AGREEMENT:
        return [place, replace(place, box=expected, seen=False)]
    low, high = np.minimum(place.box[:2], expected[:2]), np.maximum(place.box[2:], expected[2:])
    return [replace(place, box=np.concatenate([low, high]))]
