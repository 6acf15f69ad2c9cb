"""What only some need, and what is said where it is not installed."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_USAGE
from passerby.datasets.matlab import copied_mat, read_mat
from passerby.errors import ConfigError
from passerby.evaluate.statistics import equivalence, paired_t, wilcoxon
from passerby.extras import Extra, needing
from passerby.matching.reranking import check_can_rerank
from passerby.reproduce.spread import SeedSpread

ROOT = Path(__file__).resolve().parents[1]
FIRST, SECOND = np.array([1.0, 2, 4]), np.array([1.5, 2, 5])


@pytest.fixture
def no_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "scipy", None)


def test_the_extras_are_those_of_the_package() -> None:
    """Those that users may be told to install."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = table["project"]["optional-dependencies"]
    assert set(get_args(Extra)) == set(extras) - {"dev", "docs"}


def test_a_part_of_a_package_is_named_by_the_package() -> None:
    message = r"^weaving needs looms: run `pip install 'passerby\[train\]'`$"
    with pytest.raises(ConfigError, match=message), needing("train", "weaving"):
        raise ModuleNotFoundError(name="looms.large")


@pytest.mark.usefixtures("no_scipy")
@pytest.mark.parametrize(
    ("work", "what"),
    [
        (lambda file: paired_t(FIRST, SECOND), "a statistical test"),
        (lambda file: wilcoxon(FIRST, SECOND), "a statistical test"),
        (lambda file: equivalence(FIRST, SECOND, 1), "a statistical test"),
        (lambda file: SeedSpread(1, 2).interval(0, 1), "an interval"),
        (lambda file: SeedSpread(1, 2).p(1, 1), "an interval"),
        (lambda file: check_can_rerank(), "re-ranking"),
        (lambda file: read_mat(file, "x"), "reading .*labels.mat"),
        (lambda file: copied_mat(file, ["x"]), "reading .*labels.mat"),
    ],
)
def test_without_scipy_it_is_said_what_to_install(
    work: Callable[[Path], object], what: str, tmp_path: Path
) -> None:
    (tmp_path / "labels.mat").touch()
    message = rf"^{what} needs scipy: run `pip install 'passerby\[evaluate\]'`$"
    with pytest.raises(ConfigError, match=message):
        work(tmp_path / "labels.mat")


@pytest.mark.usefixtures("no_scipy")
@pytest.mark.parametrize(
    "words",
    [
        ["reid", "--query", "q.npz", "--gallery", "g.npz", "--rerank"],
        ["matrix", "--images.one", "market", "--models.one", "network.onnx"],
    ],
    ids=["reid", "matrix"],
)
def test_it_is_said_before_the_work(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the images nor the networks are there, and nobody has looked yet."""
    assert main(["evaluate", *words]) == EXIT_USAGE
    assert "needs scipy" in capsys.readouterr().err
