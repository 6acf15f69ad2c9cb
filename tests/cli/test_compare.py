"""``passerby compare`` on few people and scenes, by few attacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.attack.conftest import leave

from passerby.attack import comparison_run, gate, scenes
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
    tmp_path: Path, colours_model: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    words = ["--people", 8, "--model", colours_model, "-o"]
    names = ["blackout", "blackout:people"]
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
    assert attacked == ["blackout", "blackout:people", "blackout:people"]
    for name in ("frontier.json", "frontier.csv", "blackout/report.json"):
        assert (tmp_path / "out" / name).read_text() == (tmp_path / "whole" / name).read_text()
    assert compared("blackout:people", "blank", *words, tmp_path / "out") == EXIT_OK  # one more
    assert attacked[3:] == ["blank"]
    record = json.loads((tmp_path / "out" / "frontier.json").read_text())
    assert [one["name"] for one in record["anonymizers"]] == ["blackout:people", "blank"]
    for changed in (["--seed", 1], ["--purpose", "linking"]):
        assert compared(*names, *changed, *words, tmp_path / "out") == EXIT_USAGE
    said = capsys.readouterr().err
    assert "was started with other settings, sha256" in said
    assert "was started with other purpose" in said


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
