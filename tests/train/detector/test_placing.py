"""Boxes go where their pixels go."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.train.detector.example import LabelledScene, Labels
from passerby.train.detector.placing import GREY, clipped, moved, place

WINDOW = (20, 10, 120, 90)


def box_around(mask):
    """Left, top, right, bottom of what is true."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    ("scale", "offset"),
    [
        (0.3, (5, 3)),
        (0.45, (30.5, 20.25)),
        (0.5, (0, 0)),
        (1, (7, -4)),
        (1, (-20, 11)),
        (1.6, (-30.5, -9)),
        (2.4, (-60, -40)),
    ],
)
def test_a_box_moves_with_its_pixels(red_scene, reddest, scale, offset, flip):
    canvas = np.full((100, 140, 3), GREY, np.uint8)
    scene = red_scene((24, 15, 50, 48))
    labels = place(scene, canvas, WINDOW, scale, offset, flip=flip)
    # A pixel's colour is that of its middle, so that an edge may be half a pixel of either
    # picture from where the pixels change.
    np.testing.assert_allclose(labels.boxes[0], box_around(reddest(canvas)), atol=max(1, scale))
    assert scene.labels.boxes.tolist() == [[24, 15, 50, 48]]


@pytest.mark.parametrize("scale", [0.3, 3])
def test_only_the_window_is_drawn_on_and_is_grey_where_the_picture_ends(scale):
    canvas = np.full((100, 140, 3), 7, np.uint8)
    scene = LabelledScene(np.full((60, 80, 3), 200, np.uint8), Labels.of())
    place(scene, canvas, WINDOW, scale, (0, 0), flip=False)
    left, top, right, bottom = WINDOW
    inside = canvas[top:bottom, left:right].copy()
    canvas[top:bottom, left:right] = 7
    assert (canvas == 7).all()
    covered = inside[: int(60 * scale) - 1, : int(80 * scale) - 1]
    assert (covered == 200).all()
    beyond = inside[int(60 * scale) + 1 :], inside[:, int(80 * scale) + 1 :]
    assert all((part == GREY).all() for part in beyond)


def test_flipping_swaps_the_sides_of_what_is_unknown_too():
    scene = LabelledScene(
        np.zeros((60, 80, 3), np.uint8), Labels.of().doubted([[0, 0, 20, 60]], Kind.HEAD)
    )
    canvas = np.zeros((60, 80, 3), np.uint8)
    labels = place(scene, canvas, (0, 0, 80, 60), 1, (0, 0), flip=True)
    assert labels.unknown.tolist() == [[60, 0, 80, 60]]
    assert labels.unknown_kinds.tolist() == [Kind.HEAD]


def test_enlarging_comes_before_shifting():
    labels = Labels.of([[1, 2, 3, 4]]).doubted([[0, 0, 5, 5]], Kind.PERSON)
    after = moved(labels, 2, np.array([10, 20, 10, 20], np.float32))
    assert after.boxes.tolist() == [[12, 24, 16, 28]]
    assert after.unknown.tolist() == [[10, 20, 20, 30]]


@pytest.mark.parametrize(
    ("box", "kept", "unknown"),
    [
        ([10, 10, 30, 40], [[10, 10, 30, 40]], []),  # inside
        ([-10, 10, 30, 40], [[0, 10, 30, 40]], []),  # a quarter is cut off
        ([-20, 10, 10, 40], [[0, 10, 10, 40]], []),  # two thirds are
        ([-30, 10, 10, 40], [], [[0, 10, 10, 40]]),  # three quarters are
        ([90, 90, 190, 190], [], [[90, 90, 100, 100]]),  # all but a corner
        ([120, 10, 130, 40], [], []),  # outside
        ([100, 10, 130, 40], [], []),  # beside the edge
        ([10, 10, 15, 40], [], [[10, 10, 15, 40]]),  # too narrow to be asked for
        ([10, 10, 10, 40], [], []),  # of no width
    ],
)
def test_what_is_cut_off_too_far_or_too_small_is_unknown(box, kept, unknown):
    labels = clipped(Labels.of([box]), (0, 0, 100, 100))
    assert labels.boxes.tolist() == kept
    assert labels.kinds.tolist() == [Kind.PERSON] * len(kept)
    assert labels.unknown.tolist() == unknown
    assert labels.unknown_kinds.tolist() == [Kind.PERSON] * len(unknown)


def test_heads_may_be_smaller_than_people():
    labels = clipped(Labels.of(heads=[[10, 10, 15, 15], [20, 20, 23, 23]]), (0, 0, 100, 100))
    assert labels.boxes.tolist() == [[10, 10, 15, 15]]
    assert labels.unknown_kinds.tolist() == [Kind.HEAD]


def test_what_was_unknown_is_cut_and_what_lies_outside_is_forgotten():
    labels = Labels.of().doubted([[-9, 0, 9, 9], [200, 0, 220, 9]], Kind.HEAD)
    assert clipped(labels, (0, 0, 100, 100)).unknown.tolist() == [[0, 0, 9, 9]]


def test_nothing_is_nothing():
    labels = clipped(Labels.of(), (0, 0, 10, 10))
    assert labels.boxes.shape == (0, 4)
    assert labels.unknown.shape == (0, 4)
