"""Faces: where they are, at which size, and what happens to bad models."""

from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from passerby.detection.faces import FaceDetector
from passerby.detections import Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.geometry import from_xywh, intersection_over_union

YUNET = "models/yunet_n.onnx"


@pytest.mark.parametrize(
    ("option", "value"),
    [("threshold", 0), ("threshold", 2), ("smallest_face", 0.5), ("smallest_face", float("nan"))],
)
def test_an_option_out_of_range_is_refused(option: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"{option} must be .*{value}"):
        FaceDetector("never-looked-for", **{option: value})


def test_a_person_model_is_refused() -> None:
    with pytest.raises(ConfigError, match="finds a person, not a face"):
        FaceDetector("yolox-nano")


@pytest.mark.parametrize("content", [b"", b"no graph"])
def test_a_broken_model_is_refused_in_one_line(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx") as refused:
        FaceDetector(str(path))
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.shared
def test_another_network_is_refused(shared: Path) -> None:
    with pytest.raises(ModelError, match="as YuNet"):
        FaceDetector(str(shared / "models" / "yolox_nano_416.onnx"))


@pytest.mark.shared
def test_opening_makes_no_noise(shared: Path, capfd: pytest.CaptureFixture[str]) -> None:
    level = cv2.utils.logging.getLogLevel()
    FaceDetector(str(shared / YUNET))
    assert capfd.readouterr() == ("", "")
    assert cv2.utils.logging.getLogLevel() == level


@pytest.fixture(scope="module")
def photos(shared: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Photos and the boxes of the faces in them."""
    folder = shared / "data" / "faces" / "dlib" / "faces"
    photos = []
    for picture in ET.parse(folder / "testing.xml").iter("image"):
        image = cv2.imread(str(folder / picture.attrib["file"]))
        boxes = [
            [int(box.attrib[name]) for name in ("left", "top", "width", "height")]
            for box in picture.iter("box")
        ]
        photos.append((image, from_xywh(boxes)))
    return photos


def found_share(detector: FaceDetector, photos: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Share of the faces whose middle lies in a box."""
    hits, faces = 0, 0
    for image, boxes in photos:
        found = detector(image).boxes
        middles = (boxes[:, None, :2] + boxes[:, None, 2:]) / 2
        inside = (middles > found[None, :, :2]) & (middles < found[None, :, 2:])
        hits += int(inside.all(axis=2).any(axis=1).sum())
        faces += len(boxes)
    return hits / faces


@pytest.mark.shared
def test_faces_are_found_where_they_are(shared: Path, photos) -> None:
    detector = FaceDetector(str(shared / YUNET))
    assert found_share(detector, photos) > 0.9
    found = detector(photos[0][0])
    assert set(found.kinds.tolist()) == {Kind.FACE}


@pytest.mark.shared
def test_small_faces_are_found_when_asked_for(shared: Path, photos) -> None:
    tiny = [
        (cv2.resize(image, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA), boxes * 0.15)
        for image, boxes in photos
    ]
    plain = found_share(FaceDetector(str(shared / YUNET)), tiny)
    close = found_share(FaceDetector(str(shared / YUNET), smallest_face=4), tiny)
    assert close > plain


@pytest.mark.shared
def test_windows_find_what_the_whole_finds(
    shared: Path, photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, _ = photos[0]
    whole = FaceDetector(str(shared / YUNET))(image)
    monkeypatch.setattr("passerby.detection.faces._LARGEST_INPUT", 320)
    tiled = FaceDetector(str(shared / YUNET))(image)
    sure = whole.boxes[whole.scores > 0.8]
    assert len(sure) > 0
    assert (intersection_over_union(sure, tiled.boxes).max(axis=1) > 0.5).all()


@pytest.mark.shared
def test_a_failing_network_is_our_error(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = FaceDetector(str(shared / YUNET))
    failing = Mock(**{"detect.side_effect": cv2.error("out of order")})
    monkeypatch.setattr(detector, "_network", failing)
    with pytest.raises(DetectionError, match="the face network failed"):
        detector(np.zeros((8, 8, 3), np.uint8))
