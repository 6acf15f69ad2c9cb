import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import head_coverage


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
