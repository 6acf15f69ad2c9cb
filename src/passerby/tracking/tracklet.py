"""A part of a person's path through a clip."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes
from passerby.tracking.appearance import PersonFeatures

__all__ = ["End", "Tracklet"]

_SPAN = 0.5
"""Seconds at each end over which place and velocity are measured."""

_SHORTEST_SPAN = 0.2
"""A shorter span says nothing about velocity: boxes jitter."""


class End(NamedTuple):
    """Where a tracklet begins or ends.

    Attributes:
        time: In seconds.
        place: Shape (2,), the middle of the box in pixels.
        velocity: Shape (2,), pixels a second; 0 where it is not known.
        height: Of the box.
    """

    time: float
    place: npt.NDArray[np.float64]
    velocity: npt.NDArray[np.float64]
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """When and where somebody was seen, in n looks in order of time.

    Attributes:
        frames: Shape (n,), numbers of frames, from 0.
        times: Shape (n,), in seconds.
        boxes: Shape (n, 4), see `Boxes`.
        scores: Shape (n,).
        features: Sum of those that were seen, shape (d,); None if none were.
    """

    frames: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]
    boxes: Boxes
    scores: npt.NDArray[np.float32]
    features: PersonFeatures | None

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def lived(self) -> float:
        """Seconds from the first look to the last."""
        return float(self.times[-1] - self.times[0])

    def then(self, later: "Tracklet") -> "Tracklet":
        """This one, and a later one of the same person."""
        return Tracklet(
            np.concatenate([self.frames, later.frames]),
            np.concatenate([self.times, later.times]),
            np.concatenate([self.boxes, later.boxes]),
            np.concatenate([self.scores, later.scores]),
            _sum(self.features, later.features),
        )

    def end(self, *, last: bool) -> End:
        """Where it begins, or where it ends."""
        time = float(self.times[-1 if last else 0])
        near = np.abs(self.times - time) <= _SPAN
        since, boxes = self.times[near] - time, self.boxes[near].astype(np.float64)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        height = float(np.median(boxes[:, 3] - boxes[:, 1]))
        if np.ptp(since) < _SHORTEST_SPAN:
            return End(time, np.median(middles, axis=0), np.zeros(2), height)
        line = np.stack([np.ones_like(since), since], axis=1)
        place, velocity = np.linalg.lstsq(line, middles)[0]
        return End(time, place, velocity, height)


def _sum(first: PersonFeatures | None, second: PersonFeatures | None) -> PersonFeatures | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
