"""``passerby evaluate coverage`` on people who do not exist."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames of people, and a copy of which the heads are black as the truth has them."""
    folder = tmp_path_factory.mktemp("crossing") / "clip"
    words = ["--cameras", "1", "--people", "3", "--seconds", "0.12", "--size", "320x240"]
    assert main(["synth", "crossing", *words, "-o", str(folder)]) == EXIT_OK
    return folder


def anonymize(folder: Path, copy: Path) -> None:
    boxes = folder / "camera-1" / "coco.json"
    words = ["--detections", str(boxes), "--operator", "blackout", "--quiet"]
    assert main(["anonymize", str(folder / "camera-1.mp4"), "-o", str(copy), *words]) == EXIT_OK


def said(capsys: Captured, *words: object) -> str:
    assert main(["evaluate", "coverage", *map(str, words)]) == EXIT_OK
    return capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["gt/heads.txt", "coco.json"])
def test_a_copy_covered_by_its_truth_covers_all_heads(
    crossing: Path, tmp_path: Path, capsys: Captured, truth: str
) -> None:
    copy = tmp_path / "copy.mp4"
    anonymize(crossing, copy)
    clip = crossing / "camera-1.mp4"
    found = json.loads(said(capsys, clip, copy, crossing / "camera-1" / truth, "--json"))
    assert found["heads"] == found["covered"] == found["half_covered"] >= 3
    assert 0 < found["changed"] < 0.5


def test_a_copy_that_covers_nothing_says_so(crossing: Path, capsys: Captured) -> None:
    clip = crossing / "camera-1.mp4"
    told = said(capsys, clip, clip, crossing / "camera-1" / "gt" / "heads.txt")
    assert told.startswith("0 of ")
    assert "heads covered (0.0%), 0 at least half; 0.00% of the pixels changed" in told


def test_heads_too_small_to_count_leave_no_share(crossing: Path, capsys: Captured) -> None:
    clip, truth = crossing / "camera-1.mp4", crossing / "camera-1" / "gt" / "heads.txt"
    told = said(capsys, clip, clip, truth, "--shortest", 1000)
    assert told.startswith("0 of 0 heads covered, 0 at least half")


def test_what_cannot_be_compared_is_one_line(
    crossing: Path, make_video: Callable[..., Path], tmp_path: Path, capsys: Captured
) -> None:
    clip, truth = crossing / "camera-1.mp4", crossing / "camera-1" / "gt" / "heads.txt"
    other = make_video("other.mp4")
    gone = tmp_path / "gone.mp4"
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(clip, tmp_path / "truth.json")
    for words in (
        (clip, other, truth),
        (gone, clip, truth),
        (clip, gone, truth),
        (clip, empty, truth),
        (clip, clip, gone),
        (clip, clip, tmp_path / "truth.json"),
    ):
        assert main(["evaluate", "coverage", *map(str, words)]) == EXIT_FAILED
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_wrong_use_is_refused(crossing: Path, capsys: Captured) -> None:
    clip = str(crossing / "camera-1.mp4")
    assert main(["evaluate", "coverage", clip, clip]) == EXIT_USAGE
    assert main(["evaluate", "coverage", clip, clip, clip, "--shortest", "-1"]) == EXIT_USAGE
    assert len(capsys.readouterr().err.splitlines()) == 2
