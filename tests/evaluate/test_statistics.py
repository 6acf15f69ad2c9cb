"""Tests of pairs: against SciPy's formulas for the same, and against the paper's own figures."""

import numpy as np
import pytest
from scipy import stats

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import equivalence, holm, paired_t, wilcoxon

RANDOM = np.random.default_rng(0)
FIRST = RANDOM.random(40)
SECOND = FIRST + RANDOM.normal(0.02, 0.1, 40)

# Dietlmeier et al., tables III to VII: mAP on originals, on anonymized images, and on these after
# training on anonymized images. One row a data set: PCB, MLFN, HACNN, Resnet50Mid, MuDeep, BoT.
ORIGINAL = [
    *(72.8, 71.4, 67.4, 72.9, 44.9, 94.1),
    *(66.3, 60.4, 57.4, 62.9, 36.0, 88.8),
    *(55.3, 37.4, 25.4, 40.9, 23.1, 35.9),
    *(60.2, 63.6, 37.1, 61.6, 21.9, 62.3),
    *(50.4, 51.8, 32.6, 52.6, 22.5, 58.4),
]
RETRAINED = [
    *(72.9, 71.3, 66.6, 72.7, 44.8, 94.0),
    *(65.4, 59.7, 56.7, 61.8, 34.8, 88.6),
    *(55.5, 37.1, 25.6, 39.5, 21.6, 33.8),
    *(59.9, 62.4, 37.5, 61.1, 19.8, 61.1),
    *(50.4, 51.7, 32.9, 51.1, 22.2, 56.8),
]


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_the_t_test_is_that_of_scipy(alternative: str) -> None:
    wanted = stats.ttest_rel(SECOND, FIRST, alternative=alternative).pvalue  # type: ignore[call-overload]
    assert paired_t(FIRST, SECOND, alternative) == pytest.approx(wanted)  # type: ignore[arg-type]


def test_the_papers_conclusion_follows_from_its_tables() -> None:
    before, after = np.array(ORIGINAL), np.array(RETRAINED)
    # Significant and below one point. The means of the text, 58.07 and 57.44, are not those of
    # the tables, 52.94 and 52.31, but their difference is.
    assert (before - after).mean() == pytest.approx(58.07 - 57.44, abs=0.005)
    assert paired_t(before, after, "less") < 0.01


def test_wilcoxon_by_hand() -> None:
    # Ranks 1 to 5, all of one sign: one of 2^5 outcomes on either side.
    first = np.zeros(5)
    assert wilcoxon(first, np.array([1.0, 2, 3, 4, 5])) == pytest.approx(2 / 32)
    assert wilcoxon(first, np.array([1.0, 2, 3, 4, 5]), "greater") == pytest.approx(1 / 32)
    assert wilcoxon(first, first) == 1


def test_pairs_without_a_difference_keep_their_ranks_and_have_no_sign() -> None:
    # Pratt: 60 zeros take ranks 1 to 60; eight rises and two falls share 61 to 70, 65.5 each.
    second = np.array([0.0] * 60 + [1.0] * 8 + [-1.0] * 2)
    rises, falls = 8 * 65.5, 2 * 65.5
    deviation = np.sqrt(10 * 65.5**2)  # each of ten equal ranks gets a sign by chance
    expected = 2 * stats.norm.sf((rises - falls) / deviation)
    assert wilcoxon(np.zeros(70), second) == pytest.approx(expected)


@pytest.mark.parametrize("margin", [0.01, 0.03, 0.1])
def test_equivalence_is_the_weaker_of_two_one_sided_tests(margin: float) -> None:
    differences = SECOND - FIRST
    error = differences.std(ddof=1) / np.sqrt(40)
    above = stats.t.sf((differences.mean() + margin) / error, 39)
    below = stats.t.cdf((differences.mean() - margin) / error, 39)
    assert equivalence(FIRST, SECOND, margin).p == pytest.approx(max(above, below))


def test_equal_differences_leave_nothing_to_estimate() -> None:
    # 0.25 and its sums are exact in binary.
    assert paired_t(np.zeros(4), np.full(4, 0.25)) == 0
    assert paired_t(np.zeros(4), np.full(4, 0.25), "less") == 1
    assert paired_t(np.zeros(4), np.zeros(4)) == 1
    assert equivalence(np.zeros(4), np.zeros(4), 0.1).p == 0
    assert equivalence(np.zeros(4), np.full(4, 0.25), 0.1).p == 1


def test_holm_by_hand() -> None:
    # Sorted: 0.01 x 4, 0.02 x 3, 0.03 x 2, 0.9 x 1; never less than the one before.
    assert holm([0.9, 0.01, 0.03, 0.02]) == pytest.approx([0.9, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([]) == []


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match=r"one length, not \[40, 39\]"):
        paired_t(FIRST, SECOND[:-1])
    with pytest.raises(InputError, match="2 complete pairs or more, not 1"):
        wilcoxon(FIRST[:1], SECOND[:1])
    with pytest.raises(ConfigError, match="unknown alternative 'more'"):
        paired_t(FIRST, SECOND, "more")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="unknown alternative 'more'"):
        wilcoxon(FIRST, SECOND, "more")  # type: ignore[arg-type]
    for margin in (0.0, -1.0, float("nan")):
        with pytest.raises(ConfigError, match="must be above 0"):
            equivalence(FIRST, SECOND, margin)
