"""Look at a frame in every way in which it may be shown."""

import numpy as np

from passerby.detection.suppression import suppress
from passerby.detections import Detections
from passerby.opacity import appearances
from passerby.types import Detector, Frame

__all__ = ["detect_shown"]

_SAME = 0.7
"""Boxes of one kind that two appearances share this much of are of one person."""


def detect_shown(detector: Detector, frame: Frame) -> Detections:
    """Everybody whom a detector finds in ``frame``, whatever lies behind its transparent parts.

    Raises:
        DetectionError: If the detector cannot tell.
    """
    looks = appearances(frame.image, frame.alpha)
    found = [detector(look) for look in looks]
    return found[0] if len(found) == 1 else _each_once(Detections.joined(*found))


def _each_once(found: Detections) -> Detections:
    """Without the weaker ones of boxes of one kind that lie upon each other."""
    chosen = [
        members[suppress(found.boxes[members], found.scores[members], _SAME)]
        for kind in np.unique(found.kinds)
        for members in [np.flatnonzero(found.kinds == kind)]
    ]
    return found[np.sort(np.concatenate(chosen))] if chosen else found
