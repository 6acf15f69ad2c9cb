"""What is drawn for the benchmark has the sizes that it says."""

from pathlib import Path

import numpy as np
import pytest

import reid_evaluation
from passerby.signatures.reader import read_signatures
from reid_evaluation import LARGE, MARKET, Size


def test_sizes_are_those_of_the_data_sets() -> None:
    assert (MARKET.queries, MARKET.images, MARKET.people) == (3_368, 15_913, 750)
    assert LARGE.images - MARKET.images == LARGE.distractors - MARKET.distractors == 500_000


def test_signatures_are_drawn_as_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reid_evaluation, "CHUNK", 16)
    monkeypatch.setattr(reid_evaluation, "DIMENSIONS", 256)
    size = Size(queries=20, images=60, people=5, cameras=3, distractors=12)
    reid_evaluation.draw(size, tmp_path, seed=0)
    query, gallery = (read_signatures(tmp_path / f"{side}.npz") for side in ("query", "gallery"))
    assert (len(query), len(gallery), query.dimensions) == (20, 60, 256)
    assert (gallery.ids == 0).sum() == 12
    assert set(query.ids.tolist()) <= {1, 2, 3, 4, 5}
    assert set(gallery.cameras.tolist()) == {1, 2, 3}
    people = np.asarray(gallery.features[:][:48])
    variance = 1 + reid_evaluation.SCATTER**2
    assert people.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("name", ["product", "figures", "reranking"])
def test_a_case_leaves_its_figures(name: str, tmp_path: Path) -> None:
    reid_evaluation.draw(Size(20, 60, 5, 3, 12), tmp_path, seed=0)
    reid_evaluation.main(["--run", name, "--folder", str(tmp_path)])
    summary = (tmp_path / "summary.json").read_text(encoding="utf-8")
    assert ("mAP" in summary) == (name != "product")
