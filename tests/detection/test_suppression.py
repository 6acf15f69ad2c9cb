"""Non-maximum suppression against the loop of its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.suppression import suppress


def overlap_of(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return shared / (areas - shared)


def slow(boxes: list[tuple[int, ...]], scores: list[float], overlap: float) -> list[int]:
    chosen: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(overlap_of(boxes[index], boxes[other]) <= overlap for other in chosen):
            chosen.append(index)
    return chosen


corner, length = st.integers(0, 30), st.integers(1, 30)
box = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), corner, corner, length, length)


@given(
    boxes=st.lists(box, min_size=1, max_size=40),
    # 0.65 as a share of whole pixels does not occur, so rounding decides nothing.
    overlap=st.sampled_from([0.3141, 0.65021, 0.8999]),
    seed=st.integers(0, 1000),
)
def test_the_chosen_are_those_of_the_slow_loop(
    boxes: list[tuple[int, ...]], overlap: float, seed: int
) -> None:
    scores = np.random.default_rng(seed).permutation(len(boxes)) + 1.0
    chosen = suppress(np.array(boxes, np.float32), scores.astype(np.float32), overlap)
    assert chosen.tolist() == slow(boxes, scores.tolist(), overlap)


def test_two_people_who_nearly_hide_each_other_are_both_kept() -> None:
    crowd = np.array([[0, 0, 10, 30], [2, 0, 12, 30]], np.float32)  # they share 8 of 12 columns
    scores = np.array([0.9, 0.8], np.float32)
    assert suppress(crowd, scores, 0.65).tolist() == [0]
    assert suppress(crowd, scores, 0.7).tolist() == [0, 1]


def test_nobody_stays_nobody() -> None:
    assert suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5).shape == (0,)


@pytest.mark.parametrize("score", [1e-6, 1.0])
def test_the_score_alone_drops_no_box(score: float) -> None:
    boxes = np.array([[0, 0, 1, 1]], np.float32)
    assert suppress(boxes, np.array([score], np.float32), 0.5).tolist() == [0]
