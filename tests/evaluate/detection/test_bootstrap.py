import math

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import ConfigError, InputError
from passerby.evaluate.detection import (
    ImageMatches,
    average_precision,
    curve,
    interval,
    match_detections,
    rank,
    ratio,
    recall_at,
)


def answers_of(pictures):
    return [match_detections(one.found, one.wanted, one.unknown) for one in pictures]


def drawn_slowly(figure, sets, seed: int, draws: int) -> np.ndarray:
    """Draw pictures, write them down as often as they were drawn, and measure on that."""
    generator = np.random.default_rng(seed)
    count = len(sets[0])
    rows = []
    for _ in range(draws):
        chosen = generator.integers(count, size=count)
        rows.append([figure(curve(rank([answers[i] for i in chosen]))) for answers in sets])
    return np.array(rows)


@pytest.mark.parametrize("figure", [average_precision, recall_at])
def test_the_interval_is_that_of_drawn_pictures(crowd, figure):
    answers = answers_of(crowd)
    figures = drawn_slowly(figure, [answers], seed=5, draws=40)[:, 0]
    found = interval(figure, rank(answers), draws=40, confidence=0.8, seed=5)
    assert (found.low, found.high) == pytest.approx(np.quantile(figures, [0.1, 0.9]))
    assert found.low < figure(curve(rank(answers))) < found.high
    assert found.confidence == 0.8


def test_a_ratio_is_taken_within_a_draw(crowd) -> None:
    answers = answers_of(crowd)
    half = [
        ImageMatches(answer.scores[::2], answer.right[::2], answer.wanted) for answer in answers
    ]  # as of a weaker detector
    ratios = np.divide(*drawn_slowly(average_precision, [half, answers], seed=1, draws=40).T)
    found = ratio(average_precision, rank(half), rank(answers), draws=40, seed=1)
    assert (found.low, found.high) == pytest.approx(np.quantile(ratios, [0.025, 0.975]))
    assert found.high < 1


def test_a_detector_beside_itself_has_a_ratio_of_one(crowd) -> None:
    ranking = rank(answers_of(crowd))
    found = ratio(average_precision, ranking, ranking, draws=20)
    assert (found.low, found.high) == (1, 1)


def test_the_same_seed_draws_the_same(crowd) -> None:
    ranking = rank(answers_of(crowd))
    first, again, other = (interval(recall_at, ranking, draws=30, seed=s) for s in (1, 1, 2))
    assert first == again != other


def test_where_nothing_is_wanted_or_found_there_is_no_figure() -> None:
    person = np.array([[0, 0, 9, 9]], np.float32)
    none_wanted = rank([match_detections(Detections.of(person), person[:0])])
    assert math.isnan(interval(average_precision, none_wanted, draws=3).low)
    right = rank([match_detections(Detections.of(person), person)])
    none_found = rank([match_detections(Detections.none(), person)])
    assert math.isnan(ratio(average_precision, right, none_found, draws=3).high)


def test_other_pictures_have_no_ratio(crowd) -> None:
    answers = answers_of(crowd)
    with pytest.raises(InputError, match="different pictures"):
        ratio(average_precision, rank(answers), rank(answers[1:]), draws=3)


def test_draws_and_confidence_out_of_range_are_refused(crowd) -> None:
    ranking = rank(answers_of(crowd))
    with pytest.raises(ConfigError, match="draws"):
        interval(average_precision, ranking, draws=0)
    for confidence in (0, 1, float("nan")):
        with pytest.raises(ConfigError, match="confidence"):
            interval(average_precision, ranking, draws=2, confidence=confidence)
