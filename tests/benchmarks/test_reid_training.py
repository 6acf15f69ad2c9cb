"""All trainings that are compared learn from the same images, and what is not there is said."""

import sys
from pathlib import Path

import pytest
import torch

import reid_training
from passerby.synth.gallery import Gallery, photograph
from passerby.train.reid.settings import Shuffled
from reid_training import ROWS, AsPeersWantIt, Bench


@pytest.fixture
def market(tmp_path: Path) -> Path:
    (tmp_path / "market").mkdir()
    photograph(Gallery(4, cameras=2, images=2), tmp_path / "market")
    return tmp_path / "market"


@pytest.fixture
def bench(market: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name, value in (("PEOPLE", 2), ("IMAGES", 2), ("BATCH", 4)):
        monkeypatch.setattr(reid_training, name, value)
    words = ["--size", "32", "32", "--width", "0.125", "--workers", "0", "--rounds", "2"]
    monkeypatch.setattr(sys, "argv", ["reid_training.py", str(market), *words])
    return Bench(reid_training._options(), plain=True)


@pytest.mark.slow
def test_all_learn_from_the_same_images(bench: Bench) -> None:
    assert bench.recipe.order == Shuffled(4)
    assert len(bench.listed) == len(bench.material.paths) == 8
    assert all(Path(path).is_file() for path, _, _ in bench.listed)
    assert [person for _, person, _ in bench.listed] == bench.material.labels.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("features", [False, True])
def test_peers_get_what_they_want(bench: Bench, *, features: bool) -> None:
    network = AsPeersWantIt(bench.network, features=features)
    answer = network(torch.zeros(2, 3, 32, 32))
    scores = answer[0] if features else answer
    assert scores.shape == (2, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["loader, BoT's batches", "passerby, cross-entropy"])
def test_a_row_is_a_rate(name: str, bench: Bench) -> None:
    assert ROWS[name](bench.options) > 0


@pytest.mark.slow
def test_peers_that_are_not_given_are_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reid_training, "_measured", lambda name: 100.0)
    reid_training.main()
    table = capsys.readouterr().out
    assert table.count("not given") == 2
    assert table.count("100 (100-100)") == len(ROWS) - 2
