"""Heads from faces, for pictures in which only people are labelled."""

import numpy as np

from passerby.anatomy import heads_of_faces
from passerby.detection.faces import FaceDetector
from passerby.detections import Kind
from passerby.train.detector.example import LabelledScene, Labels

__all__ = ["with_faces"]

_SURE = 0.6
"""Score from which a face is a label."""


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
