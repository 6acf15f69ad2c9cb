"""People found and counted in anonymized frames."""

import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError
from passerby.evaluate.detection import (
    average_precision,
    confident_people,
    counting_error,
    curve,
    interval,
    match_detections,
    person_detection,
    rank,
)

LEFT, RIGHT, AWAY = [0, 0, 10, 30], [50, 0, 60, 30], [80, 40, 90, 70]


def test_the_same_frames_are_perfect_whatever_the_detector_missed() -> None:
    """Boxes of low scores are no people in the clear frame, and false only behind all that are."""
    clear = [Detections.of([LEFT, RIGHT, AWAY], [0.9, 0.4, 0.1]), Detections.of([AWAY], [0.2])]
    found = person_detection(clear, [confident_people(one) for one in clear])
    assert (found.frames, found.people) == (2, 2)
    assert found.average_precision.value == pytest.approx(1)
    assert (found.counting.absolute, found.counting.bias) == (0, 0)


def test_people_who_are_missed_or_made_up_cost_precision_and_counts() -> None:
    wanted = [np.array([LEFT, RIGHT], np.float32), np.array([LEFT], np.float32)]
    found = [Detections.of([LEFT], [0.9]), Detections.of([LEFT, AWAY, RIGHT], [0.8, 0.95, 0.1])]
    measured = person_detection(found, wanted)
    # Best first: false, right, right, false; of three. Precision at recall 1/3 is 2/3, as at 2/3.
    assert measured.average_precision.value == pytest.approx(67 * (2 / 3) / 101)
    assert (measured.counting.absolute, measured.counting.bias) == (1, 0)


def test_it_is_the_average_precision_of_the_evaluation(crowd) -> None:
    """Whose oracle is pycocotools."""
    found = person_detection([one.found for one in crowd], [one.wanted for one in crowd], seed=4)
    ranking = rank([match_detections(one.found, one.wanted) for one in crowd])
    assert found.average_precision.value == average_precision(curve(ranking))
    assert found.average_precision.interval == interval(average_precision, ranking, seed=4)
    assert found.counting.interval.low < found.counting.absolute < found.counting.interval.high


def test_heads_and_faces_are_no_people() -> None:
    found = Detections.of([LEFT, [2, 0, 8, 8]], [0.9, 0.99], [Kind.PERSON, Kind.HEAD])
    assert confident_people(found).tolist() == [LEFT]
    measured = person_detection([found], [np.array([LEFT], np.float32)])
    assert (measured.average_precision.value, measured.counting.absolute) == (pytest.approx(1), 0)


def test_a_score_at_the_confidence_counts() -> None:
    found = Detections.of([LEFT, RIGHT], [0.5, 0.4999])
    assert confident_people(found, 0.5).tolist() == [LEFT]


def test_frames_without_people_have_no_precision_but_a_count() -> None:
    measured = person_detection([Detections.of([LEFT])], [np.zeros((0, 4), np.float32)])
    assert np.isnan(measured.average_precision.value)
    assert np.isnan(measured.average_precision.interval.low)
    assert measured.counting.bias == 1


def test_counting_errors_are_means_over_frames() -> None:
    error = counting_error(np.array([3, 0, 7, 2]), np.array([3, 2, 4, 2]))
    assert (error.absolute, error.bias) == (1.25, 0.25)
    assert error.interval.low <= 1.25 <= error.interval.high


def test_what_makes_no_sense_is_refused() -> None:
    wanted = np.array([LEFT], np.float32)
    with pytest.raises(InputError, match="there are 1 frames, but 2 with ground truth"):
        person_detection([Detections.none()], [wanted, wanted])
    with pytest.raises(InputError, match="there are no pictures"):
        person_detection([], [])
    with pytest.raises(InputError, match="a score is not a number"):
        person_detection([Detections.of([LEFT], [np.nan])], [wanted])
    with pytest.raises(InputError, match="there are 2 frames, but 1"):
        counting_error(np.array([1, 2]), np.array([1]))
    for confidence in (0, 1.1, float("nan")):
        with pytest.raises(ConfigError, match="confidence must be above 0 and at most 1"):
            confident_people(Detections.none(), confidence)
