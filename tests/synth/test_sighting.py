import numpy as np

from passerby.synth.sighting import Shot, Sighting

CORNER = np.array([[True, True], [True, False]])


def sighting(**changes):
    plain = {
        "identity": 1,
        "box": (2.0, 1.0, 5.5, 9.0),
        "head_box": (2.0, 1.0, 4.0, 3.0),
        "visible_box": (3, 1, 5, 3),
        "shape": CORNER,
        "visibility": 0.5,
        "head_visibility": 0.5,
    }
    return Sighting(**plain | changes)


def test_a_mask_is_the_shape_at_its_place():
    mask = sighting().mask(width=8, height=6)
    assert mask.shape == (6, 8)
    assert np.argwhere(mask).tolist() == [[1, 3], [1, 4], [2, 3]]


def test_detections_of_an_empty_picture_are_none():
    shot = Shot("camera-1", 0, np.zeros((6, 8, 3), np.uint8), ())
    assert len(shot.detections()) == 0


def test_persons_and_heads_are_left_out_by_their_own_visibility():
    seen = (sighting(), sighting(identity=2, head_visibility=0.0))
    shot = Shot("camera-1", 0, np.zeros((6, 8, 3), np.uint8), seen)
    assert shot.detections().tracks.tolist() == [1, 2, 1]
    assert len(shot.detections(0.6)) == 0
