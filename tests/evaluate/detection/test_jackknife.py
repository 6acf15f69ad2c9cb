"""Values of single pictures add up to the figure, and scatter as it does."""

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.evaluate.detection import average_precision, curve, match_detections, rank, recall_at
from passerby.evaluate.detection.jackknife import by_picture


def ranked(pictures):
    return rank([match_detections(one.found, one.wanted) for one in pictures])


def test_the_mean_is_the_figure(crowd) -> None:
    ranking = ranked(crowd)
    for figure in (average_precision, recall_at):
        values = by_picture(figure, ranking)
        assert values.shape == (60,)
        assert values.mean() == pytest.approx(figure(curve(ranking)))


def test_a_share_of_equal_pictures_is_split_as_it_is() -> None:
    """Of one person a picture, recall is a mean over pictures, and its values are 0 and 1."""
    box = np.array([[0, 0, 9, 9]], np.float32)
    found = [Detections.of(box) if number % 3 else Detections.none() for number in range(9)]
    ranking = rank([match_detections(one, box) for one in found])
    expected = [float(bool(number % 3)) for number in range(9)]
    np.testing.assert_allclose(by_picture(recall_at, ranking), expected, atol=1e-12)


def test_they_scatter_as_draws_of_pictures_do(crowd) -> None:
    ranking = ranked(crowd)
    values = by_picture(average_precision, ranking)
    rng = np.random.default_rng(0)
    draws = [
        average_precision(curve(ranking, np.bincount(rng.integers(60, size=60), minlength=60)))
        for _ in range(300)
    ]
    assert values.std(ddof=1) / np.sqrt(60) == pytest.approx(np.std(draws), rel=0.15)


def test_without_anybody_there_are_no_values() -> None:
    none = np.zeros((0, 4), np.float32)
    ranking = rank([match_detections(Detections.none(), none)] * 2)
    assert np.isnan(by_picture(average_precision, ranking)).all()
