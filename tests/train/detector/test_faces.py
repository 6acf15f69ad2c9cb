"""Heads around faces."""

import numpy as np

from passerby.detections import Detections, Kind
from passerby.train.detector.example import LabelledScene, Labels
from passerby.train.detector.faces import with_faces


def test_sure_faces_become_heads_and_doubtful_ones_unknown():
    faces = Detections.of([[100, 100, 200, 300], [0, 0, 10, 10]], [0.9, 0.4], Kind.FACE)
    image = np.zeros((400, 300, 3), np.uint8)
    labels = Labels.of([[90, 0, 220, 400]]).doubted([[90, 0, 220, 400]], Kind.HEAD)
    joined = with_faces(LabelledScene(image, labels), lambda seen: faces).labels
    assert joined.of_kind(Kind.PERSON).tolist() == [[90, 0, 220, 400]]
    np.testing.assert_allclose(joined.of_kind(Kind.HEAD), [[86, 24, 214, 310]], rtol=1e-5)
    np.testing.assert_allclose(joined.unknown[-1], [-1.4, -3.8, 11.4, 10.5], rtol=1e-5)
    assert joined.unknown_kinds.tolist() == [Kind.HEAD, Kind.HEAD]


def test_a_picture_without_faces_keeps_its_labels():
    scene = LabelledScene(np.zeros((9, 9, 3), np.uint8), Labels.of([[1, 1, 8, 8]], [[2, 1, 5, 4]]))
    joined = with_faces(scene, lambda seen: Detections.none()).labels
    assert joined.boxes.tolist() == scene.labels.boxes.tolist()
    assert joined.kinds.tolist() == scene.labels.kinds.tolist()
    assert len(joined.unknown) == 0
