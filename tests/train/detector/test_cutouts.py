"""People are cut out whole, and lie where their labels say when they are pasted."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.geometry import area, intersection
from passerby.synth.sighting import Shot, Sighting
from passerby.train.detector.cutouts import Cutout, cutouts_of, pasted
from passerby.train.detector.example import Labels

WHOLE = Sighting(
    identity=1,
    box=(20, 10, 50, 90),
    head_box=(30, 10, 40, 26),
    visible_box=(20, 10, 50, 90),
    shape=np.ones((80, 30), np.bool_),
    visibility=1.0,
    head_visibility=1.0,
)


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (120, 100, 3), np.uint8)


@pytest.fixture
def cutout():
    """A person who is red but for a head of magenta."""
    person = np.zeros((60, 24, 3), np.uint8)
    person[:] = (0, 0, 200)
    person[0:12, 3:11] = (200, 0, 200)
    return Cutout(person, np.ones((60, 24), np.float32), (3, 0, 11, 12))


def test_somebody_who_is_seen_whole_is_cut_out_along_the_mask(image):
    shape = np.zeros((80, 30), np.bool_)
    shape[:, :15] = True
    (cut,) = cutouts_of(Shot("c", 0, image, (replace(WHOLE, shape=shape),)))
    assert (cut.image == image[10:90, 20:50]).all()
    assert cut.head == (10, 0, 20, 16)
    assert (cut.cover[:, :10] > 0.99).all()
    assert (cut.cover[:, 20:] < 0.01).all()
    image[:] = 0
    assert cut.image.any()


@pytest.mark.parametrize(
    "changes",
    [
        {"visibility": 0.9},
        {"visible_box": (20, 10, 50, 60), "shape": np.ones((50, 30), np.bool_)},  # too small
        {"visible_box": (0, 10, 30, 90)},
        {"visible_box": (70, 10, 100, 90)},
        {"visible_box": (20, 0, 50, 80)},
        {"visible_box": (20, 40, 50, 120)},
    ],
)
def test_who_is_hidden_small_or_at_an_edge_is_not(image, changes):
    assert cutouts_of(Shot("c", 0, image, (replace(WHOLE, **changes),))) == []


@pytest.mark.parametrize("seed", range(8))
def test_pasted_people_lie_in_their_boxes_and_their_heads_in_theirs(seed, cutout):
    ground = np.zeros((320, 400, 3), np.uint8)
    image, labels = pasted(ground, Labels.of(), [cutout], np.random.default_rng(seed))
    everybody = np.concatenate([labels.boxes, labels.unknown])
    kinds = np.concatenate([labels.kinds, labels.unknown_kinds])
    assert 2 <= len(everybody) <= 8
    assert (everybody >= 0).all()
    assert (everybody <= [401, 321, 401, 321]).all()
    _same(image.any(axis=2), everybody[kinds == Kind.PERSON])
    assert not ground.any()


def test_heads_turn_with_their_people(cutout):
    """Looked at where one person was pasted alone, so that nobody stands before the head."""
    sides = set()
    for seed in range(40):
        ground = np.zeros((320, 400, 3), np.uint8)
        image, labels = pasted(ground, Labels.of(), [cutout], np.random.default_rng(seed))
        if len(labels.boxes) + len(labels.unknown) == 2:
            person, head = labels.boxes
            _same(image[..., 0] > 20, head[None])
            sides.add(bool(head[0] - person[0] < person[2] - head[2]))
    assert sides == {False, True}


def _same(pixels, boxes):
    """What is true must be what the boxes cover, give or take a pixel at their edges."""
    inner, outer = np.zeros_like(pixels), np.zeros_like(pixels)
    for left, top, right, bottom in boxes.round().astype(int):
        inner[top + 2 : bottom - 2, left + 2 : right - 2] = True
        outer[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2] = True
    assert pixels[inner].all()
    assert not pixels[~outer].any()


def test_who_is_pasted_over_becomes_unknown(cutout):
    someone = np.array([[200, 150, 212, 180]], np.float32)
    outcomes = set()
    for seed in range(60):
        ground = np.zeros((320, 400, 3), np.uint8)
        _, labels = pasted(ground, Labels.of(someone), [cutout], np.random.default_rng(seed))
        everybody = np.concatenate([labels.boxes, labels.unknown])
        pasted_people = everybody[
            (np.concatenate([labels.kinds, labels.unknown_kinds]) == Kind.PERSON)
            & (everybody != someone).any(axis=1)
        ]
        hidden = (intersection(someone, pasted_people)[0] / area(someone)).max() >= 0.7
        assert (someone[0].tolist() in labels.unknown.tolist()) == hidden
        assert (someone[0].tolist() in labels.boxes.tolist()) != hidden
        outcomes.add(bool(hidden))
    assert outcomes == {False, True}


def test_who_does_not_fit_is_not_pasted(cutout):
    ground = np.zeros((20, 20, 3), np.uint8)
    image, labels = pasted(ground, Labels.of(), [cutout], np.random.default_rng(0))
    assert not image.any()
    assert len(labels.boxes) == 0
