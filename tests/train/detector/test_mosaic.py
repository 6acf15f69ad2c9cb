"""Composed pictures: windows without gaps, labels where the people are."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.train.detector import mosaic
from passerby.train.detector.cutouts import Cutout
from passerby.train.detector.example import LabelledScene, Labels
from passerby.train.detector.mosaic import compose


@pytest.fixture
def _as_it_is(monkeypatch):
    monkeypatch.setattr(mosaic, "disturbed", lambda image, rng: image)


@pytest.mark.parametrize("size", [64, 256, 416])
def test_windows_fill_the_square_once(size):
    counts = set()
    for seed in range(30):
        times = np.zeros((size, size), int)
        windows = mosaic._windows(size, np.random.default_rng(seed))
        for left, top, right, bottom in windows:
            assert right - left >= size // 10
            assert bottom - top >= size // 10
            times[top:bottom, left:right] += 1
        assert (times == 1).all()
        counts.add(len(windows))
    assert counts == {1, 4, 9}


@pytest.mark.usefixtures("_as_it_is")
@pytest.mark.parametrize("seed", range(20))
def test_labels_lie_where_the_people_are(seed, red_people, reddest):
    scene = compose(red_people.draw, [], 192, np.random.default_rng(seed))
    red = reddest(scene.image)
    labels = scene.labels
    everybody = np.concatenate([labels.boxes, labels.unknown])
    assert scene.image.shape == (192, 192, 3)
    assert (everybody >= 0).all()
    assert (everybody <= 192).all()
    known = np.zeros_like(red)
    for left, top, right, bottom in everybody.round().astype(int):
        known[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2] = True
    assert not red[~known].any()
    for left, top, right, bottom in labels.of_kind(Kind.PERSON).round().astype(int):
        assert red[top + 2 : bottom - 2, left + 2 : right - 2].all()


def test_the_same_random_numbers_compose_the_same_picture(red_people):
    first, second = (compose(red_people.draw, [], 128, np.random.default_rng(3)) for _ in range(2))
    other = compose(red_people.draw, [], 128, np.random.default_rng(4))
    assert (first.image == second.image).all()
    assert first.labels.boxes.tolist() == second.labels.boxes.tolist()
    assert (first.image != other.image).any()


@pytest.mark.usefixtures("_as_it_is")
def test_some_pictures_get_people_who_were_cut_out():
    blue = np.zeros((40, 16, 3), np.uint8)
    blue[..., 0] = 200
    cutout = Cutout(blue, np.ones((40, 16), np.float32), (4, 0, 12, 8))
    nobody = LabelledScene(np.zeros((64, 64, 3), np.uint8), Labels.of())
    drawn = [
        compose(lambda _: nobody, [cutout], 128, np.random.default_rng(seed)) for seed in range(40)
    ]
    found = [
        (scene.image[..., 0].astype(int) > scene.image[..., 2] + 20.0).any() for scene in drawn
    ]
    assert found == [len(scene.labels.boxes) > 0 for scene in drawn]
    assert 3 < sum(found) < 25


def test_scenes_are_not_written_to(red_people):
    scene = red_people.draw(np.random.default_rng(0))
    image, boxes = scene.image.copy(), scene.labels.boxes.copy()
    for seed in range(5):
        compose(lambda _: scene, [], 96, np.random.default_rng(seed))
    assert (scene.image == image).all()
    assert (scene.labels.boxes == boxes).all()
