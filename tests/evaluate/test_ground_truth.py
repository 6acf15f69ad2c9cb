import json
from pathlib import Path
from typing import Any

import pytest

from passerby.errors import InputError
from passerby.evaluate.ground_truth import GroundTruth, read_ground_truth


def mot(folder: Path, text: str) -> GroundTruth:
    (folder / "gt.txt").write_text(text, encoding="utf-8")
    return read_ground_truth(folder / "gt.txt")


def coco(folder: Path, *annotations: dict[str, Any], **images: Any) -> GroundTruth:
    document = {
        "images": [{"id": 7, "file_name": "a.jpg", **images}, {"id": 8, "file_name": "b.jpg"}],
        "annotations": [{"image_id": 7, "bbox": [1, 2, 3, 4], **one} for one in annotations],
        "categories": [
            {"id": 1, "name": "person"},
            {"id": 2, "name": "Head"},
            {"id": 3, "name": "car"},
        ],
    }
    (folder / "gt.json").write_text(json.dumps(document), encoding="utf-8")
    return read_ground_truth(folder / "gt.json")


def test_mot_text_leaves_out_what_is_not_a_visible_pedestrian(tmp_path: Path) -> None:
    truth = mot(
        tmp_path,
        "# a comment\n\n"
        "1,1,10,20,30,40\n"
        "1 2 11 20 30 40 1 1 1\n"
        "2,3,12,20,30,40,1,1,0.5\n"
        "2,4,13,20,30,40,0,1,1\n"  # not to be considered
        "2,5,14,20,30,40,1,3,1\n"  # a vehicle
        "2,6,15,20,30,40,1,1,0.49\n",  # mostly hidden
    )
    assert truth.persons == {0: [(10, 20, 30, 40), (11, 20, 30, 40)], 1: [(12, 20, 30, 40)]}
    assert truth.heads == {}


def test_lines_of_2015_are_persons_wherever_they_are_in_the_world(tmp_path: Path) -> None:
    truth = mot(tmp_path, "1,1,10,20,30,40,1,-1,-1,-1\n1,2,10,20,30,40,0,5,5,5\n")
    assert truth.persons == {0: [(10, 20, 30, 40)]}


def test_heads_have_a_class_of_their_own(tmp_path: Path) -> None:
    truth = mot(tmp_path, "3,1,10,20,5,6,1,101,0.9\n4,1,10,20,5,6,1,101,0.2\n")
    assert truth == GroundTruth({}, {2: [(10, 20, 5, 6)]})


def test_coco_json_leaves_out_crowds_the_hidden_and_things(tmp_path: Path) -> None:
    truth = coco(
        tmp_path,
        {"category_id": 1},
        {"category_id": 1, "bbox": [5, 5, 9, 9], "image_id": 8, "visibility": 0.5},
        {"category_id": 2, "bbox": [6, 6, 2, 2], "iscrowd": 0},
        {"category_id": 1, "iscrowd": 1},
        {"category_id": 2, "visibility": 0.4},
        {"category_id": 3},
    )
    assert truth == GroundTruth({0: [(1, 2, 3, 4)], 1: [(5, 5, 9, 9)]}, {0: [(6, 6, 2, 2)]})


def test_coco_json_may_number_its_frames(tmp_path: Path) -> None:
    assert coco(tmp_path, {"category_id": 1}, frame_id=30).persons == {30: [(1, 2, 3, 4)]}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1,2,3,4,5", r"gt\.txt line 1: 5 columns"),
        ("\n1,2,a,4,5,6", r"gt\.txt line 2: 'a' is not a number"),
        ("0,2,3,4,5,6", r"line 1: frame 0 must be a whole number from 1"),
        ("1.5,2,3,4,5,6", r"line 1: frame 1\.5"),
        ("1,2,nan,4,5,6", r"line 1: 'nan' cannot be a coordinate"),
    ],
)
def test_damaged_text_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        mot(tmp_path, text)


def test_damaged_json_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gt\.json is not COCO JSON: annotations\.0\.category_id"):
        coco(tmp_path, {})
    with pytest.raises(InputError, match="annotation 0: image 9 is not listed"):
        coco(tmp_path, {"category_id": 1, "image_id": 9})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_ground_truth(tmp_path / "gone.txt")
