"""COCO JSON: data sets, bare results, outlines, and what is refused."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as encoder
from pycocotools.coco import COCO

from passerby.detection.files import FileDetections
from passerby.detection.saving import save_detections
from passerby.detections import Detections, Kind
from passerby.errors import InputError


def data_set(**annotation: object) -> dict[str, Any]:
    """A data set with one image, one category of people and one annotation."""
    whole = {"image_id": 5, "category_id": 1, "bbox": [10, 20, 30, 40]}
    return {
        "images": [{"id": 5, "file_name": "street.jpg", "width": 64, "height": 48}],
        "annotations": [whole | annotation],
        "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "dog"}],
    }


def opened(tmp_path: Path, data: object) -> FileDetections:
    path = tmp_path / "d.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return FileDetections(path)


def test_an_annotation_is_a_box_of_its_image(tmp_path: Path) -> None:
    data = data_set(score=0.5, track_id=7, seen=False)
    found = opened(tmp_path, data).of_file("street.jpg", 64, 48)
    assert found.boxes.tolist() == [[10, 20, 40, 60]]
    assert (found.scores[0], found.tracks[0], found.seen[0]) == (0.5, 7, False)
    assert found.kinds[0] == Kind.PERSON


def test_other_categories_are_passed_over(tmp_path: Path) -> None:
    found = opened(tmp_path, data_set(category_id=2)).of_file("street.jpg", 64, 48)
    assert found.failure is None
    assert len(found) == 0


def test_images_are_frames_by_their_number_or_in_their_order(tmp_path: Path) -> None:
    data = data_set()
    assert len(opened(tmp_path, data).of_frame(0, 64, 48)) == 1
    data["images"][0]["frame_id"] = 3
    detections = opened(tmp_path, data)
    assert len(detections.of_frame(3, 64, 48)) == 1
    assert detections.of_frame(0, 64, 48).failure is not None


def test_results_go_to_frames_by_number_and_to_files_by_name(tmp_path: Path) -> None:
    box = {"category_id": 1, "bbox": [0, 0, 1, 1], "score": 0.5}
    results = [{"image_id": 3, **box}, {"image_id": "a.jpg", **box}, {"image_id": 3, **box}]
    results.append({"image_id": 4, **box, "category_id": 18})
    detections = opened(tmp_path, results)
    assert [len(detections.of_frame(index, 9, 9)) for index in (2, 3, 4)] == [0, 2, 0]
    assert len(detections.of_file("a.jpg", 9, 9)) == 1
    assert len(detections.of_file("000000000003.jpg", 9, 9)) == 2


def test_outlines_become_masks(tmp_path: Path) -> None:
    mask = np.zeros((48, 64), np.uint8)
    mask[5:20, 30:50] = 1
    packed = encoder.encode(np.asfortranarray(mask))
    packed["counts"] = packed["counts"].decode()
    plain = {"size": [48, 64], "counts": [30 * 48 + 5, *[15, 33] * 19, 15, 14 * 48 + 28]}
    polygon = [[30, 5, 49, 5, 49, 19, 30, 19]]
    for segmentation in (packed, plain, polygon):
        found = opened(tmp_path, data_set(segmentation=segmentation)).of_frame(0, 64, 48)
        np.testing.assert_array_equal(found.masks[0], mask.astype(bool))


def test_an_outline_of_another_size_is_of_another_picture(tmp_path: Path) -> None:
    data = data_set(segmentation={"size": [2, 2], "counts": [0, 4]})
    for found in (
        opened(tmp_path, data).of_frame(0, 64, 48),
        opened(tmp_path, data).of_file("street.jpg", 64, 48),
    ):
        assert "it is about a picture of 2x2, not 64x48" in (found.failure or "")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"width": 48, "height": 64}, "48x64, not 64x48"),  # as the sensor lay
        ({"width": 128, "height": 96}, "128x96, not 64x48"),
        ({"height": 96}, "?x96, not 64x48"),
        ({"width": 64.5, "height": 48}, "64.5x48, not 64x48"),
        ({"width": float("nan"), "height": 48}, "nanx48, not 64x48"),
        ({"width": -64, "height": 48}, "-64x48, not 64x48"),
        ({"width": 64, "height": 48}, None),
        ({"width": "64", "height": 48.0}, None),
        ({"width": None}, None),
        ({}, None),
    ],
)
def test_a_picture_of_another_size_is_another_picture(
    tmp_path: Path, said: dict[str, object], told: str | None
) -> None:
    data = data_set()
    data["images"] = [{"id": 5, "file_name": "street.jpg", **said}]
    known = opened(tmp_path, data)
    results = [{"image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40], **said}]
    named = [results[0] | {"file_name": "street.jpg"}]
    film = [named[0] | {"file_name": "street.mp4", "frame": 0}]
    for found in (
        known.of_file("street.jpg", 64, 48),
        known.of_frame(0, 64, 48),
        opened(tmp_path, results).of_file("1.jpg", 64, 48),
        opened(tmp_path, named).of_file("street.jpg", 64, 48),
        opened(tmp_path, film).of_frame(0, 64, 48, "street.mp4"),
    ):
        if told is None:
            assert found.failure is None
            assert len(found) == 1
        else:
            assert told in (found.failure or "")


@pytest.mark.parametrize(
    "other", ["street.jpg", "./street.jpg", "x/../street.jpg", r".\street.jpg"]
)
def test_a_name_that_two_pictures_share_says_nothing_of_either(tmp_path: Path, other: str) -> None:
    data = data_set()
    data["images"].append({"id": 6, "file_name": other})
    found = opened(tmp_path, data).of_file("street.jpg", 64, 48)
    assert "it is said of several pictures of that name" in (found.failure or "")


def test_frames_of_a_video_may_all_bear_its_name(tmp_path: Path) -> None:
    data = data_set()
    data["images"] = [
        {"id": 5 + number, "file_name": "../street.mp4", "frame_id": number} for number in range(3)
    ]
    known = opened(tmp_path, data)
    assert [len(known.of_frame(number, 64, 48, "street.mp4")) for number in range(3)] == [1, 0, 0]
    assert known.of_frame(1, 64, 48).failure is None
    assert known.of_file("street.mp4", 64, 48).failure is not None


def test_a_number_that_two_pictures_share_says_nothing_of_either(tmp_path: Path) -> None:
    data = data_set()
    data["images"].append({"id": 5, "file_name": "park.jpg"})
    known = opened(tmp_path, data)
    for name in ("street.jpg", "park.jpg"):
        assert known.of_file(name, 64, 48).failure is not None


def test_frames_of_several_videos_are_told_apart_by_their_names_alone(tmp_path: Path) -> None:
    data = data_set(image_id=1)
    data["images"] = [
        {"id": number, "file_name": f"{video}/1.jpg", "frame_id": 1}
        for number, video in enumerate(("one", "two"), 1)
    ]
    known = opened(tmp_path, data)
    assert known.of_frame(1, 64, 48).failure is not None
    assert len(known.of_file("one/1.jpg", 64, 48)) == 1
    assert len(known.of_file("two/1.jpg", 64, 48)) == 0


def test_names_that_are_no_text_are_found(tmp_path: Path) -> None:
    data = data_set()
    data["images"][0]["file_name"] = name = os.fsdecode(b"caf\xe9.jpg")
    assert len(opened(tmp_path, data).of_file(name, 64, 48)) == 1
    results = [{"image_id": 1, "file_name": name, "category_id": 1, "bbox": [1, 2, 3, 4]}]
    assert len(opened(tmp_path, results).of_file(name, 64, 48)) == 1


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # theirs
def test_what_we_write_pycocotools_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = np.random.default_rng(1).random((48, 64)) < 0.5
    found = Detections.of([[1, 2, 11, 22]], [0.5], Kind.HEAD, masks=(mask,))
    save_detections(tmp_path / "d.json", {0: found, 1: Detections.failed("dark")}, 64, 48)
    theirs = COCO(tmp_path / "d.json")
    (annotation,) = theirs.loadAnns(theirs.getAnnIds(imgIds=[0]))
    assert annotation["bbox"] == [1, 2, 10, 20]
    assert theirs.loadCats([annotation["category_id"]])[0]["name"] == "head"
    np.testing.assert_array_equal(theirs.annToMask(annotation), mask)
    assert theirs.getImgIds() == [0]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("", "EOF"),
        ("{", "not COCO JSON"),
        ("[1]", "0: Input should be"),
        ("7", "not COCO JSON"),
        ("null", "not COCO JSON"),
        ("[" * 100_000, "recursion limit"),
        ({}, "images: Field required"),
        ([{"image_id": 1, "category_id": 1}], "0.bbox: Field required"),
        ([{"image_id": 1, "category_id": 91, "bbox": [0, 0, 1, 1]}], "result 0: category 91"),
        (data_set(category_id=3), "annotation 0: category 3 is not in the list"),
        (data_set(image_id=6), "annotation 0: image 6 is not in the list of images"),
        (data_set(bbox=[0, 0, -1, 1]), "annotations.0.bbox.2"),
        (data_set(bbox=[0, 0, 1]), "annotations.0.bbox"),
        (data_set(bbox=[0, 0, 1, 1e9]), "annotations.0.bbox.3"),
        (data_set(bbox=[float("nan"), 0, 1, 1]), "annotations.0.bbox.0"),
        (data_set(bbox=["wide", 0, 1, 1]), "annotations.0.bbox.0"),
        (data_set(score=1.5), "annotations.0.score"),
        (data_set(track_id=10**30), "annotations.0.track_id"),
        (data_set(segmentation=[[0, 0, 1, 1]]), "annotations.0.segmentation"),
        (data_set(segmentation=[[0, 0, 1, 1, 2, 2, 3]]), "pairs of x and y"),
        (data_set(segmentation={"size": [2, 2], "counts": [3]}), "do not fill 2 x 2"),
        (data_set(segmentation={"size": [2, 2], "counts": "P"}), "cannot be read"),
        (data_set() | {"categories": [{"id": 1, "name": "car"}]}, "is about people"),
    ],
)
def test_bad_data_is_named_in_one_line(tmp_path: Path, data: object, complaint: str) -> None:
    with pytest.raises(InputError) as refused:
        opened(tmp_path, data)
    message = str(refused.value)
    assert message.startswith(str(tmp_path / "d.json"))
    assert complaint in message
    assert "\n" not in message
