"""The value that says what is known about the people in a frame."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError

COLUMNS = {
    "boxes": np.float32,
    "scores": np.float32,
    "kinds": np.int8,
    "tracks": np.int64,
    "seen": np.bool_,
    "margins": np.float32,
}


@pytest.fixture
def three() -> Detections:
    return Detections.of(
        [[0, 0, 2, 3], [1, 1, 4, 4], [5, 0, 9, 9]],
        scores=[0.9, 0.5, 0.25],
        kinds=[Kind.PERSON, Kind.FACE, Kind.PERSON],
        tracks=[4, -1, 8],
        seen=[True, True, False],
        margins=[0, 0, 1.5],
        masks=(np.ones((9, 9), np.bool_), None, np.zeros((9, 9), np.bool_)),
    )


def rows(detections: Detections) -> list[tuple[object, ...]]:
    """One tuple a box, the slow way, for comparison."""
    masks = detections.masks or (None,) * len(detections)
    return [
        (*(getattr(detections, name)[i].tolist() for name in COLUMNS), id(masks[i]))
        for i in range(len(detections))
    ]


def test_what_is_left_out_gets_its_neutral_value() -> None:
    found = Detections.of([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert found.boxes.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert found.scores.tolist() == [1, 1]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.PERSON]
    assert found.tracks.tolist() == [-1, -1]
    assert found.seen.tolist() == [True, True]
    assert found.margins.tolist() == [0, 0]
    assert found.masks == ()
    assert found.failure is None


@pytest.mark.parametrize("boxes", [[], np.zeros((0, 4)), [[1, 2, 3, 4]], [1, 2, 3, 4]])
@pytest.mark.parametrize(("column", "dtype"), COLUMNS.items())
def test_every_column_has_its_type_even_without_boxes(
    boxes: npt.ArrayLike, column: str, dtype: type
) -> None:
    found = Detections.of(boxes)
    assert getattr(found, column).dtype == dtype
    assert len(getattr(found, column)) == len(found)
    assert found.boxes.shape == (len(found), 4)


def test_one_kind_is_for_all_boxes_and_each_may_have_its_own() -> None:
    boxes = [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert Detections.of(boxes, kinds=Kind.HEAD).kinds.tolist() == [1, 1]
    assert Detections.of(boxes, kinds=[Kind.MOTION, Kind.FACE]).kinds.tolist() == [3, 2]


@pytest.mark.parametrize("boxes", [np.zeros((4, 3)), np.zeros((2, 6)), np.zeros((2, 2, 4))])
def test_boxes_of_another_shape_are_refused_and_not_cut_anew(boxes: npt.ArrayLike) -> None:
    with pytest.raises(ConfigError, match=r"boxes must have shape \(n, 4\)"):
        Detections.of(boxes)


@pytest.mark.parametrize("column", ["scores", "tracks", "seen"])
@pytest.mark.parametrize("values", [[], [1], [1, 1, 1], [[1, 1]]])
def test_a_column_that_does_not_fit_the_boxes_is_refused_by_name(
    column: str, values: list[object]
) -> None:
    with pytest.raises(ConfigError, match=rf"{column} must have shape \(2,\)"):
        Detections.of([[1, 2, 3, 4], [5, 6, 7, 8]], **{column: values})  # type: ignore[arg-type]


def test_one_mask_a_box_or_none_at_all() -> None:
    mask = np.ones((9, 9), np.bool_)
    with pytest.raises(ConfigError, match="masks must be empty or 2 like the boxes, not 1"):
        Detections.of([[1, 2, 3, 4], [5, 6, 7, 8]], masks=(mask,))


def test_a_value_does_not_change(three: Detections) -> None:
    for field in fields(three):
        with pytest.raises(FrozenInstanceError):
            setattr(three, field.name, None)


def test_nobody() -> None:
    nobody = Detections.none()
    assert len(nobody) == 0
    assert nobody.failure is None


def test_a_failure_keeps_its_reason_and_has_no_boxes() -> None:
    failed = Detections.failed("the model gave NaN")
    assert failed.failure == "the model gave NaN"
    assert len(failed) == 0


@pytest.mark.parametrize(
    ("index", "chosen"),
    [
        (np.array([True, False, True]), [0, 2]),
        (np.array([False, False, False]), []),
        (np.array([2, 0]), [2, 0]),
        (np.array([1, 1]), [1, 1]),
        (np.array([-1]), [2]),
        (np.array([], np.intp), []),
        (slice(1, None), [1, 2]),
        (slice(None, None, -1), [2, 1, 0]),
        (slice(5, 9), []),
    ],
)
def test_choosing_takes_the_same_rows_of_every_column(
    three: Detections, index: slice, chosen: list[int]
) -> None:
    assert rows(three[index]) == [rows(three)[i] for i in chosen]


def test_choosing_outside_is_refused(three: Detections) -> None:
    with pytest.raises(IndexError):
        _ = three[np.array([3])]
    with pytest.raises(IndexError):
        _ = three[np.array([True, False])]


def test_choosing_never_forgets_a_failure() -> None:
    failed = Detections.joined(Detections.of([[1, 2, 3, 4]]), Detections.failed("late"))
    assert failed[:0].failure == "late"
    assert failed.of_kind(Kind.FACE).failure == "late"


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        ([Kind.PERSON], [0, 2]),
        ([Kind.FACE], [1]),
        ([Kind.HEAD], []),
        ([Kind.FACE, Kind.PERSON], [0, 1, 2]),
        ([], []),
    ],
)
def test_of_kind(three: Detections, kinds: list[Kind], chosen: list[int]) -> None:
    assert rows(three.of_kind(*kinds)) == [rows(three)[i] for i in chosen]


def test_joined_is_one_after_the_other(three: Detections) -> None:
    face = Detections.of([[7, 7, 8, 8]], kinds=Kind.FACE)
    assert rows(Detections.joined(three, Detections.none(), face)) == rows(three) + rows(face)
    assert rows(Detections.joined(face, three)) == rows(face) + rows(three)


def test_joined_without_masks_has_none() -> None:
    face = Detections.of([[7, 7, 8, 8]])
    assert Detections.joined(face, face).masks == ()


def test_joining_nothing_gives_nobody() -> None:
    assert len(Detections.joined()) == 0
    assert Detections.joined().failure is None


def test_joined_keeps_the_first_failure_and_the_boxes(three: Detections) -> None:
    joined = Detections.joined(three, Detections.failed("first"), Detections.failed("second"))
    assert joined.failure == "first"
    assert rows(joined) == rows(three)


_PLACE, _SIDE = st.floats(0, 4000, width=32), st.floats(0, 500, width=32)


@given(st.lists(st.tuples(_PLACE, _PLACE, _SIDE, _SIDE)))
def test_in_tenths_no_box_gets_smaller(places):
    boxes = [[x, y, x + width, y + height] for x, y, width, height in places]
    found = Detections.of(np.array(boxes, np.float32).reshape(-1, 4))
    rounded = found.in_tenths()
    assert (rounded.boxes[:, :2] <= found.boxes[:, :2] + 0.006).all()
    assert (rounded.boxes[:, 2:] >= found.boxes[:, 2:] - 0.006).all()
    assert np.abs(rounded.boxes - found.boxes).max(initial=0) < 0.21
    np.testing.assert_array_equal(rounded.in_tenths().boxes, rounded.boxes)
