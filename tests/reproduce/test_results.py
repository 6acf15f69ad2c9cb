"""What is published follows from its measurements, and the page says what is published."""

import json
import re
import shutil
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT / "results").glob("*.md"))
TABLES = sorted([*(ROOT / "results").glob("*.csv"), *(ROOT / "results").glob("*.tex")])
PAGE = (ROOT / "docs" / "reproducing.md").read_text(encoding="utf-8")

TESTED, TRAINED = "tested on anonymized", "trained and tested on anonymized"
REGAINED = "trained anew, less tested only"
TOP_QUARTERS = {
    "median of 3 px": "Top blur 3 px",
    "median of 9 px": "Top blur 9 px",
    "median of 15 px": "Top blur 15 px",
    "black": "Black out",
}
TECHNIQUES = {
    "pixelated": "Pixelate",
    "blurred": "Blur",
    "blank": "Blank",
    "inpainted": "Inpaint",
    "zero": "Zero",
}
MODELS = "PCB", "MLFN", "HACNN", "ResNet50Mid", "MuDeep", "BoT"


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers to all tables, from a copy of the published measurements."""
    root = tmp_path_factory.mktemp("results")
    shutil.copytree(ROOT / "results" / "measurements", root / "measurements")
    names = [path.stem.removesuffix("-quick") for path in PUBLISHED]
    write_answers(Workspace(root), [EXPERIMENTS[name] for name in names])
    return root


@pytest.mark.slow
@pytest.mark.parametrize("path", [*PUBLISHED, *TABLES], ids=lambda path: path.name)
def test_answers_follow_from_measurements(anew: Path, path: Path) -> None:
    assert (anew / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def answer(table: str) -> dict[str, Any]:
    return json.loads((ROOT / "results" / f"{table}-quick.json").read_text(encoding="utf-8"))


def levels(table: str, row: str, setting: str) -> list[str]:
    """A published mAP, and ours."""
    (one,) = [
        one
        for one in answer(table)["figures"]
        if (one["row"].lower(), one["setting"], one["figure"]) == (row.lower(), setting, "mAP")
    ]
    return [f"{one['published']:.1f}", f"{one['ours']:.1f}"]


def effect(table: str, row: str, what: str, figure: str = "mAP") -> list[str]:
    """A published effect, ours, and its intervals over people and over seeds."""
    (one,) = [
        one
        for one in answer(table)["effects"]
        if (one["row"].lower(), one["what"], one["figure"]) == (row.lower(), what, figure)
    ]
    intervals = (
        "" if of is None else f"({of['low']:.2f} to {of['high']:.2f})"
        for of in (one["interval"], one["over_seeds"])
    )
    return [f"{one['published']:.1f}", f"{one['ours']:.2f}", *intervals]


def stands_there(*cells: str) -> bool:
    """Whether the page has a table with this row."""
    return re.sub(" +", " ", f"| {' | '.join(cells)} |") in PAGE


@pytest.mark.parametrize("name", TOP_QUARTERS)
def test_top_quarters(name: str) -> None:
    table, row = "van-rooijen-table2", TOP_QUARTERS[name]
    level = levels(table, row, "trained and tested alike")
    assert stands_there(name, *level, *effect(table, row, "less full image"))


@pytest.mark.parametrize("name", TECHNIQUES)
def test_techniques_of_which_nothing_was_learned(name: str) -> None:
    table, row = "dietlmeier-table8", TECHNIQUES[name]
    both = (effect(table, row, TESTED, figure) for figure in ("mAP", "rank1"))
    assert stands_there(name, *chain(*both))


@pytest.mark.parametrize("name", TECHNIQUES)
def test_techniques_that_were_learned_from(name: str) -> None:
    table, row = "dietlmeier-table8", TECHNIQUES[name]
    both = (effect(table, row, what) for what in (TRAINED, REGAINED))
    assert stands_there(name, *chain(*both))


@pytest.mark.parametrize("name", MODELS)
def test_models(name: str) -> None:
    table = "dietlmeier-table3"
    level = levels(table, name, "original/original")
    effects = (effect(table, name, what) for what in (TESTED, TRAINED, REGAINED))
    cells = ([published, f"{ours} {people}"] for published, ours, people, _seeds in effects)
    assert stands_there(name, *level, *chain(*cells))
