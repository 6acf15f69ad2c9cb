"""Windows see everything, and what they see is put together again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.tiles import cut_by_border, find_through, windows
from passerby.detections import Detections, Kind

side = st.integers(1, 300)


@given(width=side, height=side, tile_width=side, tile_height=side)
def test_windows_lie_inside_and_see_every_pixel_without_the_first(
    width: int, height: int, tile_width: int, tile_height: int
) -> None:
    views = windows(width, height, tile_width, tile_height)
    assert views[0] == (0, 0, width, height)
    seen = np.zeros((height, width), bool)
    for left, top, right, bottom in views[1:] or views:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert right - left <= tile_width
        assert bottom - top <= tile_height
        seen[top:bottom, left:right] = True
    assert seen.all()


@given(width=st.integers(100, 1000), tile=st.integers(40, 100))
def test_neighbours_overlap_by_a_quarter(width: int, tile: int) -> None:
    tiles = windows(width, 10, tile, 10)[1:]
    for (_, _, right, _), (left, _, _, _) in pairwise(tiles):
        assert right - left >= tile / 4 - 1


def test_a_picture_that_fits_is_looked_at_once() -> None:
    assert windows(640, 480, 640, 640) == [(0, 0, 640, 480)]


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        ((120, 120, 180, 180), False),
        ((100, 120, 150, 180), True),
        ((150, 120, 200, 180), True),
        ((120, 100, 180, 150), True),
        ((120, 150, 180, 200), True),
    ],
)
def test_a_box_at_an_inner_border_is_cut(box: tuple[int, ...], cut: bool) -> None:
    boxes = np.array([box], np.float32)
    assert cut_by_border(boxes, (100, 100, 200, 200), 1000, 1000).tolist() == [cut]


def test_a_box_at_the_edge_of_the_picture_is_not_cut() -> None:
    boxes = np.array([[0, 0, 100, 100]], np.float32)
    assert cut_by_border(boxes, (0, 0, 100, 100), 100, 100).tolist() == [False]


def seen_in(people: np.ndarray, least: float):
    """A finder that is told who is where by the picture itself: each person has a colour.

    It finds whoever shows at least ``least`` of all pixels, as far as visible.
    """

    def find(view: np.ndarray) -> Detections:
        boxes, scores = [], []
        for number, person in enumerate(people, 1):
            rows, columns = np.nonzero(view[..., 0] == number)
            area = (person[2] - person[0]) * (person[3] - person[1])
            if len(rows) >= least * area:
                boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
                scores.append(0.5 + number / 100)
        return Detections.of(np.reshape(boxes, (-1, 4)), scores)

    return find


def all_by(find, views):
    return [(view, find) for view in views]


@pytest.mark.parametrize("first", [0, 1], ids=["with the whole view", "tiles alone"])
def test_people_are_found_once_and_whole_wherever_windows_cut_them(first: int) -> None:
    # Tiles of 80 pixels begin at 0, 60 and 120; people are up to 20 wide, the overlap.
    people = np.array([[62, 10, 78, 50], [70, 60, 90, 100], [150, 20, 165, 60], [0, 0, 18, 40]])
    image = np.zeros((120, 200, 3), np.uint8)
    for number, (left, top, right, bottom) in enumerate(people, 1):
        image[top:bottom, left:right] = number
    views = windows(200, 120, 80, 120)[first:]
    found = find_through(image, all_by(seen_in(people, 0.2), views), {Kind.PERSON: 0.65})
    assert sorted(found.boxes.tolist()) == sorted(people.astype(float).tolist())
    assert (np.diff(found.scores) <= 0).all()


def test_a_piece_is_kept_where_the_person_was_seen_whole_nowhere() -> None:
    people = np.array([[0, 0, 200, 100]])
    image = np.full((120, 200, 3), 0, np.uint8)
    image[:100] = 1
    views = windows(200, 120, 80, 120)[1:]
    found = find_through(image, all_by(seen_in(people, 0.1), views), {Kind.PERSON: 0.65})
    covered = np.zeros(200, bool)
    for left, _, right, _ in found.boxes.astype(int):
        covered[left:right] = True
    assert covered.all()


def test_a_head_at_a_border_is_no_piece_of_the_person_around_it() -> None:
    person, head = (30, 10, 90, 100), (70, 12, 80, 22)  # the head ends where the first tile does

    def find(view: np.ndarray) -> Detections:
        whole = view.shape[1] == 100
        if whole:
            return Detections.of([person], [0.9], Kind.PERSON)
        return Detections.of([head], [0.8], Kind.HEAD) if view[0, 0, 0] else Detections.none()

    image = np.zeros((120, 100, 3), np.uint8)
    image[:, 0] = 1
    views = [(0, 0, 100, 120), (0, 0, 80, 120), (20, 0, 100, 120)]
    overlaps = {Kind.PERSON: 0.65, Kind.HEAD: 0.5}
    found = find_through(image, all_by(find, views), overlaps)
    assert found.boxes.tolist() == [list(person), list(head)]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.HEAD]


def test_each_kind_has_its_own_overlap() -> None:
    pair = [[0, 0, 10, 10], [0, 2, 10, 12]]  # 80 of 120 pixels in common
    twice = Detections.of(pair * 2, [0.9, 0.8] * 2, [Kind.PERSON] * 2 + [Kind.HEAD] * 2)
    image = np.zeros((20, 20, 3), np.uint8)
    overlaps = {Kind.PERSON: 0.7, Kind.HEAD: 0.6}
    found = find_through(image, [((0, 0, 20, 20), lambda _: twice)], overlaps)
    assert found.kinds.tolist() == [Kind.PERSON, Kind.PERSON, Kind.HEAD]
