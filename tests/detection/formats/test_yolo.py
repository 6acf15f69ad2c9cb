"""YOLO text: a folder, a file an image, a line a box."""

from pathlib import Path

import pytest

from passerby.detection.files import FileDetections
from passerby.detection.formats.entry import BoxRecord
from passerby.detection.formats.yolo import read_yolo
from passerby.detections import Kind
from passerby.errors import InputError


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_shares_become_pixels_of_the_picture(tmp_path: Path) -> None:
    labels = folder(tmp_path, street="0 0.5 0.25 0.2 0.5\n")
    found = FileDetections(labels).of_file("street.jpg", 200, 100)
    assert found.boxes[0] == pytest.approx([80, 0, 120, 50])
    assert found.kinds.tolist() == [Kind.PERSON]


def test_confidence_and_track_are_read_where_they_are(tmp_path: Path) -> None:
    labels = folder(tmp_path, a="0 0.5 0.5 1 1 0.25 7\n0 0.5 0.5 1 1 0.5\n0 0.5 0.5 1 1\n")
    assert read_yolo(labels).files["a"] == [
        BoxRecord((0, 0, 1, 1), score=score, track=track, relative=True)
        for score, track in [(0.25, 7), (0.5, -1), (1, -1)]
    ]


def test_names_say_what_a_class_encloses(tmp_path: Path) -> None:
    labels = folder(tmp_path, classes="car\nHead\nface\n", a="0 0 0 0 0\n1 0 0 0 0\n2 0 0 0 0\n")
    assert [entry.kind for entry in read_yolo(labels).files["a"]] == [Kind.HEAD, Kind.FACE]


def test_given_names_come_before_those_of_the_folder(tmp_path: Path) -> None:
    labels = folder(tmp_path, classes="car\n", a="0 0 0 0 0\n")
    assert [entry.kind for entry in read_yolo(labels, ["face"]).files["a"]] == [Kind.FACE]


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["walk_1", "walk_3"], [0, 2]),
        (["000001", "000002"], [0, 1]),
        (["frame_000000", "frame_000005"], [0, 5]),
        (["street", "market"], []),
    ],
)
def test_numbers_at_the_end_of_names_are_frames(
    tmp_path: Path, names: list[str], frames: list[int]
) -> None:
    assert sorted(read_yolo(folder(tmp_path, **dict.fromkeys(names, ""))).frames) == frames


def test_an_image_without_a_file_is_not_known_to_be_empty(tmp_path: Path) -> None:
    detections = FileDetections(folder(tmp_path, empty=""))
    assert detections.of_file("empty.jpg", 9, 9).failure is None
    assert "does not list other.jpg" in (detections.of_file("other.jpg", 9, 9).failure or "")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("0 0.5 0.5 0.1", "4 columns instead of 5 to 7"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2", "9 columns"),
        ("0 x 0.5 0.1 0.1", "'x' is not a number"),
        ("0 nan 0.5 0.1 0.1", "'nan' cannot be a coordinate"),
        ("0 0.5 0.5 -0.1 0.1", "size -0.1 x 0.1 is negative"),
        ("0 320 240 50 90", "must be shares of the picture"),
        ("0 0.5 0.5 0.1 0.1 1.5", "confidence 1.5"),
        ("0 0.5 0.5 0.1 0.1 0.5 1.5", "track 1.5"),
        ("2 0.5 0.5 0.1 0.1", "class 2 is not one of the 2"),
        ("-1 0.5 0.5 0.1 0.1", "class -1"),
        ("0.5 0.5 0.5 0.1 0.1", "class 0.5"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    labels = folder(tmp_path, classes="person\ncar\n", a=f"0 0.5 0.5 1 1\n{line}\n")
    with pytest.raises(InputError) as refused:
        read_yolo(labels)
    assert str(refused.value).startswith(f"{tmp_path / 'a.txt'} line 2")
    assert complaint in str(refused.value)


def test_a_class_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.txt line 1: class 1 has no name.*classes\.txt"):
        read_yolo(folder(tmp_path, a="1 0.5 0.5 1 1\n"))


def test_classes_without_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the classes car, dog is about people"):
        read_yolo(folder(tmp_path, classes="car\ndog\n", a=""))


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.txt files"):
        read_yolo(tmp_path)


@pytest.mark.shared
def test_a_real_set_of_labels_is_read(shared: Path) -> None:
    labels = shared / "data" / "detection" / "coco128" / "labels"
    names = ["person", *(f"class{number}" for number in range(1, 80))]
    detections = FileDetections(labels, names=names)
    lines = (labels / "000000000036.txt").read_text(encoding="utf-8").splitlines()
    people = sum(line.startswith("0 ") for line in lines)
    assert len(detections.of_file("000000000036.jpg", 481, 640)) == people > 0
