"""Filters: figures that follow from those of a training."""

from pathlib import Path

import pytest

from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer import answer_of
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.claims import claims
from passerby.reproduce.measurement import read_measurements
from passerby.reproduce.obfuscator.case import FilterCase
from passerby.reproduce.obfuscator.filters import IDEAL, filter_figures
from passerby.reproduce.obfuscator.trainers import TRAINERS, Trained
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

TABLE = EXPERIMENTS["johansson-lundberg-table5.2"]


def quiet(*_what: object) -> None:
    pass


class Told:
    """Figures that are known beforehand, in the place of trainings."""

    def fingerprint(self, order) -> str:
        return f"{order.variant}{order.seed}".ljust(12, "0")

    def train(self, order, folder: Path, progress) -> Trained:
        figures = {"AP": 0.9 - order.seed / 10, "AUC": 0.3, "fresh AUC": 0.2}
        facts = {"recipe": {"variant": order.variant}, "made_by": {"commit": "", "machine": ""}}
        return Trained(lambda frame: frame, figures, facts)


def test_every_claim_is_shown() -> None:
    shown = [
        value
        for name in ("5.1", "5.2")
        for line in EXPERIMENTS[f"johansson-lundberg-table{name}"].lines
        for value in line.published.values()
    ]
    assert sorted(shown) == sorted(claim.value for claim in claims("johansson-lundberg"))


def test_published_performance_follows_from_published_figures() -> None:
    for line in TABLE.lines:
        found = filter_figures(line.case, line.published)
        assert found["filter performance"] == pytest.approx(
            line.published["filter performance"], abs=1.1e-3
        )


def test_without_a_filter_there_is_no_performance() -> None:
    found = filter_figures(FilterCase("", "squares"), {"AP": 1.0, "AUC": 0.9, "fresh AUC": 0.1})
    assert found == {"AP": 1.0, "AUC": 0.9, "fresh AUC": 0.1, "fresh AUC, folded": 0.9}
    assert IDEAL == {"squares": 1.0, "top-down": 0.938}


def test_trainings_are_taken_as_they_are_and_laid_beside_the_paper(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(TRAINERS, "_entries", {"johansson-lundberg": Told()})
    request = Request(experiment=TABLE, roots={}, rows=("filter-s1",), seeds=(0, 1))
    workspace = Workspace(tmp_path / "out")
    TABLE.study.measure(request, workspace, quiet, quiet)
    answer = answer_of(TABLE, "quick", read_measurements(workspace.measurements))
    assert answer is not None
    ours = {value.figure: value for value in answer.values if value.by_seed}
    assert ours["AP"].by_seed == {0: 0.9, 1: 0.8}
    assert ours["AP"].published == 0.216
    assert ours["filter performance"].by_seed[0] == pytest.approx((0.1**2 + 0.2**2) ** 0.5)
    assert ours["fresh AUC, folded"].ours == pytest.approx(0.8)
    assert ours["filter performance, folded"].by_seed[0] == pytest.approx((0.1**2 + 0.6**2) ** 0.5)
    (page,) = write_answers(workspace, [TABLE])
    assert "| Filter S1 |  | AP | 0.216 | 0.850 | 0, 1 |" in page.read_text(encoding="utf-8")


def test_nothing_is_measured_where_nothing_trains(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(TRAINERS, "_entries", {})
    warnings: list[str] = []
    request = Request(experiment=TABLE, roots={})
    TABLE.study.measure(request, Workspace(tmp_path / "out"), quiet, warnings.append)
    assert warnings == [
        "johansson-lundberg-table5.2: not run: nothing here trains by the recipe johansson-lundberg"
    ]
