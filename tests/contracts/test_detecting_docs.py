"""The example of the page on detecting does what the page says."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK
from passerby.sources import open_source

PAGE = Path(__file__).parents[2] / "docs" / "detecting.md"


def commands() -> list[list[str]]:
    """The command lines of the example on number plates, each without its program."""
    section = PAGE.read_text(encoding="utf-8").split("## Number plates", 1)[1].split("\n## ")[0]
    (block,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return [shlex.split(line)[1:] for line in block.splitlines()]


@pytest.mark.slow
def test_the_example_on_number_plates_covers_plates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plates_model: str,
    film: Callable[..., Path],
    built_in_alone: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def traffic(frame: int) -> list[tuple[int, int, int, int, int]]:
        return [(8 * frame, 104, 8, 8, 255)]

    film("drive.mkv", traffic, size=(320, 240)).rename(tmp_path / "drive.mp4")
    shutil.copy(plates_model, tmp_path / "plates.onnx")
    monkeypatch.chdir(tmp_path)
    shown, *others = commands()
    assert main(shown) == EXIT_OK
    assert json.loads(capsys.readouterr().out)["classes"] == ["plate", "screen"]
    for words in others:
        assert main(words) == EXIT_OK
    boxes = json.loads((tmp_path / "boxes.json").read_text(encoding="utf-8"))
    assert {box["category"] for box in boxes} >= {"object"}
    with open_source(tmp_path / "drive.mp4") as source:
        assert all((frame.image > 240).all(axis=2).any() for frame in source)
    with open_source(tmp_path / "safe.mp4") as copy:
        brightest = [int(np.min(frame.image, axis=2).max()) for frame in copy]
    assert max(brightest) < 160
    (item,) = json.loads((tmp_path / "safe.json").read_text(encoding="utf-8"))["items"]
    assert "object" in {track["kind"] for track in item["tracks"]}
    assert item["self_check"]["uncovered"] == []
