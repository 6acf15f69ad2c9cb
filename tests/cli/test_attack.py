"""``passerby attack`` on few people, by few attacks, with a network of a few weights."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.attack.conftest import leave

from passerby.attack import gate
from passerby.attack.attacks import averaging
from passerby.attack.people import synthetic_people
from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]

LABELS = {"name", "knowledge", "chance", "clear", "success", "low", "high"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    leave(
        monkeypatch,
        attacks=("averaging", "colour-map", "label-regression", "linkability", "missed-frames"),
        controls=("black",),
    )
    monkeypatch.setattr(averaging, "FRAME_COUNTS", (2,))
    monkeypatch.setattr(averaging, "RECOGNISERS", ("label-regression",))


@pytest.fixture(scope="module")
def crops(tmp_path_factory) -> Path:
    """People who do not exist, named as those of Market-1501."""
    folder = tmp_path_factory.mktemp("crops")
    people = synthetic_people(8, cameras=2, images=2)
    for number, (image, who, camera) in enumerate(
        zip(people.images, people.ids, people.cameras, strict=True)
    ):
        cv2.imwrite(str(folder / f"{who:04d}_c{camera}s1_{number:06d}_00.png"), image)
    return folder


def attacked(*words: object) -> int:
    return main(["attack", *map(str, words)])


def error(capsys: Captured) -> str:
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_a_report_is_written_and_its_figures_are_printed(
    tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    words = ["--anonymizer", "blackout", "--regions", "frame", "--people", 8]
    folder = tmp_path / "report"
    words += ["--purpose", "linking"]
    assert attacked(*words, "--model", colours_model, "-o", folder) == EXIT_OK
    assert json.loads((folder / "report.json").read_text())["purpose"] == "linking"
    printed = capsys.readouterr().out
    for text in ("linkability of 10", "2 frames", "controls passed: 1 of 1"):
        assert text in printed
    written = {path.name for path in folder.iterdir()}
    assert written == {"plots.png", "report.html", "report.json", "report.pdf", "scores.parquet"}
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert record["gate"]["passed"] is True
    assert all(set(one) >= LABELS for one in record["attacks"])
    assert record["settings"] == {
        "tier": "quick",
        "model": "colours.onnx",
        "seed": 0,
        "people": 8,
        "anonymizer": "blackout",
        "regions": "frame",
    }
    assert "The operator blackout on frame" in (folder / "report.html").read_text(encoding="utf-8")


def test_pairs_of_folders_of_anybody_s_anonymizer_are_attacked(
    crops: Path, tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in crops.iterdir():
        cv2.imwrite(str(copy / path.name), 255 - cv2.imread(str(path)))
    words = ["--clear", crops, "--anonymized", copy, "--model", colours_model]
    reports = []
    for name in ("one", "same"):
        assert attacked(*words, "-o", tmp_path / name) == EXIT_OK
        reports.append((tmp_path / name / "report.json").read_bytes())
    assert reports[0] == reports[1]
    found = json.loads(reports[0])["attacks"]
    explained = {
        one["name"]: one["success"] for one in found if one["measure"] == "explained variance, all"
    }
    assert explained["colour-map"] > 0.999
    assert "averaging" not in {one["name"] for one in found}
    assert str(tmp_path) not in reports[0].decode()


def test_crops_of_your_own_are_anonymized_and_attacked(
    crops: Path, tmp_path: Path, colours_model: str
) -> None:
    words = ["--anonymizer", "van-rooijen-black", "--data", crops, "--model", colours_model]
    assert attacked(*words, "-o", tmp_path / "report") == EXIT_OK
    record = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert record["anonymizer"] == "The preset van-rooijen-black"


def test_figures_that_are_not_valid_are_stamped_and_the_command_fails(
    tmp_path: Path, colours_model: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_beats_chance", lambda *_: "it leaks")
    words = ["--anonymizer", "blackout", "--people", 8, "--model", colours_model]
    assert attacked(*words, "-o", tmp_path / "report") == EXIT_FAILED
    assert "not valid: control black: it leaks" in error(capsys)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "NOT VALID" in page
    assert "anonymous" not in page


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "say what to attack"),
        (["--clear", "a"], "say what to attack"),
        (["--anonymizer", "magic"], "unknown anonymizer 'magic'"),
        (["--anonymizer", "blackout", "--clear", "a"], "not both"),
        (["--clear", "a", "--anonymized", "b", "--regions", "heads"], "belong to --anonymizer"),
        (["--anonymizer", "blackout", "--people", "5"], "--people"),
        (["--anonymizer", "blackout", "--tier", "endless"], "--tier"),
        (["--anonymizer", "blackout", "--people", "6", "--faces", "f"], "give both"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    words: list[str], complaint: str, tmp_path: Path, capsys: Captured
) -> None:
    assert attacked(*words, "-o", tmp_path / "report") == EXIT_USAGE
    assert complaint in error(capsys)
    assert not (tmp_path / "report").exists()


def test_folders_that_hold_no_pairs_leave_no_report(
    crops: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "empty").mkdir()
    words = ["--clear", crops, "--anonymized", tmp_path / "empty"]
    assert attacked(*words, "-o", tmp_path / "report") == EXIT_FAILED
    assert "32 of 32 pictures" in error(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_one_identity_is_too_few(tmp_path: Path, capsys: Captured) -> None:
    for camera in (1, 2):
        cv2.imwrite(str(tmp_path / f"7_c{camera}_0.png"), np.zeros((8, 8, 3), np.uint8))
    words = ["--clear", tmp_path, "--anonymized", tmp_path]
    assert attacked(*words, "-o", tmp_path / "report") == EXIT_FAILED
    assert "1 different people" in error(capsys)


def test_a_report_that_is_there_is_kept(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").touch()
    words = ["--anonymizer", "blackout", "-o", tmp_path / "report"]
    assert attacked(*words) == EXIT_FAILED
    assert "is not empty" in error(capsys)


def test_a_video_is_attacked_along_its_tracks(
    tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (8, 3))
    lines = []
    for folder in ("clear", "copy"):
        (tmp_path / folder).mkdir()
        for frame in range(1, 8):
            image = rng.integers(80, 110, (64, 96, 3)).astype(np.uint8)
            for who, colour in enumerate(colours):
                image[8 + frame : 40 + frame, 12 * who : 12 * who + 10] = colour
                if folder == "clear":
                    lines.append(f"{frame},{who + 1},{12 * who},{8 + frame},10,32,1,-1,-1,-1")
            cv2.imwrite(str(tmp_path / folder / f"{frame}.png"), image)
    (tmp_path / "tracks.txt").write_text("\n".join(lines))
    words = ["video", tmp_path / "clear", tmp_path / "copy", "--tracks", tmp_path / "tracks.txt"]
    assert attacked(*words, "--model", colours_model, "-o", tmp_path / "report") == EXIT_OK
    record = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    found = {one["name"]: one for one in record["attacks"]}
    assert found["missed-frames"]["success"] == 1
    assert found["missed-frames"]["frames"] == 7
    assert found["label-regression"]["clear"] > 0.5
