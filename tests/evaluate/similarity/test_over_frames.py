"""Means over frames, and what is infinite or not there."""

import math

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.similarity import similarity
from passerby.evaluate.similarity.over_frames import SimilarityOverFrames

RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (5, 20, 24, 3)).astype(np.uint8)
PERSON = np.array([[2, 2, 12, 18]], np.float32)
NOBODY = np.zeros((0, 4), np.float32)


def over(others, people=PERSON) -> SimilarityOverFrames:
    measured = SimilarityOverFrames(FRAMES.mean(axis=0))
    for one, other in zip(FRAMES, others, strict=True):
        measured.add(one, other, people)
    return measured


def test_figures_are_means_over_frames() -> None:
    others = FRAMES // 2 + 20
    single = [similarity(one, other) for one, other in zip(FRAMES, others, strict=True)]
    found = over(others).figures
    for name in ("ssim", "mse", "psnr", "nmi"):
        values = [getattr(one, name) for one in single]
        estimate = getattr(found, name)
        assert estimate.value == pytest.approx(np.mean(values))
        assert min(values) <= estimate.interval.low <= np.mean(values) <= estimate.interval.high
    assert found.explained.value < 1
    assert 0 < found.explained_people.value < 1


def test_equal_frames_have_no_noise_and_explain_all() -> None:
    found = over(FRAMES).figures
    assert found.psnr.value == found.psnr.interval.low == math.inf
    assert found.ssim.value == pytest.approx(1)
    assert (found.explained.value, found.explained_people.value) == (1, 1)
    one_differs = FRAMES.copy()
    one_differs[0] = 255 - one_differs[0]
    assert over(one_differs).figures.psnr.value == math.inf


def test_without_people_there_is_no_figure_of_people() -> None:
    assert math.isnan(over(FRAMES // 2, NOBODY).figures.explained_people.value)


def test_no_frames_are_refused() -> None:
    with pytest.raises(InputError, match="there are 0 figures"):
        _ = SimilarityOverFrames(FRAMES.mean(axis=0)).figures
