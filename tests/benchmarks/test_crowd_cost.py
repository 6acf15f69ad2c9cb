"""The benchmark of crowds as it is called."""

import json
from pathlib import Path

import pytest

import crowd_cost
from crowd_cost import CrowdCost, main_thread, measure
from marked_clips import Mark, MarkedClip
from usage import ProgramError, Usage

COST = CrowdCost(
    in_view=8.5,
    frames=100,
    used=[Usage(4.0, 1, 1), Usage(6.0, 1, 1)],
    floor=[Usage(2.0, 1, 1), Usage(2.0, 1, 1)],
    parts={"tracking": 0.5, "covering": 1.0, "all threads": 10.0},
)


STAMP = "command", "commit", "machine", "load"


def test_a_row_says_cost_and_shares() -> None:
    assert COST.row == ("8.5", "50.0 (40.0-60.0)", "2.50 (2.00-3.00)", "5.0%", "10.0%", "0.0%")


def test_a_film_is_measured_in_turns(film, monkeypatch: pytest.MonkeyPatch) -> None:
    source = film("clip.mkv", lambda index: [(30, 5, 16, 40, 255)], frames=4)
    corners = (30.0, 5.0, 46.0, 45.0)
    people = {0: [Mark(1, corners), Mark(2, corners, 0.3)], 2: [Mark(1, corners, 0.5)]}
    lines: list[list[str]] = []

    def used(line: list[str]) -> Usage:
        lines.append(line)
        return Usage(float(len(lines)), 1, 1)

    monkeypatch.setattr(crowd_cost, "usage_of", used)
    cost = measure(MarkedClip("2", source, {}, people), 2, ["--regions", "top"])
    assert (cost.in_view, cost.frames) == (0.5, 4)
    assert [one.cpu_seconds for one in (*cost.used, *cost.floor)] == [1, 3, 2, 4]
    assert [line[-2:] == ["--regions", "top"] for line in lines] == [True, False, True, False]
    assert len({copy for line in lines for copy in line if copy.endswith(".mp4")}) == 4
    assert 0 < cost.parts["covering"] < cost.parts["all threads"]


def test_a_command_that_fails_is_one_line() -> None:
    with pytest.raises(ProgramError, match=r"^anonymize gone\.mp4 ended with 1: [^\n]+$"):
        main_thread(["anonymize", "gone.mp4"])


def test_figures_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crowd_cost, "crowd", lambda people, cache: people)
    monkeypatch.setattr(crowd_cost, "measure", lambda clip, rounds, more: COST)
    monkeypatch.setattr(crowd_cost, "stamp", lambda: dict.fromkeys(STAMP, "-"))
    target = tmp_path / "cost.json"
    crowd_cost.main(["--people", "10", "100", "--json", str(target), "--", "--every", "1"])
    lines = capsys.readouterr().out.splitlines()[-2:]
    assert [line.split("|")[1].strip() for line in lines] == ["10", "100"]
    figures = json.loads(target.read_text(encoding="utf-8"))["figures"]
    assert figures["100"]["used"][1]["cpu_seconds"] == 6


def test_wrong_numbers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        crowd_cost.main(["--people", "0"])
    assert "must be 1 or more" in capsys.readouterr().err
