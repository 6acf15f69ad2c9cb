"""``passerby evaluate tracking`` on people who do not exist."""

import csv
import json
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]

PERSON = "{},{},10,20,30,60,1,1,1\n"
INFO = "[Sequence]\nseqLength={}\n"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four frames of one person; the tracks call them 7, 7, nobody, 8."""
    (tmp_path / "truth" / "clip" / "gt").mkdir(parents=True)
    truth = "".join(PERSON.format(frame, 1) for frame in range(1, 5))
    (tmp_path / "truth" / "clip" / "gt" / "gt.txt").write_text(truth, encoding="utf-8")
    (tmp_path / "truth" / "clip" / "seqinfo.ini").write_text(INFO.format(5), encoding="utf-8")
    (tmp_path / "tracks").mkdir()
    tracks = "".join(PERSON.format(frame, one) for frame, one in [(1, 7), (2, 7), (4, 8)])
    (tmp_path / "tracks" / "clip.txt").write_text(tracks, encoding="utf-8")
    return tmp_path


def evaluate(*words: object) -> int:
    return main(["evaluate", "tracking", *map(str, words)])


def test_a_file_against_a_file(clip: Path, capsys: Captured) -> None:
    truth = clip / "truth" / "clip" / "gt" / "gt.txt"
    target = clip / "figures.json"
    assert evaluate(clip / "tracks" / "clip.txt", truth, "--json", target) == EXIT_OK
    said = capsys.readouterr()
    assert "clip" in said.out
    assert "combined" not in said.out
    assert said.err == ""
    found = json.loads(target.read_text(encoding="utf-8"))["clip"]
    assert (found["MOTA"], found["IDSW"], found["FN"], found["frames"]) == (0.5, 1, 1, 5)
    assert found["IDF1"] == pytest.approx(4 / 7)


def test_folders_have_a_row_for_all_together(clip: Path, capsys: Captured) -> None:
    other = clip / "truth" / "other" / "gt"
    other.mkdir(parents=True)
    (other / "gt.txt").write_text(PERSON.format(1, 1), encoding="utf-8")
    (clip / "tracks" / "other.txt").write_text(PERSON.format(1, 3), encoding="utf-8")
    target = clip / "figures.csv"
    assert evaluate(clip / "tracks", clip / "truth", "--csv", target) == EXIT_OK
    assert "combined" in capsys.readouterr().out
    with target.open(encoding="utf-8", newline="") as file:
        rows = {row["sequence"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["clip", "other", "combined"]
    assert float(rows["combined"]["MOTA"]) == pytest.approx(1 - 2 / 5)
    assert rows["combined"]["people"] == "2"


def test_frames_without_truth_count_only_where_it_is_said(clip: Path, capsys: Captured) -> None:
    truth, tracks = clip / "some.txt", clip / "tracks" / "clip.txt"
    truth.write_text(PERSON.format(1, 1) + PERSON.format(4, 1), encoding="utf-8")
    target = clip / "figures.json"

    def false_boxes(*words: str) -> int:
        assert evaluate(tracks, truth, "--json", target, "--overwrite", *words) == EXIT_OK
        found: int = json.loads(target.read_text(encoding="utf-8"))["clip"]["FP"]
        return found

    assert false_boxes() == 0
    assert "2 frames in the ground truth counted, and 1 other is not" in capsys.readouterr().err
    assert false_boxes("--frames", "listed") == 0
    assert capsys.readouterr().err == ""
    assert false_boxes("--frames", "all") == 1


def test_a_track_after_the_end_is_refused(clip: Path, capsys: Captured) -> None:
    with (clip / "tracks" / "clip.txt").open("a", encoding="utf-8") as file:
        file.write(PERSON.format(6, 7))
    assert evaluate(clip / "tracks", clip / "truth") == EXIT_FAILED
    said = capsys.readouterr().err
    assert "clip.txt: frame 6 is after the last of clip, 5" in said
    assert len(said.splitlines()) == 1


def test_who_can_hardly_be_seen_is_left_out_if_asked(clip: Path, capsys: Captured) -> None:
    truth = clip / "truth" / "clip" / "gt" / "gt.txt"
    lines = truth.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2][:-1] + "0.1"  # the frame in which nobody is followed
    truth.write_text("\n".join(lines), encoding="utf-8")
    target = clip / "figures.json"
    words = clip / "tracks", clip / "truth", "--json", target
    assert evaluate(*words, "--visible", "0.3") == EXIT_OK
    assert json.loads(target.read_text(encoding="utf-8"))["clip"]["FN"] == 0


def test_wrong_use_and_bad_files_are_one_line(clip: Path, capsys: Captured) -> None:
    tracks, truth = clip / "tracks" / "clip.txt", clip / "truth" / "clip" / "gt" / "gt.txt"
    broken = clip / "broken.txt"
    broken.write_text(PERSON.format(1, 7) * 2, encoding="utf-8")
    for words, code in (
        ((tracks,), EXIT_USAGE),
        ((tracks, truth, "--iou", "0"), EXIT_USAGE),
        ((tracks, truth, "--iou", "1.5"), EXIT_USAGE),
        ((tracks, truth, "--frames", "some"), EXIT_USAGE),
        ((tracks, clip / "gone.txt"), EXIT_FAILED),
        ((tracks, clip / "truth"), EXIT_FAILED),
        ((broken, truth), EXIT_FAILED),
        ((tracks, truth, "--json", broken), EXIT_FAILED),
        ((tracks, truth, "--csv", tracks, "--overwrite"), EXIT_FAILED),
    ):
        assert evaluate(*words) == code, words
        assert len(capsys.readouterr().err.splitlines()) == 1
