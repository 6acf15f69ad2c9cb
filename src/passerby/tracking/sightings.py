"""The boxes of one look, and the bodies that they are parts of."""

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
from passerby.tracking.bodies import PARTS
from passerby.tracking.settings import TrackingSettings

__all__ = ["Sightings"]

_Indices = npt.NDArray[np.intp]

_NOBODY = -1


class Sightings:
    """Which box is which part of which body; no box is a part of two.

    Args:
        detections: What was seen.
        bodies: Number of bodies that are known before.
        settings: Says which boxes may continue a track, and which may begin one.

    Attributes:
        boxes, scores, kinds: Of the detections.
        parts: Shape (bodies, parts), the index of the box that is this part, or -1.
        body_of: Shape (boxes,), the row of the body that a box belongs to, or -1.
    """

    def __init__(self, detections: Detections, bodies: int, settings: TrackingSettings) -> None:
        self.boxes: Boxes = detections.boxes
        self.scores, self.kinds = detections.scores, detections.kinds
        # The face detector has applied its own threshold already.
        self._sure = (self.scores >= settings.start_score) | (self.kinds == Kind.FACE)
        self._usable = self._sure | (self.scores >= settings.keep_score)
        self.parts: _Indices = np.full((bodies, PARTS), _NOBODY, np.intp)
        self.body_of: _Indices = np.full(len(detections), _NOBODY, np.intp)

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """Which parts of which bodies were seen, shape (bodies, parts)."""
        return self.parts >= 0

    def free(self, kind: Kind, *, sure: bool | None = None) -> _Indices:
        """The boxes of a kind that belong to nobody yet.

        Args:
            kind: Of the boxes.
            sure: Whether they may begin a track; None if that does not matter.
        """
        chosen = self._usable & (self.kinds == kind) & (self.body_of == _NOBODY)
        return np.flatnonzero(chosen if sure is None else chosen & (self._sure == sure))

    def of(self, rows: _Indices | npt.NDArray[np.bool_], kind: Kind) -> Boxes:
        """The boxes that are this part of these bodies, all of which have been seen with it."""
        boxes: Boxes = self.boxes[self.parts[rows, kind]]
        return boxes

    def lacking(self, kind: Kind, *, but_seen_with: Kind) -> _Indices:
        """The bodies of which one part was seen but not another."""
        return np.flatnonzero((self.parts[:, but_seen_with] >= 0) & (self.parts[:, kind] < 0))

    def give(self, rows: _Indices, kind: Kind, boxes: _Indices) -> None:
        """Make boxes a part of bodies, one by one."""
        self.parts[rows, kind] = boxes
        self.body_of[boxes] = rows

    def begin(self, kind: Kind, boxes: _Indices) -> None:
        """Add a new body for each of these boxes."""
        rows = len(self.parts) + np.arange(len(boxes))
        self.parts = np.concatenate([self.parts, np.full((len(boxes), PARTS), _NOBODY, np.intp)])
        self.give(rows, kind, boxes)

    def laid_out(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Values of boxes, shape (boxes, ...), as those of parts; 0 where none was seen.

        Returns:
            Shape (bodies, parts, ...).
        """
        empty = np.zeros((1, *values.shape[1:]), np.float32)
        laid: npt.NDArray[np.float32] = np.concatenate([values, empty])[self.parts]
        return laid
