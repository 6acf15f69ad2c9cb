"""Effects against SciPy and cases made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Interval
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.effects import Effect, effects_of, published_difference

TABLE = EXPERIMENTS["van-rooijen-table2"]
FULL, _, _, _, BLACK = TABLE.lines
LESS_FULL = next(one for one in TABLE.changes if (one.before, one.after) == (FULL, BLACK))


@pytest.fixture
def measured(measurement):
    """Full image and black out with two seeds each: 4 and 6 points apart."""
    return {
        FULL.case: {seed: measurement(FULL.case, 80, seed=seed) for seed in (0, 1)},
        BLACK.case: {
            0: measurement(BLACK.case, 76, seed=10),
            1: measurement(BLACK.case, 74, seed=11),
        },
    }


def of(effects: list[Effect], figure: str) -> Effect:
    (found,) = [one for one in effects if one.figure == figure]
    return found


def test_tests_over_queries_are_scipys(measured) -> None:
    effects = effects_of(TABLE, measured, margin=1.0)
    assert len(effects) == 2  # mAP and rank-1 of the one change whose lines are both there
    effect = of(effects, "mAP")
    full, black = (
        np.mean([one.by_item["mAP"] for one in measured[line.case].values()], axis=0)
        for line in (FULL, BLACK)
    )
    comparison = effect.comparison
    assert comparison.difference == pytest.approx((black - full).mean())
    assert comparison.t_p == pytest.approx(stats.ttest_rel(black, full).pvalue)
    lower = stats.ttest_1samp(black - full + 1, 0, alternative="greater").pvalue
    upper = stats.ttest_1samp(black - full - 1, 0, alternative="less").pvalue
    assert comparison.equivalence.p == pytest.approx(max(lower, upper))
    assert comparison.groups == 4


def test_two_networks_are_compared_over_seeds(measured) -> None:
    effect = of(effects_of(TABLE, measured, margin=1.0), "mAP")
    assert (effect.before, effect.after) == ({0: 80, 1: 80}, {0: 76, 1: 74})
    assert effect.ours == -5.0
    assert effect.published == pytest.approx(-6.9)
    assert effect.seeds_p == pytest.approx(2 * stats.t.sf(5, 2))
    # Two networks, of which each has one degree of freedom: variances 0 and 2.
    expected = stats.t.interval(0.95, 2, -5, np.sqrt(1 / 2 + 1 / 2))
    assert effect.over_seeds is not None
    assert (effect.over_seeds.low, effect.over_seeds.high) == pytest.approx(expected)


def test_tests_of_one_network_count_once_however_many_they_are(measurement) -> None:
    table = EXPERIMENTS["dietlmeier-table8"]
    first, *others = [line for line in table.lines if line.case.trained_on == "original"]
    values = {first.case: (90, 92)} | {line.case: (88, 89) for line in others}
    measured = {
        case: {seed: measurement(case, both[seed], seed=seed) for seed in (0, 1)}
        for case, both in values.items()
    }
    effects = [
        one
        for one in effects_of(table, measured, margin=1.0)
        if one.change.what == "tested on anonymized" and one.figure == "mAP"
    ]
    assert len(effects) == 5
    expected = stats.t.interval(0.95, 1, -2.5, stats.sem([-2, -3]))
    for one in effects:
        assert one.over_seeds is not None
        assert (one.over_seeds.low, one.over_seeds.high) == pytest.approx(expected)
        assert one.verdict == "perhaps as published"


def test_of_two_networks_all_seeds_count(measured, measurement) -> None:
    measured[FULL.case][2] = measurement(FULL.case, 83, seed=2)
    effect = of(effects_of(TABLE, measured, margin=1.0), "mAP")
    assert effect.ours == 75 - 81
    # Variances 3 and 2, with two degrees of freedom and one.
    expected = stats.t.interval(0.95, 3, -6, np.sqrt((2 * 3 + 1 * 2) / 3 * (1 / 3 + 1 / 2)))
    assert effect.over_seeds is not None
    assert (effect.over_seeds.low, effect.over_seeds.high) == pytest.approx(expected)
    queries = [one.by_item["mAP"] for one in measured[FULL.case].values()]
    black = [one.by_item["mAP"] for one in measured[BLACK.case].values()]
    less = np.mean(black, axis=0) - np.mean(queries, axis=0)
    assert effect.comparison.difference == pytest.approx(less.mean())


@pytest.fixture
def table8(measurement):
    """Table VIII's black and blurred faces; two networks tested on them, one trained anew."""
    table = EXPERIMENTS["dietlmeier-table8"]
    lines = {(line.row, line.setting): line.case for line in table.lines}
    first = lines["Original", "original/original"]
    values = {
        first: {0: 90, 1: 92, 2: 94},
        lines["Blur", "original/anonymized"]: {0: 89, 1: 90.5},
        lines["Zero", "original/anonymized"]: {0: 80, 1: 88, 2: 81},
        lines["Blur", "anonymized/anonymized"]: {0: 88, 1: 91, 2: 90},
        lines["Zero", "anonymized/anonymized"]: {0: 85},
    }
    measured = {
        case: {
            seed: measurement(case, value, seed=10 * line + seed) for seed, value in ours.items()
        }
        for line, (case, ours) in enumerate(values.items())
    }

    def effect(row: str, what: str) -> Effect:
        (found,) = [
            one
            for one in effects_of(table, measured, margin=1.0)
            if (one.change.after.row, one.change.what, one.figure) == (row, what, "mAP")
        ]
        return found

    return effect


def test_of_one_network_only_common_seeds_count(table8) -> None:
    effect = table8("Blur", "tested on anonymized")
    assert (effect.before, effect.after) == ({0: 90, 1: 92}, {0: 89, 1: 90.5})


@pytest.mark.parametrize(("row", "differences"), [("Blur", [-1, -1.5]), ("Zero", [-10, -4, -13])])
def test_another_test_of_one_network_may_scatter_otherwise(table8, row, differences) -> None:
    interval = table8(row, "tested on anonymized").over_seeds
    mean, freedom = np.mean(differences), len(differences) - 1
    expected = stats.t.interval(0.95, freedom, mean, stats.sem(differences))
    assert (interval.low, interval.high) == pytest.approx(expected)


def test_an_effect_of_few_seeds_takes_none_from_others(table8) -> None:
    blur, zero = (table8(row, "trained and tested on anonymized") for row in ("Blur", "Zero"))
    assert blur.before == zero.before == {0: 90, 1: 92, 2: 94}
    assert zero.over_seeds is None
    # Originals scatter with a variance of 4, blurred faces with 7/3; black ones say nothing of it.
    expected = stats.t.interval(0.95, 4, 269 / 3 - 92, np.sqrt((4 + 7 / 3) / 2 * 2 / 3))
    assert (blur.over_seeds.low, blur.over_seeds.high) == pytest.approx(expected)


def test_one_seed_has_no_test_over_seeds(measured) -> None:
    del measured[BLACK.case][1]
    effect = of(effects_of(TABLE, measured, margin=1.0), "mAP")
    assert effect.ours == -4
    assert effect.over_seeds is None
    assert effect.seeds_p is None


def test_p_are_corrected_over_the_whole_table(measured) -> None:
    effects = effects_of(TABLE, measured, margin=1.0)
    raw = sorted(effect.comparison.t_p for effect in effects)
    corrected = sorted(effect.corrected["t"] for effect in effects)
    total = 2 * len(TABLE.changes)  # in mAP and in rank-1, though one change alone is measured
    expected = [min(1, total * raw[0]), min(1, max(total * raw[0], (total - 1) * raw[1]))]
    assert corrected == pytest.approx(expected)


def test_nothing_measured_is_no_effect() -> None:
    assert effects_of(TABLE, {}, margin=1.0) == []


def test_queries_without_a_match_are_left_out(measured) -> None:
    for one in [one for seeds in measured.values() for one in seeds.values()]:
        one.by_item["mAP"][:4] = np.nan
    comparison = of(effects_of(TABLE, measured, margin=1.0), "mAP").comparison
    assert (comparison.pairs, comparison.groups) == (12, 3)


@pytest.mark.parametrize(
    ("published", "ours", "people", "seeds", "verdict"),
    [
        (-6.9, -5, (-7, -3), (-8, -2), "as published"),
        (-6.9, -5, (-7, -3), None, "perhaps as published"),
        (-6.9, -5, (-7, -3), (-12, 2), "perhaps as published"),
        (-6.9, -5, (-11, 1), (-6, -4), "perhaps as published"),
        (-6.9, 5, (3, 7), (2, 8), "opposite"),
        (-6.9, 5, (-1, 11), None, "perhaps opposite"),
        (0.0, 5, (3, 7), None, "none"),
        (-6.9, 0, (-1, 1), None, "none"),
        (None, 5, (3, 7), None, "none"),
    ],
)
def test_the_verdict_needs_all_intervals(measured, published, ours, people, seeds, verdict) -> None:
    effect = of(effects_of(TABLE, measured, margin=1.0), "mAP")
    changed = replace(
        effect,
        published=published,
        before={0: 80},
        after={0: 80 + ours},
        comparison=replace(effect.comparison, interval=Interval(*people, 0.95)),
        over_seeds=None if seeds is None else Interval(*seeds, 0.95),
    )
    assert changed.verdict == verdict


def test_measurements_of_other_queries_are_refused(measured) -> None:
    other = replace(measured[BLACK.case][0], groups=np.arange(16))
    measured[BLACK.case][0] = other
    with pytest.raises(InputError, match="of market1501 are of different items"):
        effects_of(TABLE, measured, margin=1.0)


def test_a_margin_must_be_above_zero(measured) -> None:
    with pytest.raises(ConfigError, match="margin"):
        effects_of(TABLE, measured, margin=0)


def test_the_papers_difference_needs_both_figures() -> None:
    assert published_difference(LESS_FULL, "rank1") == pytest.approx(-3.3)
    assert published_difference(LESS_FULL, "mINP") is None
