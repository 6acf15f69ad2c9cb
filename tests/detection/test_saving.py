"""What is saved where; that it is read again, `test_files.py` says."""

from pathlib import Path

import pytest

from passerby.detection.saving import check_can_hold, save_detections
from passerby.detections import Detections
from passerby.errors import ConfigError


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.JSON"])
def test_formats_are_known_by_their_endings(tmp_path: Path, name: str) -> None:
    check_can_hold(tmp_path / name, still=False)
    save_detections(tmp_path / name, {0: Detections.none()}, 8, 6)
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("name", ["a.mp4", "a", "a.npz"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"end it with .txt or .json"):
        check_can_hold(tmp_path / name, still=False)


def test_text_cannot_name_a_picture(tmp_path: Path) -> None:
    check_can_hold(tmp_path / "a.json", still=True)
    with pytest.raises(ConfigError, match=r"cannot name a picture"):
        check_can_hold(tmp_path / "a.txt", still=True)
