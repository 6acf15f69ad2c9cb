"""No film is replaced by JSON: every command asks for the ending of what it writes."""

from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_USAGE
from passerby.errors import ConfigError

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["a.json", "a.JSON", "b.mp4.json", None])
def test_the_right_ending_is_taken(name: str | None) -> None:
    check_ending(name, "JSON", ".json")


@pytest.mark.parametrize("name", ["film.mp4", "a", ".json", "a.json.mp4", "a.json/"])
def test_another_ending_is_refused(name: str) -> None:
    if name == "a.json/":
        check_ending(name, "JSON", ".json")  # a folder is told apart where it is opened
        return
    with pytest.raises(ConfigError, match=r"will hold JSON: end its name with \.json"):
        check_ending(name, "JSON", ".json")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["anonymize", "a.png", "-o", "b.png", "--regions", "top", "--report", "film.mp4"],
        ["anonymize", "a.png", "-o", "b.png", "--regions", "top", "--save-detections", "film.mp4"],
        ["detect", "a.png", "-o", "film.mp4"],
        ["review", "run.json", "-o", "film.mp4"],
        ["report", "run.json", "-o", "film.mp4"],
        ["datasets", "split", "a", "-o", "film.mp4"],
        ["datasets", "stats", "a", "--sheet", "film.mp4"],
        ["describe", "a.png", "--raw", "-o", "film.mp4"],
        ["describe", "a.png", "--maps", "film.mp4"],
        ["evaluate", "reid", "--query", "q.npz", "--gallery", "g.npz", "--json", "film.mp4"],
        ["evaluate", "reid", "--query", "q.npz", "--gallery", "g.npz", "--parquet", "film.mp4"],
        ["evaluate", "reid", "--query", "q.npz", "--gallery", "g.npz", "--cmc", "film.mp4"],
        ["evaluate", "tracking", "a.txt", "b.txt", "--json", "film.mp4"],
        ["evaluate", "tracking", "a.txt", "b.txt", "--csv", "film.mp4"],
        ["evaluate", "matrix", "--images.a", "a", "--models.b", "c", "--csv", "film.mp4"],
        ["evaluate", "matrix", "--images.a", "a", "--models.b", "c", "--latex", "film.mp4"],
        ["models", "export", "a.onnx", "-o", "film.mp4"],
    ],
)
def test_no_command_writes_anything_into_a_film(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("film.mp4").write_bytes(b"precious")
    Path("a.png").write_bytes(b"none")
    can_replace = words[:2] != ["datasets", "split"]
    assert main([*words, *(["--overwrite"] if can_replace else [])]) == EXIT_USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert "film.mp4" in line
    assert Path("film.mp4").read_bytes() == b"precious"
