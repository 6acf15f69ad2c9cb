"""Areas under ROC curves, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from passerby.errors import InputError
from passerby.evaluate.roc import auc_folded, auc_roc

_pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), st.booleans()), min_size=2
)


@given(pairs=_pairs)
def test_it_is_that_of_scikit_learn(pairs) -> None:
    scores = np.array([score for score, _ in pairs])
    same = np.array([is_same for _, is_same in pairs])
    if same.all() or not same.any():
        with pytest.raises(InputError, match="all pairs are of one kind"):
            auc_roc(scores, same)
        return
    assert auc_roc(scores, same, digits=None) == pytest.approx(roc_auc_score(same, scores))
    assert auc_roc(scores, same) == pytest.approx(roc_auc_score(same, scores.round(6)))


def test_noise_of_single_precision_tells_nobody_apart() -> None:
    """A filter whose pictures are all alike, but for the last bits."""
    same = np.arange(100) % 2 == 0
    scores = 0.5 + 1e-7 * same
    assert auc_roc(scores, same, digits=None) == 1
    assert auc_roc(scores, same) == 0.5


def test_folded_areas_are_the_same_for_opposite_scores() -> None:
    rng = np.random.default_rng(0)
    scores, same = rng.random(50), rng.random(50) < 0.4
    auc = auc_roc(scores, same)
    assert auc_folded(auc) == pytest.approx(auc_folded(auc_roc(1 - scores, same)))
    assert auc_folded(auc) >= 0.5
    assert auc_folded(0.1) == 0.9


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="a score is not a finite number"):
        auc_roc(np.array([0.1, np.nan]), np.array([True, False]))
    with pytest.raises(InputError, match=r"scores have shape \(3,\), but pairs \(2,\)"):
        auc_roc(np.zeros(3), np.array([True, False]))
