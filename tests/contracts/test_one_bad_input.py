"""Whatever one input raises is that input's failure: the others are done, and the code says so."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED
from passerby.sources.images import ImageSource
from passerby.types import Frame

Capture = pytest.CaptureFixture[str]

ERRORS = [
    ValueError("31 is not a valid Type\nand a second line"),
    MemoryError(),
    RecursionError("maximum recursion depth exceeded"),
    UnicodeEncodeError("utf-8", "caf\udce9", 3, 4, "surrogates not allowed"),
    OSError(5, "Input/output error"),
]
NAMES = ("query/1_c1.png", "query/2_c1.png", "gallery/1_c2.png", "gallery/2_c2.png")
BAD = "2_c1.png"


@pytest.fixture(params=ERRORS, ids=lambda error: type(error).__name__)
def error(request: pytest.FixtureRequest) -> Exception:
    raised: Exception = request.param
    return raised


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(NAMES):
        Path("set", name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 32), (number, 90, 90)).save(Path("set", name))
    read = ImageSource.__iter__

    def failing(source: ImageSource) -> Iterator[Frame]:
        if source.medium.name.endswith(BAD):
            raise error
        return read(source)

    monkeypatch.setattr(ImageSource, "__iter__", failing)


def failed(capsys: Capture, *words: str) -> str:
    """Run a command that cannot do all; returns what it said."""
    assert main(list(words)) == EXIT_FAILED
    printed = capsys.readouterr()
    for line in (*printed.out.splitlines(), *printed.err.splitlines()):
        assert "Traceback" not in line
    assert BAD in printed.err + printed.out
    return printed.err


def test_pictures_are_anonymized(capsys: Capture) -> None:
    words = ("anonymize", "set", "-o", "out", "--regions", "top", "--report", "r.json")
    said = failed(capsys, *words)
    assert "3 of 4 inputs done" in said
    assert len(list(Path("out").rglob("*.png"))) == 3
    assert Path("r.json").is_file()


def test_pictures_are_looked_at(capsys: Capture, built_in_alone: str) -> None:
    assert "3 of 4 inputs done" in failed(capsys, "detect", "set", "-o", "b.json")
    assert Path("b.json").is_file()


def test_images_are_described(capsys: Capture, colours_model: str) -> None:
    words = ("set/query", "-o", "s.npz", "--model", colours_model, "--raw")
    assert "1 of 2 images left out" in failed(capsys, "describe", *words)
    with np.load("s.npz") as arrays:
        assert arrays["paths"].tolist() == ["1_c1.png"]


def test_a_data_set_is_checked(capsys: Capture) -> None:
    failed(capsys, "datasets", "check", "set", "--workers", "1")


@pytest.mark.slow
def test_a_twin_is_made(capsys: Capture) -> None:
    failed(capsys, *("datasets", "anonymize", "set", "-o", "twin"), "--regions", "top")
    assert len(list(Path("twin").rglob("*.png"))) == 3


@pytest.mark.slow
def test_a_sheet_is_drawn(capsys: Capture) -> None:
    assert main(["datasets", "stats", "set", "--sheet", "s.png", "--workers", "1"]) == 0
    assert BAD in capsys.readouterr().err
    assert Path("s.png").is_file()
