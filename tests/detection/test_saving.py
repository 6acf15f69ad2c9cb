"""What is saved where; that it is read again, `test_files.py` says."""

import hashlib
from pathlib import Path

import pytest

from passerby.detection.files import FileDetections
from passerby.detection.formats.entry import BoxSource
from passerby.detection.saving import check_can_hold, save_detections
from passerby.detections import Detections
from passerby.errors import ConfigError, DetectionError, InputError


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.JSON"])
def test_formats_are_known_by_their_endings(tmp_path: Path, name: str) -> None:
    check_can_hold(tmp_path / name, still=False)
    save_detections(tmp_path / name, {0: Detections.none()}, 8, 6)
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("name", ["a.txt", "a.json"])
def test_boxes_are_taken_for_the_file_alone_that_they_were_saved_of(
    tmp_path: Path, name: str
) -> None:
    street, other = tmp_path / "street.bin", tmp_path / "other.bin"
    street.write_bytes(b"street")
    other.write_bytes(b"other")
    origin = BoxSource(hashlib.sha256(b"street").hexdigest(), frames=2)
    found = Detections.of([[1, 1, 3, 4]])
    save_detections(tmp_path / name, {0: found}, 8, 6, origin=origin)
    known = FileDetections(tmp_path / name)
    assert known.says_sources
    known.check_source(street, "street.bin")
    for path in (other, None):
        with pytest.raises(InputError, match=r"holds boxes of another file than x.bin: name the"):
            known.check_source(path, "x.bin")
    known.check_end(2, "street.bin")
    with pytest.raises(DetectionError, match=r"about a video of 2 frames, but street.bin has 3"):
        known.check_end(3, "street.bin")
    assert "8x6" in str(known.of_frame(0, 9, 6, "street.bin").failure)


def test_a_frame_of_nobody_at_the_end_is_known_where_the_length_is(tmp_path: Path) -> None:
    frames = {0: Detections.of([[1, 1, 3, 4]]), 1: Detections.none()}
    save_detections(tmp_path / "a.txt", frames, 8, 6)
    save_detections(tmp_path / "b.txt", frames, 8, 6, origin=BoxSource("5f", frames=2))
    assert FileDetections(tmp_path / "a.txt").unlisted_end(2) == 1
    assert FileDetections(tmp_path / "b.txt").unlisted_end(2) == 0


def test_text_of_two_files_is_refused(tmp_path: Path) -> None:
    save_detections(tmp_path / "a.txt", {}, 8, 6, origin=BoxSource("5f", frames=2))
    text = (tmp_path / "a.txt").read_text()
    (tmp_path / "a.txt").write_text(text + text)
    with pytest.raises(InputError, match=r"a.txt line 2: it is of two files: split it"):
        FileDetections(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["a.mp4", "a", "a.npz"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"end it with .txt or .json"):
        check_can_hold(tmp_path / name, still=False)


def test_text_cannot_name_a_picture(tmp_path: Path) -> None:
    check_can_hold(tmp_path / "a.json", still=True)
    with pytest.raises(ConfigError, match=r"cannot name a picture"):
        check_can_hold(tmp_path / "a.txt", still=True)
