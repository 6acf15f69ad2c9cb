"""Where heads and faces are, against cases worked out by hand and against real heads."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby import anatomy
from passerby.detections import Detections, Kind

PERSON = np.array([[100, 100, 140, 220]], np.float32)
HEAD = np.array([[111, 102, 129, 124]], np.float32)


def test_a_head_reaches_beyond_its_face_and_most_at_the_top() -> None:
    faces = np.array([[100, 100, 200, 300], [0, 0, 10, 10]], np.float32)
    heads = anatomy.heads_of_faces(faces)
    np.testing.assert_allclose(heads, [[86, 24, 214, 310], [-1.4, -3.8, 11.4, 10.5]], rtol=1e-5)
    assert anatomy.heads_of_faces(np.zeros((0, 4), np.float32)).shape == (0, 4)


def test_an_expected_head_is_at_the_top_in_the_middle() -> None:
    # 16 wide, 19.2 high, its middle .55 of that below the top.
    (head,) = anatomy.expected_heads(PERSON)
    np.testing.assert_allclose(head, [112, 100.96, 128, 120.16], rtol=1e-5)


def test_offsets_are_measured_in_heights_of_the_head() -> None:
    assert anatomy.head_offsets(PERSON, HEAD).tolist() == [[0, 13 / 22]]
    assert anatomy.head_offsets(PERSON, HEAD + np.float32([11, 22, 11, 22])).tolist() == [
        [0.5, 1 + 13 / 22]
    ]


@pytest.mark.parametrize(
    ("move", "fits"),
    [((0, 0), True), ((15, 0), True), ((17, 0), False), ((-17, 0), False), ((0, -24), True),
     ((0, -26), False), ((0, 22), True), ((0, 24), False)],
)  # fmt: skip
def test_a_head_fits_where_one_can_be(move: tuple[int, int], fits: bool) -> None:
    """At most 16 off the middle, 12 above the top to 36 below it: its own middle is 13 below."""
    worth = anatomy.fit(PERSON, HEAD + np.float32([*move, *move]))
    assert (worth[0, 0] > 0) == fits


@pytest.mark.parametrize(("height", "fits"), [(7, False), (8, True), (53, True), (55, False)])
def test_a_head_has_a_size_that_a_head_can_have(height: int, fits: bool) -> None:
    head = np.array([[110, 100, 130, 100 + height]], np.float32)
    assert (anatomy.fit(PERSON, head)[0, 0] > 0) == fits


def test_a_head_where_it_was_before_fits_best() -> None:
    heads = np.concatenate([HEAD, HEAD + np.float32([9, 0, 9, 0])])
    usual = anatomy.fit(PERSON, heads)
    assert usual[0, 0] > usual[0, 1]
    aside = anatomy.head_offsets(PERSON, heads[1:])
    assert anatomy.fit(PERSON, heads, aside)[0].tolist() == [pytest.approx(1 / (1 + 9 / 22)), 1]
    unknown = np.full((1, 2), np.nan)
    np.testing.assert_array_equal(anatomy.fit(PERSON, heads, unknown), usual)


def test_people_with_heads_are_those_whose_head_or_face_was_found() -> None:
    face = np.array([[315, 106, 325, 118]], np.float32)
    boxes = np.concatenate([PERSON, HEAD, PERSON + np.float32([200, 0, 200, 0]), face,
                            PERSON + np.float32([400, 0, 400, 0])])  # fmt: skip
    kinds = [Kind.PERSON, Kind.HEAD, Kind.PERSON, Kind.FACE, Kind.PERSON]
    found = anatomy.people_with_heads(Detections.of(boxes, kinds=kinds))
    assert found.tolist() == [True, False, True, False, False]


@given(
    people=st.lists(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 4), max_size=4),
    heads=st.lists(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 4), max_size=4),
)
def test_any_boxes_give_a_worth_from_0_to_1(people: list, heads: list) -> None:
    first = np.array(people, np.float32).reshape(-1, 4)
    second = np.array(heads, np.float32).reshape(-1, 4)
    worth = anatomy.fit(first, second)
    assert worth.shape == (len(people), len(heads))
    assert ((worth >= 0) & (worth <= 1)).all()


CAMPUS = Path(__file__).parents[2] / "shared/data/video"


@pytest.mark.skipif(not CAMPUS.exists(), reason="needs shared/data/video")
def test_most_heads_marked_by_eye_fit_the_person_they_belong_to() -> None:
    def rows(name: str) -> dict[tuple[int, int], np.ndarray]:
        lines = (CAMPUS / name).read_text().splitlines()
        values = [line.split(",") for line in lines if line and not line.startswith("#")]
        return {(int(v[0]), int(v[1])): np.array(v[2:6], np.float32) for v in values}

    heads, people = rows("pets09-s2l1.heads.txt"), rows("pets09-s2l1.gt.txt")
    pairs = [(people[key], heads[key]) for key in heads if key in people]
    first, second = (np.array(boxes) for boxes in zip(*pairs, strict=True))
    first[:, 2:] += first[:, :2]
    second[:, 2:] += second[:, :2]
    fits = np.diagonal(anatomy.fit(first, second)) > 0
    assert len(fits) > 150
    assert fits.mean() > 0.95
