"""``passerby evaluate obfuscation`` with a network that finds what is blue."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]


def pictures(path: Path, colour: tuple[int, int, int]) -> Path:
    """Two frames with a patch in each, which the network takes for a person if it is blue."""
    path.mkdir()
    for number in range(2):
        image = np.full((64, 96, 3), 40, np.uint8)
        image[24:32, 32 + 8 * number : 40 + 8 * number] = colour
        cv2.imwrite(str(path / f"{number}.png"), image)
    return path


@pytest.fixture
def clear(tmp_path: Path) -> Path:
    return pictures(tmp_path / "clear", (255, 0, 0))


def evaluated(*words: object) -> int:
    return main(["evaluate", "obfuscation", *map(str, words)])


def test_figures_are_printed_and_written(
    clear: Path, tmp_path: Path, people_and_heads_model: str, capsys: Captured
) -> None:
    copy = pictures(tmp_path / "copy", (255, 90, 90))
    files = {name: tmp_path / f"figures.{name}" for name in ("json", "csv", "tex")}
    options = ["--json", files["json"], "--csv", files["csv"], "--latex", files["tex"]]
    judge = ["--judge", people_and_heads_model, "--size", 96]
    assert evaluated(clear, copy, *judge, *options) == EXIT_OK
    printed = capsys.readouterr().out
    for text in ("people_and_heads", "AP50", "mean image", "heavy blur", "explained of people"):
        assert text in printed
    written = json.loads(files["json"].read_text(encoding="utf-8"))
    assert (written["frames"], written["truth"]) == (2, "what each judge finds in clear frames")
    found = written["detection"]["people_and_heads"]
    assert (found["people"], found["average_precision"]["value"]) == (2, pytest.approx(1))
    rows = csv.DictReader(files["csv"].read_text(encoding="utf-8").splitlines())
    values = {(row["what"], row["figure"]): row["value"] for row in rows}
    assert float(values["people_and_heads", "counting error"]) == 0
    for name in ("anonymized", "mean image", "heavy blur"):
        ssim = written["similarity"][name]["ssim"]["value"]
        assert float(values[name, "SSIM"]) == pytest.approx(ssim, rel=1e-5)
    assert r"\toprule" in files["tex"].read_text(encoding="utf-8")


def test_a_copy_in_which_nobody_is_found(
    clear: Path, tmp_path: Path, people_and_heads_model: str
) -> None:
    copy = pictures(tmp_path / "copy", (40, 40, 40))
    target = tmp_path / "figures.json"
    judge = ["--judge", people_and_heads_model, "--size", 96]
    assert evaluated(clear, copy, *judge, "--json", target) == EXIT_OK
    found = json.loads(target.read_text(encoding="utf-8"))["detection"]["people_and_heads"]
    assert (found["average_precision"]["value"], found["counting"]["bias"]) == (0, -1)


def test_equal_frames_are_said_to_be_equal(
    clear: Path, tmp_path: Path, people_and_heads_model: str, capsys: Captured
) -> None:
    target = tmp_path / "figures.json"
    judge = ["--judge", people_and_heads_model, "--size", 96]
    assert evaluated(clear, clear, *judge, "--json", target) == EXIT_OK
    assert "equal" in capsys.readouterr().out
    written = json.loads(target.read_text(encoding="utf-8"))
    assert written["similarity"]["anonymized"]["psnr"]["value"] is None


@pytest.mark.parametrize(
    ("words", "complaint", "code"),
    [
        (["--json", "a.txt"], "will hold JSON", EXIT_USAGE),
        (["--csv", "a.json"], "will hold CSV", EXIT_USAGE),
        (["--judge", "nosuch"], "unknown model 'nosuch'", EXIT_USAGE),
        (["--confidence", "0"], "confidence", EXIT_USAGE),
        (["--every", "0"], "every", EXIT_USAGE),
        (["--truth", "gone.txt"], "gone.txt", EXIT_FAILED),
    ],
)
def test_what_makes_no_sense_is_refused(
    clear: Path, capsys: Captured, words: list[str], complaint: str, code: int
) -> None:
    assert evaluated(clear, clear, *words) == code
    assert complaint in capsys.readouterr().err


def test_two_judges_of_one_name_are_refused(
    clear: Path, capsys: Captured, people_and_heads_model: str
) -> None:
    judges = ["--judge", people_and_heads_model] * 2
    assert evaluated(clear, clear, *judges) == EXIT_USAGE
    assert "two judges are called people_and_heads" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, clear: Path, capsys: Captured) -> None:
    assert evaluated(tmp_path / "gone", clear) == EXIT_FAILED
    assert "gone does not exist" in capsys.readouterr().err
