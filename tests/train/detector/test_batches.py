"""A batch is a function of the seed and of its number alone."""

import cv2
import numpy as np
import pytest
import torch

from passerby.train.detector.batches import SceneComposer, detector_batches
from passerby.train.detector.settings import TrainingSettings
from passerby.train.detector.teacher import Advice

SETTINGS = TrainingSettings(pictures=12, batch=2, sizes=(64, 96), seed=5)


@pytest.fixture
def composer(red_people):
    return SceneComposer(red_people, None, SETTINGS)


def same(first, second):
    return torch.equal(first.images, second.images) and all(
        one.boxes.tolist() == other.boxes.tolist()
        for one, other in zip(first.labels, second.labels, strict=True)
    )


def test_a_batch_has_pictures_of_one_size_with_their_labels(composer):
    sizes = set()
    for number in range(len(composer)):
        batch = composer.batch(number)
        assert batch.images.dtype == torch.uint8
        assert batch.images.shape[:2] == (2, 3)
        assert batch.images.shape[2] == batch.images.shape[3]
        assert len(batch.labels) == 2
        assert batch.advice == []
        sizes.add(batch.images.shape[2])
    assert sizes == {64, 96}


def test_the_same_number_is_the_same_batch_and_another_is_another(composer, red_people):
    again = SceneComposer(red_people, None, SETTINGS)
    assert same(composer.batch(3), again.batch(3))
    assert not same(composer.batch(3), composer.batch(4))
    other = SceneComposer(
        red_people, None, TrainingSettings(pictures=12, batch=2, sizes=(64,), seed=6)
    )
    assert not same(composer.batch(3), other.batch(3))


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_batches_go_on_from_any_number_whoever_makes_them(composer, workers):
    made = list(detector_batches(composer, 3, workers))
    assert len(made) == len(composer) - 3
    assert all(same(batch, composer.batch(3 + index)) for index, batch in enumerate(made))


def test_opencv_has_one_thread_meanwhile_and_its_own_again_afterwards(composer):
    before = cv2.getNumThreads()
    cv2.setNumThreads(4)
    try:
        made = detector_batches(composer, 4, workers=1)
        next(made)
        assert cv2.getNumThreads() == 1
        made.close()
        assert cv2.getNumThreads() == 4
    finally:
        cv2.setNumThreads(before)


def test_there_are_none_after_the_last(composer):
    assert list(detector_batches(composer, len(composer), 0)) == []


def test_the_teacher_sees_the_pictures_as_they_are_learned_from(red_people):
    seen = []

    def teacher(image):
        seen.append(image.copy())
        return Advice(np.zeros((84, 4), np.float32), np.zeros(84, np.float32))

    batch = SceneComposer(red_people, teacher, SETTINGS).batch(0)
    assert len(batch.advice) == 2
    np.testing.assert_array_equal(np.stack(seen).transpose(0, 3, 1, 2), batch.images.numpy())
