from dataclasses import replace

import numpy as np
import pytest

from passerby.attack.attack import ATTACKS
from passerby.attack.attacks.faces import faces_where_they_are
from passerby.attack.faces import FaceBand, FaceTrial
from passerby.attack.people import LabelledCrops
from passerby.detections import Detections, Kind

PEOPLE, EACH, SIDE = 8, 4, 30


def seeing(image):
    """Finds a face where the middle is brighter than the rim."""
    if image[15, 15].mean() <= image[0, 0].mean():
        return Detections.none()
    return Detections.of(np.array([[9, 9, 21, 21]], np.float32), kinds=Kind.FACE)


@pytest.fixture
def trial():
    """Faces whose colours tell people apart, on black."""
    rng = np.random.default_rng(0)
    colours = rng.integers(60, 250, (PEOPLE, 3, 3, 3))
    images = np.zeros((PEOPLE * EACH, SIDE, SIDE, 3), np.uint8)
    for place, image in enumerate(images):
        own = colours[place // EACH] + rng.integers(-5, 6, (3, 3, 3))
        image[9:21, 9:21] = np.kron(own, np.ones((4, 4, 1)))
    boxes = np.tile(np.array([9, 9, 21, 21], np.float32), (len(images), 1))
    crops = LabelledCrops(
        images=images,
        ids=np.repeat(np.arange(PEOPLE), EACH),
        cameras=np.arange(len(images)),
        masks=np.ones(images.shape[:3], np.bool_),
        heads=boxes,
    )
    return FaceTrial([FaceBand(12, crops, boxes, seeing)], describe)


def describe(images):
    """Mean colours of cells; it has never seen anything but clear faces."""
    inner = images[:, 1:13, 1:13].reshape(len(images), 3, 4, 3, 4, 3).mean(axis=(2, 4))
    rows = inner.reshape(len(images), -1).astype(np.float32) - 128
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def found_in(case, trial, change):
    def anonymize(people, _number):
        return np.stack([change(one) for one in people.images])

    findings = ATTACKS["faces"].measure(replace(case, faces=trial, anonymize=anonymize), None)
    return {(one.measure.split(" at")[0], one.knowledge): one for one in findings}


FOUND, NAIVE = ("faces found", "naive"), ("faces recognised", "naive")
KNOWING = ("faces recognised", "knows the filter")


def test_clear_faces_are_found_and_recognised_as_without_anonymizer(case_for, trial):
    found = found_in(case_for(np.array), trial, lambda picture: picture)
    assert found[FOUND].success == found[FOUND].clear == 1
    assert found[NAIVE].success == found[NAIVE].clear > 0.9
    assert found[KNOWING].clear > 0.9
    assert found[KNOWING].population == PEOPLE // 2


def test_black_faces_are_neither_found_nor_recognised(case_for, trial):
    found = found_in(case_for(np.array), trial, np.zeros_like)
    assert found[FOUND].success == 0
    for one in (found[NAIVE], found[KNOWING]):
        # The same answer to everybody is right for as many as show that person.
        assert one.low <= one.chance <= one.high
        assert one.success <= 2 / PEOPLE
        assert one.chance == pytest.approx((EACH - 1) / (PEOPLE // 2 * EACH - 1))


def test_who_knows_the_filter_sees_through_what_a_naive_network_does_not(case_for, trial):
    found = found_in(case_for(np.array), trial, lambda picture: 255 - picture)
    assert found[FOUND].success == 0
    assert found[KNOWING].success > found[NAIVE].success + 0.3


def test_a_face_counts_where_it_is(trial):
    band = trial.bands[0]
    assert faces_where_they_are(band, band.crops.images).all()
    away = replace(band, faces=band.faces + 8)
    assert not faces_where_they_are(away, band.crops.images).any()


def test_without_faces_or_an_anonymizer_nothing_is_measured(case_for, trial):
    case = case_for(np.array)
    assert list(ATTACKS["faces"].measure(case, None)) == []
    without = replace(case, faces=trial, anonymize=None)
    assert list(ATTACKS["faces"].measure(without, None)) == []
