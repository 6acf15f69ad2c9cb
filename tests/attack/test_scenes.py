import numpy as np
import pytest

from passerby.attack import scenes
from passerby.attack.anonymizing import anonymizer_of, anonymizing_scenes
from passerby.attack.scenes import found_in_scenes, synthetic_scenes
from passerby.detections import Detections, Kind
from passerby.errors import InputError


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(scenes, "_WORLDS", 1)
    monkeypatch.setattr(scenes, "_MOMENTS", 1)
    return synthetic_scenes(0)


def test_the_same_seed_draws_the_same_scenes(few):
    again, other = synthetic_scenes(0), synthetic_scenes(1)
    assert all((one.image == same.image).all() for one, same in zip(few, again, strict=True))
    assert (few[0].image != other[0].image).any()


def test_a_detector_sees_covered_scenes_and_is_judged_by_the_truth(few):
    seen = []

    def detector(image):
        seen.append(image)
        shot = few[len(seen) - 1]
        return shot.detections(0.25)

    found = found_in_scenes(few, anonymizer_of("blackout", regions=("people",)), detector)
    assert found.average_precision.value == pytest.approx(1)
    assert found.counting.absolute == 0
    for image, shot in zip(seen, few, strict=True):
        mask = np.any([one.mask(640, 360) for one in shot.sightings], axis=0)
        assert (image[mask] == 0).mean() > 0.99
        assert (image == shot.image).all(axis=-1).mean() > 0.3


def test_faces_are_covered_as_heads_are(few):
    covered = [
        anonymizing_scenes(anonymizer_of("blackout", regions=(name,)), 0)(few[0]) != few[0].image
        for name in ("faces", "heads")
    ]
    head = next(iter(few[0].detections().boxes[few[0].detections().kinds == Kind.HEAD]))
    x, y = ((head[:2] + head[2:]) / 2).astype(int)
    assert all(one[y, x].any() for one in covered)


def test_nobody_found_is_an_average_precision_of_nothing(few):
    found = found_in_scenes(few, anonymizer_of("blackout"), lambda _image: Detections.none())
    assert found.average_precision.value == 0
    assert found.counting.absolute == found.people / found.frames


def test_an_anonymizer_that_fails_is_no_result(few, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("half-way")

    monkeypatch.setattr("passerby.anonymization.anonymizer.covered", fail)
    with pytest.raises(InputError, match="the anonymizer failed on picture 1 of camera-1"):
        anonymizing_scenes(anonymizer_of("blackout"), 0)(few[0])
