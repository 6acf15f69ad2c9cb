"""Boxes, against loops over pixels and against the COCO tools."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from passerby.detections import Boxes
from passerby.geometry import (
    PixelBox,
    area,
    from_xywh,
    grow,
    intersection,
    intersection_over_union,
    to_pixels,
    to_xywh,
)

NOTHING = np.zeros((0, 4), np.float32)

SIDE = st.one_of(
    st.integers(-5, 20).map(float),
    st.floats(-5, 20),
    st.sampled_from([-math.inf, math.inf, -1e300, 1e300, 5e-324, -5e-324]),
)
WHOLE_BOXES = st.lists(
    st.tuples(*[st.integers(-3, 12)] * 4).map(
        lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
    ),
    min_size=1,
    max_size=4,
).map(lambda boxes: np.array(boxes, np.float32))


# --- left, top, width, height --------------------------------------------------------------


def test_conversion_by_hand() -> None:
    assert from_xywh([[10, 20, 5, 6], [0, 0, 0, 0]]).tolist() == [[10, 20, 15, 26], [0, 0, 0, 0]]
    assert to_xywh(np.array([[10, 20, 15, 26]], np.float32)).tolist() == [[10, 20, 5, 6]]


@given(WHOLE_BOXES)
def test_conversions_undo_each_other(boxes: Boxes) -> None:
    assert np.array_equal(from_xywh(to_xywh(boxes)), boxes)


@pytest.mark.parametrize("convert", [from_xywh, to_xywh])
def test_converting_nothing_gives_nothing(convert: object) -> None:
    assert convert(NOTHING).shape == (0, 4)  # type: ignore[operator]


def test_a_conversion_leaves_its_input_alone() -> None:
    boxes = np.array([[1, 2, 3, 4]], np.float32)
    from_xywh(boxes)[:] = 0
    to_xywh(boxes)[:] = 0
    grow(boxes, 0, 0)[:] = 0
    assert boxes.tolist() == [[1, 2, 3, 4]]


# --- grow ----------------------------------------------------------------------------------


@given(WHOLE_BOXES, st.floats(0, 2, width=16), st.floats(0, 2, width=16))
def test_grow_moves_each_side_by_its_share(
    boxes: Boxes, horizontal: float, vertical: float
) -> None:
    for grown, (left, top, right, bottom) in zip(
        grow(boxes, horizontal, vertical), boxes.tolist(), strict=True
    ):
        dx, dy = (right - left) * horizontal, (bottom - top) * vertical
        assert np.allclose(grown, [left - dx, top - dy, right + dx, bottom + dy], atol=1e-4)


def test_each_box_may_grow_by_its_own_share() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    grown = grow(boxes, np.array([0.0, 0.5]), np.array([1.0, 0.0]))
    assert grown.tolist() == [[0, -10, 10, 20], [-5, 0, 15, 10]]


def test_growing_nothing_gives_nothing() -> None:
    assert grow(NOTHING, 0.5, 0.5).shape == (0, 4)


# --- area, intersection, intersection over union -------------------------------------------


def pixels_of(box: list[float]) -> set[tuple[int, int]]:
    """The pixels of a box with whole sides, one by one."""
    left, top, right, bottom = map(int, box)
    return {(x, y) for x in range(left, right) for y in range(top, bottom)}


@given(WHOLE_BOXES, WHOLE_BOXES)
def test_overlap_equals_counting_pixels(first: Boxes, second: Boxes) -> None:
    pairs = [[(pixels_of(a), pixels_of(b)) for b in second.tolist()] for a in first.tolist()]
    shared = [[len(a & b) for a, b in row] for row in pairs]
    overlap = [[len(a & b) / max(len(a | b), 1) for a, b in row] for row in pairs]
    assert area(first).tolist() == [len(pixels_of(box)) for box in first.tolist()]
    assert intersection(first, second).tolist() == shared
    assert np.allclose(intersection_over_union(first, second), overlap, atol=1e-6)


def test_overlap_equals_the_coco_tools() -> None:
    random = np.random.default_rng(0)
    boxes = from_xywh(random.uniform([0, 0, 1, 1], [600, 400, 90, 200], (40, 4)))
    first, second = boxes[:15], boxes[15:]
    expected = coco.iou(
        to_xywh(first).astype(float), to_xywh(second).astype(float), [0] * len(second)
    )
    assert np.count_nonzero(expected) > 10
    assert np.allclose(intersection_over_union(first, second), expected, atol=1e-5)


def test_overlap_with_nothing_has_no_entries() -> None:
    one = np.array([[0, 0, 1, 1]], np.float32)
    assert intersection_over_union(NOTHING, one).shape == (0, 1)
    assert intersection_over_union(one, NOTHING).shape == (1, 0)
    assert intersection_over_union(NOTHING, NOTHING).shape == (0, 0)
    assert intersection(NOTHING, one).shape == (0, 1)
    assert area(NOTHING).shape == (0,)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0),  # they touch
        ((0, 0, 10, 10), (2, 2, 4, 4), 0.04),  # one within the other
        ((5, 5, 5, 5), (5, 5, 5, 5), 0),  # both empty
        ((5, 0, 5, 9), (0, 0, 9, 9), 0),  # one empty
        ((9, 9, 0, 0), (0, 0, 9, 9), 0),  # sides in the wrong order enclose nothing
        ((9, 9, 0, 0), (9, 9, 0, 0), 0),
        ((math.nan, 0, 1, 1), (0, 0, 1, 1), 0),
        ((-math.inf, -math.inf, math.inf, math.inf), (0, 0, 1, 1), 0),
    ],
)
def test_overlap_in_hand_made_cases(
    first: tuple[float, ...], second: tuple[float, ...], overlap: float
) -> None:
    a, b = np.array([first], np.float32), np.array([second], np.float32)
    assert intersection_over_union(a, b).tolist() == [[pytest.approx(overlap)]]
    assert intersection_over_union(b, a).tolist() == [[pytest.approx(overlap)]]


# --- to_pixels -----------------------------------------------------------------------------


def touches(low: float, high: float, pixel: int) -> bool:
    """Whether a side from ``low`` to ``high`` touches the pixel from ``pixel`` to ``pixel`` + 1."""
    low, high = min(low, high), max(low, high)
    if low == high:
        return pixel <= low < pixel + 1
    return low < pixel + 1 and high > pixel


def painted(box: PixelBox | None, width: int, height: int) -> set[tuple[int, int]]:
    """The pixels of a box as a set, asking that they lie inside the image."""
    if box is None:
        return set()
    left, top, right, bottom = box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert all(type(side) is int for side in box)
    return {(x, y) for x in range(left, right) for y in range(top, bottom)}


@given(st.tuples(SIDE, SIDE, SIDE, SIDE), st.integers(1, 14), st.integers(1, 14))
def test_exactly_the_touched_pixels_of_the_image(
    box: tuple[float, float, float, float], width: int, height: int
) -> None:
    left, top, right, bottom = box
    touched = {
        (x, y)
        for x in range(width)
        for y in range(height)
        if touches(left, right, x) and touches(top, bottom, y)
    }
    assert painted(to_pixels(box, width, height), width, height) == touched


@given(
    st.lists(SIDE, min_size=4, max_size=4),
    st.sets(st.integers(0, 3), min_size=1),
    st.integers(1, 14),
    st.integers(1, 14),
)
def test_a_box_with_a_nan_covers_everything(
    box: list[float], broken: set[int], width: int, height: int
) -> None:
    for side in broken:
        box[side] = math.nan
    assert to_pixels(box, width, height) == (0, 0, width, height)


@pytest.mark.parametrize(
    ("box", "pixels"),
    [
        ((0, 0, 10, 8), (0, 0, 10, 8)),
        ((2, 3, 4, 5), (2, 3, 4, 5)),
        ((4, 5, 2, 3), (2, 3, 4, 5)),  # both sides in the wrong order
        ((4, 3, 2, 5), (2, 3, 4, 5)),  # one of them
        ((1.9, 1.9, 2.1, 2.1), (1, 1, 3, 3)),  # smaller than a pixel, over a corner
        ((2.2, 2.2, 2.4, 2.4), (2, 2, 3, 3)),  # smaller than a pixel, within one
        ((5, 5, 5, 5), (5, 5, 6, 6)),  # a point
        ((5, 0, 5, 8), (5, 0, 6, 8)),  # a line
        ((9.5, 7.5, 99, 99), (9, 7, 10, 8)),  # out at the corner
        ((-99, -99, 0.1, 0.1), (0, 0, 1, 1)),
        ((-math.inf, 2, math.inf, 3), (0, 2, 10, 3)),
        ((-1e300, -1e300, 1e300, 1e300), (0, 0, 10, 8)),
        ((10, 0, 12, 8), None),  # begins where the image ends
        ((-2, 0, 0, 8), None),  # ends where the image begins
        ((0, 8, 10, 9), None),
        ((10, 8, 10, 8), None),  # a point just outside
        ((20, 20, 30, 30), None),
    ],
)
def test_to_pixels_in_hand_made_cases(box: tuple[float, ...], pixels: PixelBox | None) -> None:
    assert to_pixels(box, width=10, height=8) == pixels


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda b: np.array(b, np.float32)])
def test_to_pixels_takes_anything_like_an_array(kind: object) -> None:
    assert to_pixels(kind([1, 2, 3, 4]), 10, 8) == (1, 2, 3, 4)  # type: ignore[operator]


def test_a_float32_box_far_outside_does_not_overflow() -> None:
    box = np.array([-3.4e38, -3.4e38, 3.4e38, 3.4e38], np.float32)
    assert to_pixels(box, 10, 8) == (0, 0, 10, 8)
