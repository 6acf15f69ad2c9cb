import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import head_coverage
from clips import Clip
from passerby.detections import Detections
from passerby.errors import InputError


def test_the_share_is_printed(
    make_video: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clip, truth = make_video("clip.mp4"), tmp_path / "gt.txt"
    truth.write_text("1,1,20,4,20,40\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["head_coverage.py", str(clip), str(clip), str(truth)])
    head_coverage.main()
    expected = "0 of 1 heads covered, 0 at least half; 0.00% of the pixels changed\n"
    assert capsys.readouterr().out == expected


def test_a_wrong_file_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = str(tmp_path / "gone.txt")
    monkeypatch.setattr(sys, "argv", ["head_coverage.py", gone, gone, gone])
    with pytest.raises(SystemExit, match=r"^cannot read [^\n]+gone\.txt[^\n]+$"):
        head_coverage.main()


def test_a_clip_is_anonymized_by_one_detector_alone(film, tmp_path: Path) -> None:
    clip = film("clip.mkv", lambda index: [(30, 5, 20, 50, 255)], frames=6)
    truth = tmp_path / "gt.txt"
    truth.write_text("2,1,30,5,20,50\n5,1,30,5,20,50\n", encoding="utf-8")
    here = head_coverage.coverage_by(
        lambda image: Detections.of([[30, 5, 50, 55]]), Clip(clip, truth)
    )
    assert (here.heads, here.covered) == (2, 2)
    assert 0 < here.changed < 0.5
    nowhere = head_coverage.coverage_by(lambda image: Detections.none(), Clip(clip, truth))
    assert (nowhere.half_covered, nowhere.changed) == (0, 0)


def test_a_clip_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ground truth"):
        head_coverage.coverage_by(lambda image: Detections.none(), Clip(tmp_path, None))
