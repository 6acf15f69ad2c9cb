"""``passerby anonymize`` from the command line: its options, what it prints, its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED, EXIT_USAGE
from passerby.detections import Detections
from passerby.errors import DetectionError
from passerby.files.hashing import sha256_of
from passerby.models.cards import MODELS
from passerby.models.obfuscators import create_obfuscator, export_obfuscator
from passerby.pipeline import stages
from passerby.runs.anonymize import batch
from passerby.sources import open_source
from passerby.types import Image as Pixels
from passerby.types import Sink

Film = Callable[..., Path]
Capture = pytest.CaptureFixture[str]

LEFT_HEAD, RIGHT_HEAD = (14, 25), (14, 75)
"""A pixel (row, column) of each head of the two whom `two` shows."""
FLOOR = (60, 48)


def two(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20, 10, 10, 40, 255), (70, 10, 10, 40, 250)]


def nobody(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return []


def pixels(path: Path) -> np.ndarray:
    """All frames, shape (n, height, width, 3)."""
    with open_source(path) as source:
        return np.stack([frame.image for frame in source])


def covered(path: Path, pixel: tuple[int, int]) -> list[bool]:
    """Whether a pixel is black, frame by frame."""
    return [not frame[pixel].any() for frame in pixels(path)]


@pytest.fixture
def street(film: Film) -> Path:
    return film("street.mkv", two)


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    return tmp_path / "safe.mkv"


def run(source: Path, output: Path, *words: object) -> int:
    fixed = ["anonymize", str(source), "-o", str(output), "--codec", "ffv1"]
    return main([*fixed, *map(str, words)])


# --- What is covered -----------------------------------------------------------------------


def test_by_default_all_heads_are_black_and_the_rest_is_as_it_was(
    street: Path, safe: Path, bright_people: None
) -> None:
    assert run(street, safe) == EXIT_OK
    assert all(covered(safe, LEFT_HEAD))
    assert all(covered(safe, RIGHT_HEAD))
    np.testing.assert_array_equal(pixels(safe)[:, 48:], pixels(street)[:, 48:])


@pytest.mark.parametrize(
    ("option", "left", "right"), [("--keep", False, True), ("--only", True, False)]
)
def test_keep_and_only_choose_by_the_numbers_in_the_report(
    street: Path,
    safe: Path,
    tmp_path: Path,
    bright_people: None,
    option: str,
    left: bool,
    right: bool,
) -> None:
    assert run(street, safe, "--report", tmp_path / "r.json") == EXIT_OK
    frames = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["items"][0]["frames"]
    (number,) = {box["track"] for f in frames for box in f["boxes"] if box["box"][0] < 48}
    chosen = tmp_path / "chosen.mkv"
    assert run(street, chosen, option, number) == EXIT_OK
    assert set(covered(chosen, LEFT_HEAD)) == {left}
    assert set(covered(chosen, RIGHT_HEAD)) == {right}


@pytest.mark.parametrize("option", ["--keep", "--only"])
def test_numbers_are_of_one_video_and_refused_for_anything_else(
    street: Path, safe: Path, tmp_path: Path, capsys: Capture, option: str
) -> None:
    (tmp_path / "in").mkdir()
    still = tmp_path / "in" / "still.png"
    Image.new("RGB", (8, 8)).save(still)
    for sources in ([still], [tmp_path / "in"], [street, still]):
        words = [str(source) for source in sources]
        assert main(["anonymize", *words, "-o", str(safe), option, "3"]) == EXIT_USAGE
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"passerby: {option}")
        assert not safe.exists()


@pytest.mark.parametrize("option", ["--keep", "--only"])
def test_a_number_that_nobody_has_is_told_and_not_vouched_for(
    street: Path, safe: Path, tmp_path: Path, bright_people: None, capsys: Capture, option: str
) -> None:
    report = tmp_path / "r.json"
    words = [option, "99", "--strict", "--self-check", "--report", report]
    assert run(street, safe, *words) == EXIT_UNVOUCHED
    told = f"no track has the number 99 ({option})"
    assert told in capsys.readouterr().err
    written = json.loads(report.read_text(encoding="utf-8"))
    assert written["summary"]["no_known_problem"] is False
    assert told in written["items"][0]["notes"][-1]


def test_the_self_check_counts_who_was_left_by_number_apart(
    street: Path, safe: Path, tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    with av.open(str(street)) as container:
        width, height = container.streams.video[0].width, container.streams.video[0].height
    (tmp_path / "boxes.txt").write_text(
        f"# source sha256={sha256_of(street)} frames=30 size={width}x{height}\n"
        + "".join(f"{n},1,20,10,10,40,1\n{n},2,70,10,10,40,1\n" for n in range(1, 31))
    )
    words = ["--detections", tmp_path / "boxes.txt", "--keep", "1", "--self-check", "--strict"]
    assert run(street, safe, *words) == EXIT_OK
    assert "0 of 24 people and faces found again are uncovered, 12 left by choice" in (
        capsys.readouterr().err
    )


def test_zones_and_times_are_kept(street: Path, safe: Path, bright_people: None) -> None:
    words = ["--leave-zone", "0,0 0.5,0 0.5,1 0,1", "--cover-zone", "40,56 56,56 56,64 40,64"]
    assert run(street, safe, *words, "--cover-time", "0.4-0.6") == EXIT_OK
    inside = [0.4 <= index / 25 <= 0.6 for index in range(30)]
    assert covered(safe, LEFT_HEAD) == inside
    assert all(covered(safe, RIGHT_HEAD))
    assert all(covered(safe, FLOOR))


def test_given_detections_are_covered_and_no_detector_is_asked(
    street: Path, safe: Path, tmp_path: Path
) -> None:
    (tmp_path / "boxes.txt").write_text("1,1,40,4,12,40,0.9\n30,1,40,4,12,40,0.9\n")
    assert run(street, safe, "--detections", tmp_path / "boxes.txt", "--bridge", "5") == EXIT_OK
    assert covered(safe, (8, 46))[0]
    assert not any(covered(safe, LEFT_HEAD))


# --- A configuration file ------------------------------------------------------------------


def config(folder: Path, text: str) -> Path:
    path = folder / "passerby.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_sets_options_and_the_command_line_wins(
    street: Path, safe: Path, tmp_path: Path
) -> None:
    path = config(tmp_path, '[cover]\nregions = ["frame"]\noperator = "blackout"\n')
    assert run(street, safe, "--config", path) == EXIT_OK
    assert all(covered(safe, FLOOR))
    top = tmp_path / "top.mkv"
    assert run(street, top, "--config", path, "--regions", "top") == EXIT_OK
    assert not any(covered(top, FLOOR))
    assert all(covered(top, (2, 2)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[cover]\noperater = 'blank'\n", "did you mean cover.operator"),
        ("[covers]\n", "covers"),
        ("[cover]\noperator = 'blackot'\n", "blackot"),
        ("[cover\n", "is not valid TOML"),
        ("[find]\nevery = 'often'\n", "often"),
        ("[run]\nreport = 3\n", "run.report"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_the_file(
    street: Path, safe: Path, tmp_path: Path, capsys: Capture, text: str, told: str
) -> None:
    path = config(tmp_path, text)
    assert run(street, safe, "--config", path) == EXIT_USAGE
    printed = capsys.readouterr()
    assert told in printed.err
    assert str(path) in printed.err
    assert printed.err.count("\n") == 1
    assert not safe.exists()


def test_a_file_that_is_not_there_is_one_line(street: Path, safe: Path, capsys: Capture) -> None:
    assert run(street, safe, "--config", "gone.toml") == EXIT_USAGE
    assert "gone.toml does not exist" in capsys.readouterr().err


# --- What is printed -----------------------------------------------------------------------


def test_results_are_told_on_the_error_stream_alone(
    street: Path, safe: Path, bright_people: None, capsys: Capture
) -> None:
    assert run(street, safe) == EXIT_OK
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"done    {street} -> {safe}" in printed.err
    assert "30 frames in" in printed.err


def test_json_is_alone_on_the_output_stream(
    street: Path, safe: Path, bright_people: None, capsys: Capture
) -> None:
    assert run(street, safe, "--json", "--self-check") == EXIT_OK
    printed = capsys.readouterr()
    assert printed.err == ""
    told = json.loads(printed.out)
    assert (told["inputs"], told["done"], told["frames"], told["tracks"]) == (1, 1, 30, 2)
    (item,) = told["items"]
    assert (item["input"], item["output"]) == (str(street), str(safe))
    assert (item["status"], item["error"], item["self_check"]["uncovered"]) == ("done", None, [])


def test_json_tells_failures_too(tmp_path: Path, capsys: Capture) -> None:
    broken = tmp_path / "a.mp4"
    broken.write_text("no video", encoding="utf-8")
    assert main(["anonymize", str(broken), "--regions", "top", "--json"]) == EXIT_FAILED
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert told["failed"] == [str(broken)]
    assert "neither a picture nor a video" in told["items"][0]["error"]


def test_quiet_is_silent(street: Path, safe: Path, bright_people: None, capsys: Capture) -> None:
    assert run(street, safe, "--quiet", "--self-check") == EXIT_OK
    assert capsys.readouterr() == ("", "")


def test_at_the_end_all_failures_and_what_is_to_be_looked_at_are_listed(
    film: Film, tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    film("in/a.mkv", lambda frame: two(frame) if frame < 1 else [])
    for name in ("b.mp4", "c.mp4"):
        (tmp_path / "in" / name).write_text("no video", encoding="utf-8")
    (tmp_path / "in" / "notes.txt").write_text("no media", encoding="utf-8")
    report = str(tmp_path / "r.json")
    words = [str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--report", report]
    assert main(["anonymize", *words]) == EXIT_FAILED
    end = capsys.readouterr().err.splitlines()[-5:]
    assert end[0].startswith("passerby: 1 file in folders left out: no picture, no video, such as ")
    assert end[1] == "passerby: 1 of 3 inputs done"
    assert [f"{tmp_path}/in/{name}" in line for name, line in zip("bc", end[2:4], strict=True)]
    # One was seen once, and one is where both were seen last.
    assert end[4] == f"passerby: 2 frames are worth a look: passerby review {report}"


def test_copies_of_an_earlier_run_are_not_anonymized_again(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.png", "lone_anonymized.png"):
        Image.new("RGB", (8, 8), "white").save(folder / name)
    words = ["anonymize", str(folder), "--regions", "frame"]
    assert main(words) == EXIT_OK
    first = ["a.png", "a_anonymized.png", "lone_anonymized.png", "lone_anonymized_anonymized.png"]
    assert sorted(path.name for path in folder.iterdir()) == first
    capsys.readouterr()
    assert main([*words, "--overwrite"]) == EXIT_OK
    assert "passerby: 2 copies beside the originals left out\n" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == first
    assert main([*words, "-o", str(tmp_path / "out")]) == EXIT_OK
    assert "left out" not in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == first


def test_files_have_no_duration(street: Path, safe: Path, capsys: Capture) -> None:
    assert run(street, safe, "--duration", "1") == EXIT_USAGE
    assert "duration is only for cameras and live streams" in capsys.readouterr().err
    assert not safe.exists()


def test_a_picture_is_covered_by_any_time_and_that_is_the_reason(
    tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    Image.new("RGB", (8, 8), "white").save(tmp_path / "a.png")
    safe = tmp_path / "safe.png"
    assert main(["anonymize", str(tmp_path / "a.png"), "-o", str(safe), "--cover-time=-30"]) == 0
    assert not pixels(safe).any()
    told = capsys.readouterr().err
    assert "1 frame covered in full: a picture has no time" in told


# --- Vouching ------------------------------------------------------------------------------


def test_whom_a_zone_leaves_the_self_check_counts_apart(
    street: Path, safe: Path, bright_people: None, capsys: Capture
) -> None:
    words = ["--leave-zone", "0,0 0.5,0 0.5,1 0,1", "--self-check"]
    assert run(street, safe, *words, "--json", "--strict") == EXIT_OK
    (item,) = json.loads(capsys.readouterr().out)["items"]
    check = item["self_check"]
    assert (check["uncovered"], check["left_by_choice"]) == ([], check["frames"])


def test_the_self_check_finds_who_is_missing_in_a_file_and_strict_says_so(
    street: Path, safe: Path, tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("".join(f"{n},2,70,10,10,40,1\n" for n in range(1, 31)))
    words = ["--detections", boxes, "--self-check"]
    assert run(street, safe, *words, "--json") == EXIT_OK
    (item,) = json.loads(capsys.readouterr().out)["items"]
    uncovered = item["self_check"]["uncovered"]
    assert {tuple(one["box"]) for one in uncovered} == {(20, 10, 10, 40)}
    assert len(uncovered) == item["self_check"]["frames"] >= 10
    assert run(street, tmp_path / "b.mkv", *words, "--strict") == EXIT_UNVOUCHED


def test_a_weak_setting_is_told_once_and_vouched_for_all_the_same(
    street: Path, safe: Path, tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    report = tmp_path / "r.json"
    words = ["--operator", "median", "--strength", "3px", "--strict", "--report", report]
    assert run(street, safe, *words) == EXIT_OK
    assert capsys.readouterr().err.count("median at 3px is weaker than its default") == 1
    written = json.loads(report.read_text(encoding="utf-8"))
    assert any("median at 3px" in note for note in written["notes"])
    assert written["summary"]["no_known_problem"] is True


def test_strict_is_content_when_everybody_is_covered(
    street: Path, safe: Path, bright_people: None
) -> None:
    assert run(street, safe, "--strict", "--self-check") == EXIT_OK


@pytest.mark.slow
@pytest.mark.parametrize(
    "failing", [DetectionError("too dark"), ValueError("a bug"), MemoryError()]
)
def test_a_failing_detector_covers_all_and_strict_says_so(
    street: Path,
    safe: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    failing: Exception,
) -> None:
    def detector(_image: Pixels) -> Detections:
        raise failing

    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: detector)
    assert run(street, safe) == EXIT_OK
    assert not pixels(safe).any()
    assert "30 frames covered in full: the detector failed" in capsys.readouterr().err
    assert run(street, tmp_path / "b.mkv", "--strict", "--quiet") == EXIT_UNVOUCHED


@pytest.mark.slow
@pytest.mark.shared
def test_the_self_check_with_real_detectors(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    picture = shared / "data" / "detection" / "fudanped" / "images" / "FudanPed00001.jpg"
    words = ["anonymize", str(picture), "--self-check", "--json", "--threshold", "0.5"]
    everything = [*words, "-o", str(tmp_path / "a.png"), "--regions", "people"]
    assert main(everything) == EXIT_OK
    check = json.loads(capsys.readouterr().out)["items"][0]["self_check"]
    assert check["uncovered"] == []
    left = [*words, "-o", str(tmp_path / "b.png"), "--leave-zone", "0,0 1,0 1,1 0,1"]
    assert main(left) == EXIT_OK
    check = json.loads(capsys.readouterr().out)["items"][0]["self_check"]
    assert (check["uncovered"], check["left_by_choice"] > 0) == ([], True)
    nothing = [*words, "-o", str(tmp_path / "c.png"), "--detections", nobody_in(picture, tmp_path)]
    assert main(nothing) == EXIT_OK
    check = json.loads(capsys.readouterr().out)["items"][0]["self_check"]
    assert len(check["uncovered"]) > 0


def nobody_in(picture: Path, folder: Path) -> str:
    """A file of detections that says that nobody is in a picture."""
    path = folder / "nobody.json"
    images = [{"id": 1, "file_name": picture.name}]
    categories = [{"id": 1, "name": "person"}]
    path.write_text(json.dumps({"images": images, "annotations": [], "categories": categories}))
    return str(path)


# --- With nothing but what comes with the package -------------------------------------------


@pytest.fixture
def white(tmp_path: Path) -> Path:
    """A picture with one white square, person and head at once to the network of the tests."""
    image = np.zeros((64, 64, 3), np.uint8)
    image[24:32, 40:48] = 255
    path = tmp_path / "in" / "white.png"
    path.parent.mkdir()
    for one in (path, path.with_name("again.png")):
        Image.fromarray(image).save(one)
    return path


def test_without_any_download_heads_are_covered_and_that_is_said_once(
    white: Path, tmp_path: Path, built_in_alone: str, capsys: Capture
) -> None:
    report = tmp_path / "r.json"
    words = ["anonymize", str(white.parent), "-o", str(tmp_path / "out")]
    assert main([*words, "--size", "64", "--report", str(report)]) == EXIT_OK
    assert not pixels(tmp_path / "out" / "white.png").any()
    told = capsys.readouterr().err
    assert told.count("heads are used instead") == 1
    written = json.loads(report.read_text(encoding="utf-8"))
    assert list(written["models"]) == [built_in_alone]
    assert len(written["notes"]) == 1
    assert written["notes"][0] in told


def test_the_self_check_needs_no_download_either(
    white: Path, tmp_path: Path, built_in_alone: str, capsys: Capture
) -> None:
    words = ["anonymize", str(white), "-o", str(tmp_path / "safe.png"), "--size", "64"]
    words += ["--self-check", "--json"]
    assert main([*words, "--strict"]) == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert len(told["notes"]) == 1
    nobody = ["--overwrite", "--detections", nobody_in(white, tmp_path)]
    assert main([*words, *nobody]) == EXIT_OK
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert "head" in {one["kind"] for one in item["self_check"]["uncovered"]}


@pytest.mark.parametrize("words", [["--regions", "faces"], ["--face-model", "yunet-n"]])
def test_who_wants_faces_by_name_is_told_what_is_missing(
    white: Path, tmp_path: Path, built_in_alone: str, capsys: Capture, words: list[str]
) -> None:
    assert main(["anonymize", str(white), "-o", str(tmp_path / "x.png"), *words]) == EXIT_FAILED
    assert "passerby models pull" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


# --- What is written beside the output -----------------------------------------------------


@pytest.mark.parametrize("option", ["--report", "--save-detections"])
def test_what_lies_beside_is_not_replaced_unasked(
    street: Path, safe: Path, tmp_path: Path, bright_people: None, capsys: Capture, option: str
) -> None:
    beside = tmp_path / "beside.json"
    beside.write_text("precious", encoding="utf-8")
    assert run(street, safe, option, beside) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    assert beside.read_text(encoding="utf-8") == "precious"
    assert not safe.exists()
    assert run(street, safe, option, beside, "--overwrite") == EXIT_OK
    assert json.loads(beside.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "words",
    [
        ["--report", "in/street.mkv"],
        ["--report", "safe.mkv"],
        ["--report", "x.json", "--save-detections", "x.json"],
        ["--save-detections", "boxes.txt", "--detections", "boxes.txt"],
        ["--report", "safe.toml", "--config", "safe.toml"],
    ],
)
def test_no_two_files_are_one_even_if_they_may_be_replaced(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    film("in/street.mkv", two)
    (tmp_path / "boxes.txt").write_text("1,1,40,4,12,40,0.9\n")
    (tmp_path / "safe.toml").write_text("")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert run(Path("in/street.mkv"), Path("safe.mkv"), *words, "--overwrite") == EXIT_FAILED
    assert "name another file" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


@pytest.mark.parametrize("option", ["--report", "--save-detections"])
def test_a_folder_that_becomes_a_link_meanwhile_is_not_written_into(
    option: str,
    street: Path,
    safe: Path,
    bright_people: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside, other = tmp_path / "beside", tmp_path / "other"
    beside.mkdir()
    other.mkdir()
    (other / "r.json").write_text("precious", encoding="utf-8")
    sink = batch.open_sink

    def opened(*arguments: Any) -> Sink:
        beside.rename(tmp_path / "moved")
        beside.symlink_to(other)
        return sink(*arguments)

    monkeypatch.setattr(batch, "open_sink", opened)
    assert run(street, safe, option, beside / "r.json", "--overwrite") == EXIT_FAILED
    assert (other / "r.json").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("option", ["--report", "--save-detections"])
def test_a_folder_that_is_not_there_is_told_before_the_work(
    street: Path, safe: Path, tmp_path: Path, capsys: Capture, option: str
) -> None:
    assert run(street, safe, option, tmp_path / "gone" / "x.json") == EXIT_FAILED
    assert "there is no folder" in capsys.readouterr().err
    assert not safe.exists()


def test_nothing_but_the_outputs_is_left(
    street: Path, safe: Path, tmp_path: Path, bright_people: None
) -> None:
    assert run(street, safe, "--report", tmp_path / "r.json", "--self-check") == EXIT_OK
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "safe.mkv", "street.mkv"]


# --- Number plates and other things that users name ------------------------------------------


@pytest.fixture
def drive(film: Film) -> Path:
    """A white plate of 8x8 pixels that drives past, 8 pixels every frame."""
    return film("drive.mkv", lambda frame: [(8 * frame, 104, 8, 8, 255)], size=(320, 240))


@pytest.mark.slow
def test_plates_are_covered_tracked_reported_and_checked(
    drive: Path, safe: Path, plates_model: str, built_in_alone: str, tmp_path: Path
) -> None:
    report = tmp_path / "safe.json"
    words = ["--object-model", plates_model, "--classes", "plate", "--report", report]
    assert run(drive, safe, *words, "--self-check", "--strict") == EXIT_OK
    assert (pixels(drive) == 255).all(axis=3).any(axis=(1, 2)).all()
    assert not (pixels(safe) == 255).all(axis=3).any()
    told = json.loads(report.read_text(encoding="utf-8"))
    assert set(told["models"]) == {built_in_alone, plates_model}
    (item,) = told["items"]
    assert {track["kind"] for track in item["tracks"]} >= {"object"}
    assert item["self_check"]["uncovered"] == []


@pytest.mark.slow
def test_boxes_of_things_are_saved_and_cover_nearly_the_same_again(
    drive: Path,
    safe: Path,
    plates_model: str,
    built_in_alone: str,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    again = tmp_path / "again.mkv"
    bare = "lists objects, which stay uncovered: add --regions heads,objects"
    for name in ("boxes.json", "boxes.txt"):
        boxes = tmp_path / name
        words = ["--object-model", plates_model, "--classes", "plate", "--overwrite"]
        assert run(drive, safe, *words, "--save-detections", boxes) == EXIT_OK
        regions = ["--regions", "heads,objects", "--overwrite"]
        assert run(drive, again, "--detections", boxes, *regions, "--strict") == EXIT_OK
        assert (pixels(safe) == pixels(again)).mean() > 0.99
        assert bare not in capsys.readouterr().err
        words = ["--detections", boxes, "--strict", "--overwrite"]
        assert run(drive, again, *words) == EXIT_UNVOUCHED
        assert bare in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--model", "PLATES", "--classes", "plate"], EXIT_FAILED, "finds no people, only plate"),
        (["--classes", "plate"], EXIT_USAGE, "ours has no class 'plate': it has person, head"),
        (["--regions", "objects"], EXIT_USAGE, "objects covers nothing: name what to cover"),
        (["--object-model", "PLATES"], EXIT_USAGE, "no classes are given for"),
        (["--object-model", "PLATES", "--classes", "plat"], EXIT_USAGE, "did you mean plate?"),
        (["--object-model", "PLATES", "--classes", "7"], EXIT_USAGE, "its last one is 1"),
        (
            ["--object-model", "PLATES", "--classes", "plate", "--decoder", "ssd"],
            EXIT_FAILED,
            "does not fit the decoder ssd: for 320x320 pixels its outputs are output0 (1, 6, 2100)",
        ),
        (
            ["--object-model", "PLATES", "--classes", "plate", "--decoder", "yolo"],
            EXIT_USAGE,
            "unknown decoder 'yolo': choose one of",
        ),
        (["--decoder", "yolov8"], EXIT_USAGE, "decoder yolov8 is for a network that is given by"),
        (
            ["--object-model", "PLATES", "--classes", "plate", "--class-names", "missing.txt"],
            EXIT_USAGE,
            "cannot read the names of classes in missing.txt",
        ),
        (["--device", "tpu"], EXIT_USAGE, "device"),
    ],
)
@pytest.mark.usefixtures("built_in_alone")
def test_what_cannot_be_found_is_one_line_and_writes_nothing(
    drive: Path,
    safe: Path,
    plates_model: str,
    capsys: Capture,
    words: list[str],
    code: int,
    said: str,
) -> None:
    words = [plates_model if word == "PLATES" else word for word in words]
    assert run(drive, safe, *words) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not safe.exists()


def test_a_network_of_ones_own_is_not_written_over(
    drive: Path, plates_model: str, built_in_alone: str, capsys: Capture
) -> None:
    words = ["--object-model", plates_model, "--classes", "plate", "--report", plates_model]
    before = Path(plates_model).read_bytes()
    assert run(drive, drive.with_name("out.mkv"), *words, "--overwrite") == EXIT_FAILED
    assert Path(plates_model).read_bytes() == before


def test_frames_for_which_a_network_gives_no_numbers_are_covered_in_full(
    drive: Path,
    safe: Path,
    built_in_alone: str,
    network_giving: Callable[..., Path],
    tmp_path: Path,
) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    network = network_giving({"output0": rows}, picture=(1, 3, 320, 320), blinded=True)
    report = tmp_path / "safe.json"
    words = ["--object-model", network, "--classes", "0", "--report", report, "--strict"]
    assert run(drive, safe, *words) == EXIT_UNVOUCHED
    assert not pixels(safe).any()
    (item,) = json.loads(report.read_text(encoding="utf-8"))["items"]
    assert item["covered_in_full"] == item["frames_written"]
    assert list(item["failures"]) == [
        "the detector failed: the network returned NaN or infinite values: try another model"
    ]


# --- By a network ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def filter_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An obfuscator with drawn weights."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = create_obfuscator("five-layer-filter", initialisation="unit-variance")
    path = tmp_path_factory.mktemp("obfuscator") / "filter.onnx"
    export_obfuscator(network, path, {})
    return path


def learned(*words: object) -> int:
    return main(["anonymize", "--operator", "learned", *map(str, words)])


def test_a_network_turns_pictures_of_all_kinds_into_others(
    filter_model: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (21, 34, 4), np.uint8)
    noise[:7, :, 3] = 0
    Image.fromarray(noise[..., :3]).save(folder / "colour.png")
    Image.fromarray(noise[..., 0]).save(folder / "grey.png")
    Image.fromarray(noise).save(folder / "alpha.png")
    Image.fromarray(noise[:1, :1, :3]).save(folder / "tiny.png")
    report = tmp_path / "report.json"
    words = ["--model", filter_model, "--report", report, "--json"]
    assert learned(folder, "-o", tmp_path / "out", *words) == EXIT_OK
    for name in ("colour", "grey", "alpha", "tiny"):
        before, after = (pixels(tmp_path / place / f"{name}.png") for place in ("in", "out"))
        assert before.shape == after.shape
        assert (before != after).any()
    grey = np.asarray(Image.open(tmp_path / "out" / "alpha.png").convert("RGBA"))
    assert (grey[..., 3] == 255).all()
    told = json.loads(report.read_text(encoding="ascii"))
    assert told["models"] == {"filter.onnx": sha256_of(filter_model)}
    assert told["settings"]["cover"]["regions"] == ["frame"]
    assert any("says nothing of fresh attackers" in note for note in told["notes"])


def test_a_network_turns_each_frame_of_a_video_into_another(
    filter_model: Path, street: Path, safe: Path
) -> None:
    words = ["--operator", "learned", "--model", filter_model, "--quiet"]
    assert run(street, safe, *words) == EXIT_OK
    before, after = pixels(street), pixels(safe)
    assert before.shape == after.shape
    assert ((before != after).any(axis=3).mean(axis=(1, 2)) > 0.9).all()


def test_without_a_name_our_network_is_used(street: Path, safe: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ["--operator", "learned", "--report", report, "--quiet"]
    assert run(street, safe, *words) == EXIT_OK
    told = json.loads(report.read_text(encoding="ascii"))
    assert told["models"] == {"passerby_obfuscator.onnx": MODELS["passerby-obfuscator"].sha256}
    assert any("a fresh attacker explains" in note for note in told["notes"])


def test_without_a_network_nothing_is_written(
    street: Path, safe: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert run(street, safe, "--operator", "learned", "--model", "yolox-nano") == EXIT_USAGE
    assert "needs an obfuscator, and 'yolox-nano' is none" in capsys.readouterr().err
    gone = ["--operator", "learned", "--model", tmp_path / "gone.onnx"]
    assert run(street, safe, *gone) == EXIT_FAILED
    assert "gone.onnx" in capsys.readouterr().err
    assert not safe.exists()
