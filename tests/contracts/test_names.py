"""Files may be called anything: every command reads and writes them, and no terminal obeys them."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK

Capture = pytest.CaptureFixture[str]
Film = Callable[..., Path]

NAMES = {
    "no text": os.fsdecode(b"caf\xe9\xff"),
    "control characters": "a\x1b]0;owned\x07\x9b31m\x85\u202egpj",
    "line ends": "a\nb\r\nc",
    "markup": "[red]a[bold] :smile: {0} %s",
    "quotes": 'it\'s "a" \\ `b` $(c)',
    "a dash": "-a",
    "long": "n" * 251,
}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return NAMES[request.param]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Film, name: str, colours_model: str
) -> Path:
    """A folder with a picture, a video and a data set whose names are odd."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Image.new("RGB", (32, 24), (90, 90, 90)).save(Path("in", "plain.png"))
    Path("in", "plain.png").rename(Path("in", f"{name}.png"))
    return tmp_path


def run(capsys: Capture, *words: object, code: int = EXIT_OK) -> str:
    """Run a command; returns what it printed, of which a terminal obeys nothing."""
    capsys.readouterr()
    assert main([str(word) for word in words]) == code, capsys.readouterr()
    printed = capsys.readouterr()
    for stream in printed:
        assert all(line.isprintable() for line in stream.split("\n")), stream
        stream.encode()
    return printed.out


@pytest.mark.slow
def test_pictures_are_anonymized_detected_and_reviewed(
    desk: Path, name: str, bright_people: None, capsys: Capture
) -> None:
    run(capsys, "anonymize", "in", "-o", "out", "--report", "r.json", "--self-check")
    assert [path.name for path in Path("out").iterdir()] == [f"{name}.png"]
    report = json.loads(Path("r.json").read_text(encoding="ascii"))
    assert report["items"][0]["input"]["name"] == f"in/{name}.png"
    assert report["items"][0]["output"]["name"] == f"out/{name}.png"
    run(capsys, "review", "r.json")
    run(capsys, "report", "r.json")
    summary = json.loads(run(capsys, "anonymize", "in", "-o", "again", "--json"))
    assert summary["items"][0]["input"] == f"in/{name}.png"


@pytest.mark.slow
def test_boxes_are_listed_and_given_back(
    desk: Path, name: str, built_in_alone: str, capsys: Capture
) -> None:
    image = np.zeros((96, 128, 3), np.uint8)
    image[24:32, 40:48] = 255
    Image.fromarray(image).save("white.png")
    Path("white.png").rename(Path("in", f"{name}.png"))
    run(capsys, "detect", "in", "-o", "boxes.json", "--size", "128")
    boxes = json.loads(Path("boxes.json").read_text(encoding="ascii"))
    assert {one["file_name"] for one in boxes} == {f"{name}.png"}
    run(capsys, "anonymize", "in", "-o", "out", "--detections", "boxes.json")
    covered = np.asarray(Image.open(Path("out", f"{name}.png")))
    assert not covered[24:32, 40:48].any()


@pytest.mark.slow
def test_videos_are_tracked(
    tmp_path: Path, film: Film, name: str, built_in_alone: str, capsys: Capture
) -> None:
    clip = film("walk.mkv", lambda frame: [(40, 24, 8, 8, 255)]).rename(tmp_path / f"{name}.mkv")
    tracks, copy = tmp_path / f"{name}.txt", tmp_path / f"{name}.mp4"
    words = ["--video", copy, "--people", tmp_path / "p.csv", "--size", "128"]
    assert "1 person" in run(capsys, "track", clip, "-o", tracks, *words)
    assert tracks.read_text(encoding="ascii").startswith("1,1,")
    assert copy.stat().st_size > 0


def test_signatures_keep_names(desk: Path, name: str, colours_model: str, capsys: Capture) -> None:
    words = ["describe", "in", "-o", "s.npz", "--model", colours_model, "--maps", "maps.png"]
    run(capsys, *words, "--raw")
    with np.load("s.npz") as arrays:
        assert arrays["paths"].tolist() == [f"{name}.png"]


@pytest.mark.slow
def test_data_sets_are_checked_counted_and_anonymized(
    desk: Path, name: str, colours_model: str, capsys: Capture
) -> None:
    if "\\" in name:
        pytest.skip("lists of data sets from Windows have such names for paths")
    root = Path("set")
    for number, place in enumerate(("query/1_c1", "gallery/1_c2", "gallery/2_c1")):
        folder, stem = place.split("/")
        (root / folder).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 16), (number, 9, 9)).save("one.png")
        Path("one.png").rename(root / folder / f"{stem}{name[:230]}.png")
    run(capsys, "datasets", "check", root)
    run(capsys, "datasets", "stats", root, "--sheet", "people.png")
    run(capsys, "datasets", "anonymize", root, "-o", "twin", "--regions", "top")
    run(capsys, "datasets", "check", root, "--twin", "twin")
    words = ["evaluate", "reid", "--data", "twin", "--model", colours_model, "--json", "e.json"]
    run(capsys, *words, "--ranked-lists", "lists.png")


@pytest.mark.slow
def test_errors_show_names(desk: Path, name: str, capsys: Capture) -> None:
    path = Path("in", f"{name}.png")
    path.write_bytes(b"no picture")
    for words in (
        ["anonymize", "in", "-o", "out"],
        ["detect", "in", "-o", "boxes.json"],
        ["anonymize", "in", "-o", "out", "--quiet"],
    ):
        run(capsys, *words, code=1)
    for words in (
        ["review", path],
        ["report", path],
        ["datasets", "check", path],
        ["evaluate", "reid", "--query", f"./{path}", "--gallery", f"./{path}"],
        ["evaluate", "tracking", f"./{path}", f"./{path}"],
        ["anonymize", f"gone{name[:90]}"],
        ["models", "path", f"gone{name[:90]}"],
        ["models", f"gone{name[:90]}"],
        ["anonymize", "a.png", "--regions", f"gone{name[:90]}"],
        ["anonymize", "a.png", f"--{name[:90]}"],
        ["anonymize", "a.png", "--preset", f"gone{name[:90]}"],
    ):
        capsys.readouterr()
        assert main([str(word) for word in words]) in (1, 2)
        (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
        assert re.match("passerby: .", line)
        assert line.isprintable()


@pytest.mark.slow
def test_folders_may_be_called_anything_too(
    desk: Path, name: str, bright_people: None, capsys: Capture
) -> None:
    folder = Path(name)
    Path("in").rename(folder)
    words = ["anonymize", f"./{name}", "-o", f"./{name[:240]}.out", "--report", "r.json"]
    run(capsys, *words)
    run(capsys, "review", "r.json")
    made = f"./{name[:240]}.made"
    run(capsys, "synth", "squares", "-o", made, "--identities", "1", "--pairs", "2")
