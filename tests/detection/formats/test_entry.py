"""What the formats have in common."""

from pathlib import Path

import numpy as np
import pytest

from passerby.detection.formats.entry import (
    BoxRecord,
    checked_numbers,
    detections_of,
    is_sound,
    read_box_text,
)
from passerby.detection.formats.segmentation import Runs
from passerby.detections import Detections, Kind
from passerby.errors import InputError


def test_shares_and_pixels_may_stand_side_by_side() -> None:
    entries = [
        BoxRecord((1, 2, 3, 4)),
        BoxRecord((0.25, 0.5, 0.75, 1), kind=Kind.FACE, relative=True),
    ]
    found = detections_of(entries, width=40, height=20)
    assert found.boxes.tolist() == [[1, 2, 3, 4], [10, 10, 30, 20]]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.FACE]
    assert found.masks == ()


def test_one_mask_is_enough_to_have_masks() -> None:
    entries = [BoxRecord((0, 0, 2, 1), segmentation=Runs((0, 2), 2, 1)), BoxRecord((0, 0, 1, 1))]
    first, second = detections_of(entries, width=2, height=1).masks
    np.testing.assert_array_equal(first, [[True, True]])
    assert second is None


def test_no_entries_are_nobody() -> None:
    assert len(detections_of([], 1, 1)) == 0


@pytest.mark.parametrize(
    ("found", "sound"),
    [
        (Detections.none(), True),
        (Detections.of([[0, 0, 1, 1]]), True),
        (Detections.failed("dark"), False),
        (Detections.of([[0, 0, 1, np.nan]]), False),
        (Detections.of([[0, 0, 1, 1], [-np.inf, 0, 1, 1]]), False),
        (Detections.of([[0, 0, 1, 1e8]]), False),
        (Detections.of([[0, 0, 1, 1]], scores=[np.nan]), False),
        (Detections.of([[0, 0, 1, 1], [3, 3, 3, 4]]), False),
        (Detections.of([[0, 0, 1, 1], [3, 3, 4, 2]]), False),
    ],
)
def test_only_boxes_that_can_be_written_are_sound(found: Detections, sound: bool) -> None:
    assert is_sound(found) == sound


def test_numbers_are_taken_as_they_are_written() -> None:
    assert checked_numbers(["1", " -2.5 ", "1e3"], "here") == [1, -2.5, 1000]


@pytest.mark.parametrize("word", ["", "x", "1,5", "nan", "-inf", "1e8"])
def test_what_is_no_coordinate_is_refused_with_its_place(word: str) -> None:
    with pytest.raises(InputError, match=r"^labels\.txt line 3: "):
        checked_numbers(["1", word], "labels.txt line 3")


def test_a_mark_of_byte_order_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf1 2")
    assert read_box_text(tmp_path / "a.txt") == "1 2"
