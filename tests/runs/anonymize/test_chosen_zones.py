"""Zones that do not lie in the picture are told, and cannot be vouched for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.pipeline.settings import CoverSettings
from passerby.runs.anonymize.chosen_zones import ChosenZones

INSIDE, SHARES = "10,10 60,10 60,40", "0,0 1,0 1,1"
OUTSIDE, BEYOND = "200,10 300,10 300,40", "10,70 60,70 60,90"
PARTLY = "60,10 200,10 200,40"


@pytest.mark.parametrize("option", ["cover_zone", "leave_zone"])
@pytest.mark.parametrize(
    ("zone", "unmet", "clipped"),
    [
        (INSIDE, 0, 0),
        (SHARES, 0, 0),
        (OUTSIDE, 1, 0),
        (BEYOND, 1, 0),
        (PARTLY, 0, 1),
        ("-1,0 0.5,0 0.5,0.5", 0, 1),
    ],
)
def test_they_lie_in_a_picture_or_not_or_in_part(
    option: str, zone: str, unmet: int, clipped: int
) -> None:
    chosen = ChosenZones(CoverSettings(**{option: (zone,)}), 96, 64)
    assert (len(chosen.unmet), len(chosen.clipped)) == (unmet, clipped)
    assert len(chosen.notes) == unmet + clipped
    name = f"{zone} (--{option.replace('_', '-')})"
    assert all(name in note and "96x64" in note for note in chosen.notes)


IMPOSSIBLE = {
    "--cover-zone": OUTSIDE,
    "--leave-zone": OUTSIDE,
    "--cover-time": "9:00-9:30",
    "--leave-time": "9:00-9:30",
}
"""For every option that takes a zone or a time, one that no film here has."""


def test_every_option_that_takes_a_zone_or_a_time_is_tried() -> None:
    fields = CoverSettings.model_fields
    taken = {f"--{name.replace('_', '-')}" for name in fields if name.endswith(("_zone", "_time"))}
    assert taken == set(IMPOSSIBLE)


@pytest.mark.parametrize("option", IMPOSSIBLE)
def test_what_is_impossible_is_told_and_not_vouched_for(
    option: str,
    film: Callable[..., Path],
    bright_people: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = film("a.mkv", lambda _: [(20, 10, 10, 40, 254)], frames=12)
    words = ["anonymize", str(source), "-o", f"{tmp_path}/b.mkv", option, IMPOSSIBLE[option]]
    assert main([*words, "--strict", "--json"]) == 3
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert any(f"{IMPOSSIBLE[option]} ({option})" in note for note in item["notes"])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--cover-time", "0:30-0:10"),
        ("--leave-time", "0:10-0:10"),
        ("--cover-zone", "-9,-9 -1,-9 -1,-1"),
        ("--leave-zone", "0.1,-0.5 0.9,-0.5 0.9,-0.1"),
    ],
)
def test_what_no_picture_can_have_is_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["anonymize", "a.mkv", "-o", "b.mkv", f"{option}={value}"]) == 2
    assert "zone" in capsys.readouterr().err or "time" in option
