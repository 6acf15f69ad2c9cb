import contextlib
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from passerby.detections import Detections
from passerby.evaluate.detection import (
    ImageMatches,
    average_precision,
    curve,
    match_detections,
    rank,
    recall_at,
)


def coco(pictures, annotations) -> COCO:
    made = COCO()
    made.dataset = {
        "images": [{"id": number} for number in range(len(pictures))],
        "categories": [{"id": 1}],
        "annotations": [{"id": number, **one} for number, one in enumerate(annotations, 1)],
    }
    made.createIndex()
    return made


def annotation(image, box, **more):
    left, top, right, bottom = map(float, box)
    width, height = right - left, bottom - top
    about = {"image_id": image, "category_id": 1, "area": width * height, "iscrowd": 0}
    return about | {"bbox": [left, top, width, height]} | more


def of_pycocotools(pictures) -> float:
    """Average precision at IoU 0.5; -1 where nothing is wanted."""
    truth = [annotation(i, box) for i, one in enumerate(pictures) for box in one.wanted]
    truth += [
        annotation(i, box, iscrowd=1) for i, one in enumerate(pictures) for box in one.unknown
    ]
    found = [
        annotation(i, box, score=float(score))
        for i, one in enumerate(pictures)
        for box, score in zip(one.found.boxes, one.found.scores, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(coco(pictures, truth), coco(pictures, found), "bbox")
        evaluation.params.iouThrs = np.array([0.5])
        evaluation.params.maxDets = [100]
        evaluation.params.areaRng = [[0, 1e10]]
        evaluation.params.areaRngLbl = ["all"]
        evaluation.evaluate()
        evaluation.accumulate()
    return float(evaluation.eval["precision"].mean())


def ranked(pictures):
    return rank([match_detections(one.found, one.wanted, one.unknown) for one in pictures])


def recall_slowly(answers, rate) -> float:
    """Try every threshold."""
    scores = {float(score) for answer in answers for score in answer.scores}
    best = 0
    for threshold in scores:
        kept = [answer.right[answer.scores >= threshold] for answer in answers]
        if sum((~right).sum() for right in kept) <= rate * len(answers):
            best = max(best, sum(int(right.sum()) for right in kept))
    return best / sum(answer.wanted for answer in answers)


@given(data=st.data())
def test_average_precision_is_that_of_pycocotools(small_sets, data):
    pictures = data.draw(small_sets)
    found = average_precision(curve(ranked(pictures)))
    expected = of_pycocotools(pictures)
    if expected == -1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(expected, abs=1e-12)


def test_average_precision_of_a_crowd_is_that_of_pycocotools(crowd) -> None:
    expected = of_pycocotools(crowd)
    assert 0.2 < expected < 0.9
    assert average_precision(curve(ranked(crowd))) == pytest.approx(expected, abs=1e-12)


@given(data=st.data(), rate=st.sampled_from([0, 0.5, 1, 3]))
def test_recall_is_that_of_the_best_threshold(small_sets, data, rate):
    answers = [
        match_detections(one.found, one.wanted, one.unknown) for one in data.draw(small_sets)
    ]
    found = recall_at(curve(rank(answers)), rate)
    if any(answer.wanted for answer in answers):
        assert found == pytest.approx(recall_slowly(answers, rate))
    else:
        assert math.isnan(found)


def test_a_hand_made_case() -> None:
    # Best first: right, wrong, right; three are wanted. Precision 1 up to recall 1/3 (34 levels),
    # 2/3 up to recall 2/3 (33 levels), 0 beyond.
    answer = ImageMatches(np.array([0.9, 0.8, 0.7], np.float32), np.array([True, False, True]), 3)
    counted = curve(rank([answer]))
    assert average_precision(counted) == pytest.approx((34 + 33 * 2 / 3) / 101)
    assert recall_at(counted, 0) == pytest.approx(1 / 3)
    assert recall_at(counted, 1) == pytest.approx(2 / 3)


def test_a_threshold_cannot_tell_equal_scores_apart() -> None:
    answer = ImageMatches(np.array([0.5, 0.5], np.float32), np.array([True, False]), 1)
    assert recall_at(curve(rank([answer])), 0) == 0


def test_nobody_found_is_no_precision_and_nobody_wanted_is_no_figure() -> None:
    person = np.array([[0, 0, 9, 9]], np.float32)
    none_found = curve(rank([match_detections(Detections.none(), person)]))
    assert (average_precision(none_found), recall_at(none_found)) == (0, 0)
    none_wanted = curve(rank([match_detections(Detections.of(person), person[:0])]))
    assert math.isnan(average_precision(none_wanted))
    assert math.isnan(recall_at(none_wanted))
