"""``passerby attack membership`` on noise, by a network of colours."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folders(tmp_path: Path) -> list[object]:
    rng = np.random.default_rng(0)
    for name in ("members", "others"):
        (tmp_path / name).mkdir()
        for number in range(24):
            noise = rng.integers(0, 256, (16, 8, 3), np.uint8)
            cv2.imwrite(str(tmp_path / name / f"{number}.png"), noise)
    return ["--members", tmp_path / "members", "--others", tmp_path / "others"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*words: object) -> int:
    return main(["attack", "membership", *map(str, words)])


def test_figures_are_written_and_shown(
    folders: list[object], tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    out = tmp_path / "figures.json"
    words = [colours_model, "--reference", colours_model, *folders, "-o", out]
    assert asked(*words) == EXIT_OK
    record = json.loads(out.read_text())
    assert (record["members"], record["others"]) == (24, 24)
    names = [one["name"] for one in record["attacks"]]
    assert names[-3:] == ["learned", "calibrated", "pictures alone"]
    said = capsys.readouterr().out
    assert "pictures alone" in said
    assert "too few others" in said  # for 1 %


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["-o", "figures.txt"], EXIT_USAGE, "end its name with .json"),
        (["--pattern", "{camera}", "-o", "f.json"], EXIT_USAGE, "must hold {id} once"),
        (["--members", "gone", "-o", "f.json"], EXIT_FAILED, "gone cannot be read"),
    ],
)
@pytest.mark.usefixtures("elsewhere")
def test_what_cannot_be_asked_is_one_line(
    words: list[str],
    code: int,
    reason: str,
    folders: list[object],
    colours_model: str,
    capsys: Captured,
) -> None:
    given = folders[2:] if "--members" in words else folders
    assert asked(colours_model, *given, *words) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert reason in line
