"""A measurement comes back from its file as it was."""

from pathlib import Path

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.reid import Signatures, evaluate
from passerby.reproduce.experiment import Case
from passerby.reproduce.measurement import (
    figures_of,
    read_measurement,
    read_measurements,
    write_measurement,
)

CASE = Case("market1501", "bot", "original", "original", "cosine")


def test_it_comes_back(tmp_path: Path, measurement) -> None:
    measured = measurement(CASE, 70)
    measured.by_query["rank1"][3] = np.nan
    write_measurement(tmp_path / "a.json", measured)
    again = read_measurement(tmp_path / "a.json")
    assert (again.case, again.seed, again.scale) == (CASE, 0, "quick")
    assert again.made_from == measured.made_from
    assert again.figures == measured.figures
    np.testing.assert_array_equal(again.identities, measured.identities)
    for name, column in measured.by_query.items():
        np.testing.assert_allclose(again.by_query[name], column, atol=1e-6)


def test_figures_are_percent(tmp_path: Path) -> None:
    """Two queries: one finds its person first, the other third of three; a third has no match."""
    query = Signatures(np.eye(3, 4), np.array([1, 2, 9]), np.array([1, 1, 1]))
    gallery = Signatures(
        np.array([[1, 0, 0, 0], [0.1, 0.5, 0, 1], [0, 1, 0, 0.1]]),
        np.array([1, 2, 1]),
        np.array([2, 2, 2]),
    )
    figures, by_query = figures_of(evaluate(query, gallery, verify=False))
    # The first query's matches are at 1 and 3 or 2; the second's is at 2 of 3.
    np.testing.assert_allclose(by_query["rank1"], [100, 0, np.nan])
    assert figures["rank1"] == 50
    assert figures["mAP"] == pytest.approx(np.nanmean(by_query["mAP"]))
    assert by_query["mAP"][1] == pytest.approx(50)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"case": {"dataset": "x"}, "queries": {}}'])
def test_what_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json is no measurement"):
        read_measurements(tmp_path)
