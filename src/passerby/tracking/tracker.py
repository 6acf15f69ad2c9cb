"""An online tracker: which box of this frame belongs to which person of the frames before.

Two rounds of matching as in ByteTrack (Zhang et al., ECCV 2022, algorithm 1): confident boxes
first, doubtful ones only where a track is already expected. Overlap is measured between boxes
that are enlarged with the time since they were last seen (Yang et al., "Hard to Track Objects
with Irregular Motions and Similar Appearances? Make It Easier by Buffering the Matching
Space", WACV 2023), so that a person is found again after an occlusion.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.assignment import best_pairs
from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import grow, intersection_over_union
from passerby.tracking import kalman
from passerby.tracking.settings import TrackingSettings

__all__ = ["Tracker"]

BUFFER = 0.15
"""Share of its size that a box grows on each side before overlaps are compared ..."""
SMALL_BUFFER = 0.5
"""... and that of a head, a face or an object: it is small, but moves as far as its carrier."""
BUFFER_PER_SECOND = 0.1
"""What is added to it for each second in which the track was not seen."""


class Tracker:
    """Gives every box the number of the track it belongs to.

    Args:
        settings: Scores, overlap and the longest gap.
    """

    def __init__(self, settings: TrackingSettings | None = None) -> None:
        self.settings = settings or TrackingSettings()
        self._states = kalman.start(np.zeros((0, 4), np.float32), self.settings.noise)
        self._ids = np.zeros(0, np.int64)
        self._kinds = np.zeros(0, np.int8)
        self._unseen = np.zeros(0)  # seconds since each track was last seen
        self._next_id = 1

    def update(self, detections: Detections, seconds: float) -> Detections:
        """Take in the boxes of the next frame.

        Args:
            detections: What the detector saw.
            seconds: Time since the last call.

        Returns:
            The same boxes; ``tracks`` is -1 if a box neither continues nor starts a track.
        """
        self._states = kalman.predict(self._states, seconds)
        self._unseen = self._unseen + seconds
        self._give_up()
        track_of = np.full(len(detections), -1, np.int64)  # position in the table, not the number
        # The face detector has applied its own threshold already.
        sure = (detections.scores >= self.settings.start_score) | (detections.kinds == Kind.FACE)
        maybe = (detections.scores >= self.settings.keep_score) & ~sure
        for round_of in (sure, maybe):
            self._match(detections, round_of, track_of)
        self._correct(detections, track_of)
        numbers = np.where(track_of >= 0, np.append(self._ids, -1)[track_of], -1)
        born = sure & (track_of < 0) & self._apart(detections.boxes, track_of)
        numbers[born] = self._start(detections[born])
        return replace(detections, tracks=numbers)

    def forget(self) -> None:
        """Give up all tracks; their numbers are not used again."""
        self._keep(np.zeros(len(self._ids), np.bool_))

    def _match(
        self,
        detections: Detections,
        candidates: npt.NDArray[np.bool_],
        track_of: npt.NDArray[np.int64],
    ) -> None:
        rows = np.setdiff1d(np.arange(len(self._ids)), track_of)
        columns = np.flatnonzero(candidates)
        if not (rows.size and columns.size):
            return
        overlap = self._overlap(rows, detections.boxes[columns])
        overlap[self._kinds[rows][:, None] != detections.kinds[columns][None, :]] = 0
        # Impossible pairs are left out beforehand, or they would take the place of possible ones.
        overlap[overlap < self.settings.overlap] = 0
        chosen_rows, chosen_columns = best_pairs(overlap)
        track_of[columns[chosen_columns]] = rows[chosen_rows]

    def _overlap(self, rows: npt.NDArray[np.int64], boxes: Boxes) -> npt.NDArray[np.float32]:
        """Buffered IoU of tracks and boxes, lower for those at another height; (tracks, boxes).

        Both of a pair are enlarged alike: two boxes in the same place overlap in full however
        long the track was not seen.
        """
        expected = self._states.boxes
        small = np.isin(self._kinds, (Kind.HEAD, Kind.FACE, Kind.OBJECT))
        buffers = np.where(small, SMALL_BUFFER, BUFFER) + BUFFER_PER_SECOND * self._unseen
        overlap = np.concatenate(
            [
                intersection_over_union(
                    grow(expected[row : row + 1], buffers[row], buffers[row]),
                    grow(boxes, buffers[row], buffers[row]),
                )
                for row in rows
            ]
        )
        if self.settings.level:
            overlap *= _vertical_overlap(expected[rows], boxes) ** self.settings.level
        return overlap

    def _apart(self, boxes: Boxes, track_of: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which boxes overlap those that continue tracks so little that they are another person."""
        others = boxes[track_of >= 0]
        nearest = intersection_over_union(boxes, others).max(axis=1, initial=0)
        apart: npt.NDArray[np.bool_] = nearest <= self.settings.apart
        return apart

    def _correct(self, detections: Detections, track_of: npt.NDArray[np.int64]) -> None:
        found = np.flatnonzero(track_of >= 0)
        if not found.size:
            return
        rows = track_of[found]
        corrected = kalman.correct(self._states[rows], detections.boxes[found], self.settings.noise)
        self._states.position[rows] = corrected.position
        self._states.velocity[rows] = corrected.velocity
        self._states.covariance[rows] = corrected.covariance
        self._unseen[rows] = 0

    def _start(self, detections: Detections) -> npt.NDArray[np.int64]:
        numbers = np.arange(self._next_id, self._next_id + len(detections), dtype=np.int64)
        self._next_id += len(detections)
        self._states = kalman.joined(
            self._states, kalman.start(detections.boxes, self.settings.noise)
        )
        self._ids = np.concatenate([self._ids, numbers])
        self._kinds = np.concatenate([self._kinds, detections.kinds])
        self._unseen = np.concatenate([self._unseen, np.zeros(len(detections))])
        return numbers

    def _give_up(self) -> None:
        """Give up tracks that were not seen for too long, before any box can continue them."""
        self._keep(self._unseen <= self.settings.bridge)

    def _keep(self, kept: npt.NDArray[np.bool_]) -> None:
        self._states, self._ids = self._states[kept], self._ids[kept]
        self._kinds, self._unseen = self._kinds[kept], self._unseen[kept]


def _vertical_overlap(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of every side of ``first`` with every one of ``second``, by height.

    Returns:
        Shape (n, m), 0-1.
    """
    tops, bottoms = first[:, None, 1], first[:, None, 3]
    shared = np.minimum(bottoms, second[None, :, 3]) - np.maximum(tops, second[None, :, 1])
    either = np.maximum(bottoms, second[None, :, 3]) - np.minimum(tops, second[None, :, 1])
    overlap: npt.NDArray[np.float32] = np.clip(shared, 0, None) / np.maximum(either, 1e-9)
    return overlap
