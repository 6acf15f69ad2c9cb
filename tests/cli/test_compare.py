"""``passerby compare`` on few people and scenes, by few attacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.attack.conftest import leave

from passerby.attack import comparison_run, gate, scenes
from passerby.attack.comparison_state import folder_name
from passerby.attack.run import AttackPlan
from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE

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


def test_a_stopped_comparison_goes_on_where_it_was(
    tmp_path: Path, colours_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--people", 8, "--model", colours_model, "-o"]
    names = ["blackout", "blackout:people", "pixelate:people:1/8"]
    assert compared(*names, *words, tmp_path / "whole") == EXIT_OK
    attack, attacked = comparison_run.run_attack, []

    def stops(plan: AttackPlan, *rest: Any) -> Any:
        attacked.append(plan.settings["anonymizer"])
        if len(attacked) == 2:
            raise KeyboardInterrupt
        return attack(plan, *rest)

    monkeypatch.setattr(comparison_run, "run_attack", stops)
    assert compared(*names, *words, tmp_path / "out") == EXIT_INTERRUPTED
    assert not (tmp_path / "out" / "frontier.json").exists()
    monkeypatch.delattr(comparison_run, "measured_baseline")  # it is kept too
    assert compared(*names, *words, tmp_path / "out") == EXIT_OK
    assert attacked == ["blackout", "blackout:people", "blackout:people", "pixelate:people:1/8"]
    for name in ("frontier.json", "frontier.csv", "blackout/report.json"):
        assert (tmp_path / "out" / name).read_text() == (tmp_path / "whole" / name).read_text()
    assert compared(*names, *words, tmp_path / "out") == EXIT_OK
    assert len(attacked) == 4


def test_an_anonymizer_is_added_to_a_comparison(tmp_path: Path, colours_model: str) -> None:
    words = ["--people", 8, "--model", colours_model, "-o", tmp_path / "out"]
    assert compared("blackout", "blank", *words) == EXIT_OK
    assert compared("blackout", "blackout:people", *words) == EXIT_OK
    record = json.loads((tmp_path / "out" / "frontier.json").read_text())
    assert [one["name"] for one in record["anonymizers"]] == ["blackout", "blackout:people"]
    assert (tmp_path / "out" / "blank" / "report.json").is_file()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (["--people", 8, "--seed", 1], "was started with other settings, sha256"),
        (["--people", 10], "was started with other settings, sha256"),
        (["--people", 8, "--purpose", "linking"], "was started with other purpose"),
    ],
)
def test_a_comparison_of_something_else_is_not_gone_on_with(
    changed: list[object],
    reason: str,
    tmp_path: Path,
    colours_model: str,
    capsys: Captured,
) -> None:
    words = ["blackout", "blank", "--model", colours_model, "-o", tmp_path / "out"]
    assert compared(*words, "--people", 8) == EXIT_OK
    assert compared(*words, *changed) == EXIT_USAGE
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", '{"subject": {}, "controls": [{}], "floor": []}'])
def test_a_damaged_state_is_one_line(
    content: str, tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    (tmp_path / "baseline.json").write_text(content)
    words = ["blackout", "blank", "--people", 8, "--model", colours_model, "-o", tmp_path]
    assert compared(*words) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "baseline.json cannot be read" in line


def test_a_folder_of_other_things_is_refused(
    tmp_path: Path, colours_model: str, capsys: Captured
) -> None:
    (tmp_path / "letter.txt").touch()
    words = ["blackout", "blank", "--people", 8, "--model", colours_model, "-o", tmp_path]
    assert compared(*words) == EXIT_USAGE
    assert "holds no comparison" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["blackout"], "two anonymizers or more"),
        (["blackout", "blackout"], "named twice"),
        (["pixelate:people:8", "pixelate:people,8"], "named twice"),
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
