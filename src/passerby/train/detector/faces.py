"""Heads from faces, for pictures in which only people are labelled."""

import numpy as np

from passerby.detection.faces import FaceDetector
from passerby.detections import Boxes, Kind
from passerby.train.detector.example import LabelledScene, Labels

__all__ = ["heads_of_faces", "with_faces"]

_SIDES, _ABOVE, _BELOW = 0.14, 0.38, 0.05
"""What a head adds to its face on the left and right, above and below, as shares of the face."""

_SURE = 0.6
"""Score from which a face is a label."""


def heads_of_faces(faces: Boxes) -> Boxes:
    """Enlarge boxes of faces, shape (n, 4), to boxes of heads."""
    left, top, right, bottom = faces.T
    width, height = right - left, bottom - top
    return np.stack(
        [
            left - _SIDES * width,
            top - _ABOVE * height,
            right + _SIDES * width,
            bottom + _BELOW * height,
        ],
        axis=1,
    )


def with_faces(scene: LabelledScene, detector: FaceDetector) -> LabelledScene:
    """Add the heads of all faces that the detector is sure of; the others become unknown."""
    faces = detector(scene.image)
    heads, sure = heads_of_faces(faces.boxes), faces.scores >= _SURE
    labels = scene.labels
    joined = Labels(
        np.concatenate([labels.boxes, heads[sure]]),
        np.concatenate([labels.kinds, np.full(int(sure.sum()), Kind.HEAD, np.int64)]),
        labels.unknown,
        labels.unknown_kinds,
    )
    return LabelledScene(scene.image, joined.doubted(heads[~sure], Kind.HEAD))
