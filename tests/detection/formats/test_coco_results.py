"""COCO results: what is written, what COCO's own reader makes of it, and what comes back."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from passerby.detection.files import FileDetections
from passerby.detection.formats.coco_results import results
from passerby.detections import Detections, Kind

FOUND = Detections.of(
    [[10, 20, 30.25, 80], [12, 20, 22, 32], [14, 24, 20, 30]],
    [0.9, 0.80004, 0.7],
    [Kind.PERSON, Kind.HEAD, Kind.FACE],
)


def written(tmp_path: Path, *entries: dict[str, object]) -> Path:
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def test_a_picture_and_a_frame_say_what_they_are_of() -> None:
    person, head, face = results(FOUND, 7, "a/street.jpg")
    assert person == {
        "image_id": 7,
        "file_name": "a/street.jpg",
        "category": "person",
        "category_id": 1,
        "bbox": [10, 20, 20.25, 60],
        "score": 0.9,
    }
    assert (head["category"], head["category_id"], head["score"]) == ("head", 2, 0.8)
    assert (face["category"], face["category_id"]) == ("face", 3)
    first, *_ = results(FOUND, 7, "street.mp4", 12, 0.48, size=(64, 96))
    assert (first["frame"], first["time"]) == (12, 0.48)
    assert (first["width"], first["height"]) == (64, 96)


def test_nobody_is_nothing() -> None:
    assert list(results(Detections.none(), 0, "street.jpg")) == []


def test_cocos_own_tools_load_and_score_them(tmp_path: Path) -> None:
    path = written(tmp_path, *results(FOUND[:2], 5, "a.jpg"))
    truth = {
        "info": {},
        "images": [{"id": 5, "file_name": "a.jpg", "width": 64, "height": 96}],
        "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "head"}],
        "annotations": [
            {"id": number, "image_id": 5, "category_id": number, "bbox": box, "iscrowd": 0}
            | {"area": box[2] * box[3]}
            for number, box in ((1, [10, 20, 20.25, 60]), (2, [12, 20, 10, 12]))
        ],
    }
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(tmp_path / "truth.json"))
        evaluation = COCOeval(loaded, loaded.loadRes(str(path)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)


def test_frames_come_back_by_the_name_of_their_video(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *results(FOUND[:1], 0, "a/street.mp4", 4, 0.16),
        *results(FOUND[1:], 1, "park.mp4", 4, 0.16),
        *results(FOUND, 2, "street.jpg"),
    )
    given = FileDetections(path)
    street = given.of_frame(4, 64, 96, "a/street.mp4")
    np.testing.assert_allclose(street.boxes, FOUND.boxes[:1])
    park = given.of_frame(4, 64, 96, Path("b/park.mp4"))
    assert park.kinds.tolist() == [Kind.HEAD, Kind.FACE]
    assert len(given.of_frame(5, 64, 96, "park.mp4")) == 0
    assert given.of_frame(5, 64, 96, "park.mp4").failure is None
    np.testing.assert_allclose(given.of_file("street.jpg", 64, 96).boxes, FOUND.boxes)


@pytest.mark.parametrize("name", ["else.mp4", "street.jpg", None])
def test_of_a_video_that_is_not_named_nothing_is_known(tmp_path: Path, name: str | None) -> None:
    entries = *results(FOUND, 0, "street.mp4", 4, 0.16), *results(FOUND, 1, "street.jpg")
    failure = FileDetections(written(tmp_path, *entries)).of_frame(4, 64, 96, name).failure
    assert failure == f"{tmp_path / 'boxes.json'} does not list {name}"


def test_a_list_about_pictures_says_nothing_of_a_video(tmp_path: Path) -> None:
    given = FileDetections(written(tmp_path, *results(FOUND, 1, "street.jpg")))
    assert given.of_frame(0, 64, 96, "street.mp4").failure is not None


def test_a_number_for_a_name_is_no_frame_where_results_name_their_files(tmp_path: Path) -> None:
    given = FileDetections(written(tmp_path, *results(FOUND, 7, "0001.jpg")))
    assert len(given.of_file("0001.jpg", 64, 96)) == len(FOUND)
    for name in ("0002.jpg", "0007.jpg"):
        assert (
            given.of_file(name, 64, 96).failure == f"{tmp_path / 'boxes.json'} does not list {name}"
        )


def test_a_word_for_the_category_wins_over_its_number(tmp_path: Path) -> None:
    entry = {"image_id": 0, "category_id": 18, "category": "Head", "bbox": [0, 0, 1, 1]}
    found = FileDetections(written(tmp_path, entry)).of_frame(0, 64, 96)
    assert found.kinds.tolist() == [Kind.HEAD]
    other = FileDetections(written(tmp_path, entry | {"category": "dog", "category_id": 1}))
    assert len(other.of_frame(0, 64, 96)) == 0
