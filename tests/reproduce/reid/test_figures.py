"""Figures of queries, in percent."""

import numpy as np
import pytest

from passerby.evaluate.reid import Signatures, evaluate
from passerby.reproduce.reid.figures import figures_of


def test_figures_are_percent() -> None:
    """Two queries: one finds its person first, the other third of three; a third has no match."""
    query = Signatures(np.eye(3, 4), np.array([1, 2, 9]), np.array([1, 1, 1]))
    gallery = Signatures(
        np.array([[1, 0, 0, 0], [0.1, 0.5, 0, 1], [0, 1, 0, 0.1]]),
        np.array([1, 2, 1]),
        np.array([2, 2, 2]),
    )
    figures, by_item = figures_of(evaluate(query, gallery, verify=False))
    # The first query's matches are at 1 and 3 or 2; the second's is at 2 of 3.
    np.testing.assert_allclose(by_item["rank1"], [100, 0, np.nan])
    assert figures["rank1"] == 50
    assert figures["mAP"] == pytest.approx(np.nanmean(by_item["mAP"]))
    assert by_item["mAP"][1] == pytest.approx(50)
