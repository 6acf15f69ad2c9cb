"""``passerby compare`` on few people and scenes, by few attacks."""

import json
from pathlib import Path

import pytest
from tests.attack.conftest import leave

from passerby.attack import gate, scenes
from passerby.cli.app import main
from passerby.cli.compare import folder_name
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    leave(monkeypatch, attacks=("colour-map", "label-regression"), controls=("black",))
    monkeypatch.setattr(scenes, "_WORLDS", 1)
    monkeypatch.setattr(scenes, "_MOMENTS", 1)


def compared(*words: object) -> int:
    return main(["compare", *map(str, words)])


def test_several_anonymizers_are_compared(
    tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    names = ["blackout", "blackout:people", "pixelate:people:1/8"]
    words = [*names, "--people", 8, "--model", colours_model, "-o", tmp_path / "out"]
    assert compared(*words) == EXIT_OK
    record = json.loads((tmp_path / "out" / "frontier.json").read_text())
    assert [one["name"] for one in record["anonymizers"]] == names
    of = {one["name"]: one["use"] for one in record["anonymizers"]}
    assert of["blackout"]["body left to see"] > 0.9
    assert of["blackout:people"]["body left to see"] < 0.5
    assert of["blackout"]["detection AP"] >= of["blackout:people"]["detection AP"]
    assert "pixelate:people:1/8" in capsys.readouterr().out
    report = json.loads((tmp_path / "out" / "pixelate-people-1-8" / "report.json").read_text())
    assert report["anonymizer"] == "The operator pixelate at 12.5% on people"


def test_figures_that_are_not_valid_fail(
    tmp_path: Path, colours_model: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_beats_chance", lambda *_: "it leaks")
    words = ["blackout", "blank", "--people", 8, "--model", colours_model, "-o", tmp_path / "out"]
    assert compared(*words) == EXIT_FAILED
    assert "not valid: control black: it leaks" in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "frontier.json").read_text())["valid"] is False


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["blackout"], "two anonymizers or more"),
        (["blackout", "blackout"], "named twice"),
        (["blackout", "magic"], "unknown anonymizer 'magic'"),
        (["blackout", "van-rooijen-15px:people"], "fixes regions and strength"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    names: list[str], reason: str, tmp_path: Path, capsys: Captured
) -> None:
    assert compared(*names, "-o", tmp_path / "out") == EXIT_USAGE
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("pixelate:people:1/8", "pixelate-people-1-8"),
        ("models/own.onnx", "models-own.onnx"),
        ("::", "anonymizer"),
    ],
)
def test_folders_have_plain_names(name: str, folder: str) -> None:
    assert folder_name(name) == folder
