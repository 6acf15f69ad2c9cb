from pathlib import Path

import cv2
import numpy as np
import pytest

import labelled
from clips import Clip
from labelled import labelled_sets
from passerby.detections import Kind

FUDAN = """# Compatible with PASCAL Annotation Version 1.00
Bounding box for object 1 "PASpersonWalking" (Xmin, Ymin) - (Xmax, Ymax) : (3, 4) - (10, 20)
Pixel mask for object 1 "PASpersonWalking" : "PennFudanPed/PedMasks/FudanPed00001_mask.png"
Bounding box for object 2 "PASpersonStanding" (Xmin, Ymin) - (Xmax, Ymax) : (1, 1) - (5, 9)
"""


def write_picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.zeros((40, 60, 3), np.uint8))


def of(data: Path, name: str, worlds: int = 1):
    (found,) = (one for one in labelled_sets(data, worlds) if one.name == name)
    return found


def test_only_what_was_held_out_is_measured_on(tmp_path: Path) -> None:
    for number in range(14):
        write_picture(tmp_path / "people" / "luiz" / "images" / f"{number:02d}.jpg")
        write_picture(tmp_path / "people" / "scut-head" / "images" / f"{number:02d}.jpg")
    assert len(list(of(tmp_path, "luiz").scenes())) == 2
    assert len(list(of(tmp_path, "scut-head").scenes())) == 14
    assert (of(tmp_path, "luiz").kinds, of(tmp_path, "scut-head").kinds) == (
        [Kind.PERSON],
        [Kind.HEAD],
    )


def test_penn_fudan_is_read_with_pixels_from_zero(tmp_path: Path) -> None:
    folder = tmp_path / "detection" / "fudanped"
    write_picture(folder / "images" / "FudanPed00001.jpg")
    (folder / "Annotation").mkdir()
    (folder / "Annotation" / "FudanPed00001.txt").write_text(FUDAN, encoding="utf-8")
    (scene,) = of(tmp_path, "fudanped").scenes()
    assert scene.labels.of_kind(Kind.PERSON).tolist() == [[2, 3, 10, 20], [0, 0, 5, 9]]


def test_frames_of_the_campus_have_boxes_inside_them(tmp_path, make_video, monkeypatch) -> None:
    truth = tmp_path / "gt.txt"
    truth.write_text("3,1,-4,10,20,60\n", encoding="utf-8")
    monkeypatch.setattr(labelled, "CAMPUS", Clip(make_video("clip.mp4"), truth))
    (scene,) = of(tmp_path, "pets09-s2l1").scenes()
    assert scene.image.shape == (48, 64, 3)
    assert scene.labels.of_kind(Kind.PERSON).tolist() == [[0, 10, 16, 48]]


@pytest.mark.slow
def test_synthetic_people_are_seen_from_three_heights(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(labelled, "_SIZE", (128, 96))
    names = ["synth, eye level", "synth, raised", "synth, from above"]
    assert [one.name for one in labelled_sets(tmp_path, 1) if not one.real] == names
    for name in names:
        first, second = of(tmp_path, name).scenes()
        assert first.image.shape == (96, 128, 3)
        assert (first.image != second.image).any()
        assert len(first.labels.boxes) + len(second.labels.boxes) > 0
