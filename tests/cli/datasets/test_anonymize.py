"""``passerby datasets anonymize`` from the command line."""

import json
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED, EXIT_USAGE
from passerby.detections import Detections, Kind
from passerby.pipeline import stages
from passerby.runs.vouchers import twin_vouchers
from passerby.twins import copy as picture_copies
from passerby.twins import fingerprint
from passerby.twins.manifest import MANIFEST, read_manifest

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def fresh() -> None:
    picture_copies._pipeline.cache_clear()


def anonymize(root: Path, output: Path, *words: str) -> int:
    return main(["datasets", "anonymize", str(root), str(output), "--workers", "1", *words])


def test_a_twin_is_one_line(market: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "twin"
    assert anonymize(market, out, "--preset", "van-rooijen-9px") == EXIT_OK
    printed = capsys.readouterr()
    assert printed.out == f"{out}: 4 images\n"
    assert "1 file left out (not pictures), such as readme.txt" in printed.err
    assert anonymize(market, out, "--preset", "van-rooijen-9px") == EXIT_OK
    assert capsys.readouterr().out == f"{out}: 4 images, 4 of them from an earlier run\n"


def test_the_twin_may_be_named_as_any_other_output(
    market: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "twin"
    words = ["datasets", "anonymize", str(market), "--regions", "frame", "-o", str(out)]
    assert main([*words, "--workers", "1"]) == EXIT_OK
    assert capsys.readouterr().out == f"{out}: 4 images\n"


@pytest.mark.parametrize("command", ["anonymize", "stats"])
def test_the_help_promises_no_regions_that_nobody_chose(command: str, capsys: Capture) -> None:
    assert main(["datasets", command, "--help"]) == EXIT_OK
    told = capsys.readouterr().out
    assert "--regions" in told
    assert "default: heads" not in told
    assert "default: blackout" not in told


def test_the_share_of_faces_is_told(
    market: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([1, 0, 0, 1])

    def find(image: object) -> Detections:
        return Detections.of([[2, 2, 8, 8]] * next(answers), kinds=Kind.FACE)

    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: find)
    monkeypatch.setattr(fingerprint, "model_hashes", lambda kinds, settings: {"net": "5f"})
    out = tmp_path / "twin"
    assert anonymize(market, out, "--preset", "dietlmeier-zero") == EXIT_OK
    told = f"{out}: 4 images, faces found in 50.0% of them, nobody found in 2\n"
    assert capsys.readouterr().out == told


@pytest.fixture
def head_in_two_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that finds somebody in the second and the fourth picture that it is shown."""
    answers = cycle([0, 1])

    def find(image: object) -> Detections:
        return Detections.of([[2, 2, 8, 8]] * next(answers), kinds=Kind.HEAD)

    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: find)
    monkeypatch.setattr(fingerprint, "model_hashes", lambda kinds, settings: {"net": "5f"})


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("L"), int)


@pytest.mark.usefixtures("head_in_two_of_four")
@pytest.mark.parametrize(("words", "code"), [([], EXIT_OK), (["--strict"], EXIT_UNVOUCHED)])
def test_images_in_which_nobody_was_found_are_counted_and_named(
    market: Path, tmp_path: Path, capsys: Capture, words: list[str], code: int
) -> None:
    out = tmp_path / "twin"
    assert anonymize(market, out, "--regions", "heads", *words) == code
    head, entries = read_manifest(out / MANIFEST)
    bare = sorted(path for path, entry in entries.items() if entry.found == 0)
    assert (head["nobody_found"], len(bare)) == (2, 2)
    printed = capsys.readouterr()
    told = f"nobody was found in 2 of 4 images, such as {bare[0]}; they are left as they are"
    assert told in printed.err
    assert "--if-nobody top" in printed.err
    assert printed.out.endswith("nobody found in 2\n")
    vouchers = twin_vouchers(out)
    weak = {path for path in entries if vouchers[entries[path].sha256].protection.weakness}
    assert weak == set(bare)


@pytest.mark.usefixtures("head_in_two_of_four")
@pytest.mark.parametrize(("choice", "covered"), [("top", 0.25), ("frame", 1.0)])
def test_such_images_can_be_covered_instead(
    market: Path, tmp_path: Path, capsys: Capture, choice: str, covered: float
) -> None:
    out = tmp_path / "twin"
    words = ["--regions", "heads", "--strict", "--if-nobody", choice]
    assert anonymize(market, out, *words) == EXIT_OK
    printed = capsys.readouterr()
    assert "left as they are" not in printed.err
    done = "their tops are covered" if choice == "top" else "these are covered in full"
    assert printed.out.endswith(f"nobody found in 2 ({done})\n")
    _, entries = read_manifest(out / MANIFEST)
    for path, entry in entries.items():
        copy, original = pixels(out / path), pixels(market / path)
        if entry.found == 0:
            edge = round(covered * len(copy))
            assert copy[: edge - 4].max(initial=0) < 16  # JPEG's ringing
            assert np.abs(copy - original)[edge + 8 :].mean() < 8 if edge < len(copy) else True
        else:
            assert np.abs(copy - original)[len(copy) // 2 :].mean() < 8
    vouchers = twin_vouchers(out).values()
    assert not any(voucher.protection.weakness for voucher in vouchers)


def test_without_a_face_model_nothing_is_said_of_faces(
    market: Path, tmp_path: Path, built_in_alone: str, capsys: Capture
) -> None:
    out = tmp_path / "twin"
    assert anonymize(market, out, "--regions", "heads", "--size", "64") == EXIT_OK
    printed = capsys.readouterr()
    assert "faces" not in printed.out
    assert "no face detector is installed" in printed.err
    head, entries = read_manifest(out / MANIFEST)
    assert (head["with_faces"], head["share_with_faces"]) == (None, None)
    assert {entry.faces for entry in entries.values()} == {None}
    (note,) = head["notes"]
    assert "no face detector is installed" in note


def test_a_weak_preset_is_told(market: Path, tmp_path: Path, capsys: Capture) -> None:
    assert anonymize(market, tmp_path / "twin", "--preset", "van-rooijen-3px") == EXIT_OK
    told = "the preset van-rooijen-3px hides nobody"
    assert told in capsys.readouterr().err
    head, _ = read_manifest(tmp_path / "twin" / MANIFEST)
    assert told in head["notes"][0]


def test_the_outcome_as_json(market: Path, tmp_path: Path, capsys: Capture) -> None:
    assert anonymize(market, tmp_path / "twin", "--regions", "frame", "--json") == EXIT_OK
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["images"], outcome["kept"], outcome["with_faces"]) == (4, 0, None)
    assert outcome["name"] == "market1501"


def test_a_bad_picture_is_a_line_and_a_failure(
    market: Path, tmp_path: Path, capsys: Capture
) -> None:
    bad = market / "query" / "0007_c1s1_000001_00.jpg"
    bad.write_bytes(bad.read_bytes()[:300])
    spare = "0008_c1s1_000001_00.jpg"
    (market / "query" / spare).write_bytes(
        next((market / "bounding_box_test").iterdir()).read_bytes()
    )
    assert anonymize(market, tmp_path / "twin", "--regions", "top") == EXIT_FAILED
    told = capsys.readouterr().err
    assert f"passerby: {bad} is damaged" in told
    assert "the twin lacks 1 query image" in told
    assert not (tmp_path / "twin" / "query" / bad.name).exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], EXIT_USAGE, "choose how to anonymize: --preset NAME or --regions NAMES"),
        (["--operator", "median"], EXIT_USAGE, "choose how to anonymize"),
        (["--regions", "top", "--only", "3"], EXIT_USAGE, "--only"),
        (["--regions", "top", "--keep", "3"], EXIT_USAGE, "--keep"),
        (["--regions", "top", "--cover-time", "-3"], EXIT_USAGE, "--cover-time"),
        (["--preset", "van-rooijen"], EXIT_USAGE, "unknown preset"),
        (["--regions", "top", "--strength", "x"], EXIT_USAGE, "x"),
        (["--regions", "top", "--image-quality", "0"], EXIT_USAGE, "must be >= 1"),
    ],
)
def test_wrong_use_is_one_clear_line(
    market: Path, tmp_path: Path, capsys: Capture, words: list[str], code: int, told: str
) -> None:
    assert anonymize(market, tmp_path / "twin", *words) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line.lower() or told in line
    assert not (tmp_path / "twin").exists()


@pytest.mark.parametrize("place", ["market", "market/twin", "full"])
def test_a_place_that_is_taken(market: Path, tmp_path: Path, capsys: Capture, place: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious.txt").touch()
    before = sorted(tmp_path.rglob("*"))
    assert anonymize(market, tmp_path / place, "--regions", "top") == EXIT_FAILED
    *_, last = capsys.readouterr().err.splitlines()
    assert "name another folder" in last or "name an empty folder" in last
    assert sorted(tmp_path.rglob("*")) == before
