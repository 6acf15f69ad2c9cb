"""All tests at once say what each says alone."""

import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.comparison import compare
from passerby.evaluate.statistics import equivalence, paired_t, wilcoxon

RANDOM = np.random.default_rng(0)
FIRST = RANDOM.random(40)
SECOND = FIRST + RANDOM.normal(0.02, 0.1, 40)
GROUPS = np.repeat(np.arange(10), 4)


def test_pairs_that_lack_a_figure_are_left_out_of_every_test() -> None:
    first, second = FIRST.copy(), SECOND.copy()
    first[3] = second[7] = second[3] = np.nan
    kept = np.delete(np.arange(40), [3, 7])
    found = compare(first, second, GROUPS, margin=0.05, seed=4)
    one, other = FIRST[kept], SECOND[kept]
    assert (found.pairs, found.groups) == (38, 10)
    assert found.difference == pytest.approx((other - one).mean())
    assert found.t_p == paired_t(one, other)
    assert found.wilcoxon_p == wilcoxon(one, other)
    assert found.equivalence == equivalence(one, other, 0.05)
    assert found.interval == bootstrap_over_groups(other - one, GROUPS[kept], seed=4)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="one length"):
        compare(FIRST, SECOND, GROUPS[1:], margin=0.1)
    with pytest.raises(InputError, match="2 complete pairs or more, not 0"):
        compare(FIRST, SECOND * np.nan, GROUPS, margin=0.1)
    with pytest.raises(ConfigError, match="margin"):
        compare(FIRST, SECOND, GROUPS, margin=0)
