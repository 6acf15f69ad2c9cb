"""Which effects of a paper are there: how large, how sure, and in the paper's direction or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from passerby.errors import InputError
from passerby.evaluate.comparison import Comparison, compare
from passerby.evaluate.statistics import Interval, holm
from passerby.reproduce.experiment import Case, Change, Experiment, Line
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.spread import SeedSpread, seed_spread

__all__ = ["Effect", "Measured", "Verdict", "effects_of", "published_difference"]

Measured: TypeAlias = Mapping[Case, Mapping[int, Measurement]]
"""Measurements by case and seed."""

Verdict = Literal["as published", "perhaps as published", "perhaps opposite", "opposite", "none"]
"""Without "perhaps", both intervals are there, and neither reaches to 0. There is none where either
effect is 0 or the paper's is not known."""


@dataclass(frozen=True)
class Effect:
    """A figure of one line less that of another, in percentage points.

    Attributes:
        change: Which lines.
        figure: ``mAP`` or ``rank1``.
        published: The paper's difference, or None.
        before, after: Ours of the two lines in percent, by seed. One network is compared with
            itself, so that its seeds are those that both lines have; of two, each has its own.
        comparison: Of single queries, each the mean over seeds; people are drawn for its interval.
        over_seeds: Interval of the mean over seeds; None where either line has but one.
        seeds_p: Of Student's t that goes with the interval, two-sided.
        corrected: p by Holm's correction over all effects that the table has, measured or not:
            ``t``, ``wilcoxon`` and ``equivalence``.
    """

    change: Change
    figure: str
    published: float | None
    before: Mapping[int, float]
    after: Mapping[int, float]
    comparison: Comparison
    over_seeds: Interval | None
    seeds_p: float | None
    corrected: Mapping[str, float]

    @property
    def ours(self) -> float:
        """The mean over seeds."""
        after, before = (np.mean(list(side.values())) for side in (self.after, self.before))
        return float(after - before)

    @property
    def verdict(self) -> Verdict:
        """Whether it has the direction of the paper's, and for sure."""
        if not self.published or not self.ours:
            return "none"
        intervals = self.comparison.interval, self.over_seeds
        sure = all(one is not None and (one.low > 0 or one.high < 0) for one in intervals)
        if (self.ours > 0) == (self.published > 0):
            return "as published" if sure else "perhaps as published"
        return "opposite" if sure else "perhaps opposite"


def effects_of(experiment: Experiment, measured: Measured, margin: float) -> list[Effect]:
    """Work out all effects of which both lines are measured.

    Args:
        experiment: The table.
        measured: What is there.
        margin: In points; a smaller difference does not matter.

    Raises:
        ConfigError: If the margin is not above 0.
        InputError: If two measurements are of different queries.
    """
    figures = [figure for figure in experiment.figures if figure in experiment.paired]
    effects = [
        _effect(change, figure, before, after, margin)
        for figure in figures
        for change in experiment.changes
        for before, after in [_sides(change, measured)]
        if before and after
    ]
    return _corrected(_with_intervals(effects), len(figures) * len(experiment.changes))


def _sides(
    change: Change, measured: Measured
) -> tuple[Mapping[int, Measurement], Mapping[int, Measurement]]:
    """Measurements of both lines by seed; of one network, of the seeds that both have."""
    before, after = (measured.get(line.case, {}) for line in (change.before, change.after))
    if not change.of_one_network:
        return before, after
    seeds = sorted(before.keys() & after.keys())
    return {seed: before[seed] for seed in seeds}, {seed: after[seed] for seed in seeds}


def _effect(
    change: Change,
    figure: str,
    before: Mapping[int, Measurement],
    after: Mapping[int, Measurement],
    margin: float,
) -> Effect:
    groups = next(iter(before.values())).groups
    for one in (*before.values(), *after.values()):
        if not np.array_equal(one.groups, groups):
            raise InputError(
                f"measurements of {one.case.datasets[-1]} are of different items: remove those of "
                "other data from the folder"
            )
    first, second = (
        np.mean([one.by_item[figure] for one in side.values()], axis=0) for side in (before, after)
    )
    return Effect(
        change=change,
        figure=figure,
        published=published_difference(change, figure),
        before={seed: one.figures[figure] for seed, one in before.items()},
        after={seed: one.figures[figure] for seed, one in after.items()},
        comparison=compare(first, second, groups, margin=margin),
        over_seeds=None,
        seeds_p=None,
        corrected={},
    )


def published_difference(change: Change, figure: str) -> float | None:
    """Return the paper's difference in percentage points; None if it lacks one of the figures."""

    def of(line: Line) -> float | None:
        return line.published.get(figure)

    before, after = of(change.before), of(change.after)
    return None if before is None or after is None else round(after - before, 6)


def _with_intervals(effects: Sequence[Effect]) -> list[Effect]:
    kinds: dict[tuple[str, ...], list[Effect]] = {}
    for effect in effects:
        kinds.setdefault(_kind(effect), []).append(effect)
    spreads = {kind: _spread(alike) for kind, alike in kinds.items()}
    return [_with_interval(one, spreads[_kind(one)]) for one in effects]


def _kind(effect: Effect) -> tuple[str, ...]:
    """Effects of one kind scatter alike over seeds: of one network, those of the same test."""
    change = effect.change
    case = change.after.case
    kind = change.what, effect.figure, *case.datasets
    return (*kind, case.setting) if change.of_one_network else kind


def _spread(effects: Sequence[Effect]) -> SeedSpread | None:
    """How far effects scatter that one network has, or else the figures of the two networks."""
    groups: dict[Case, list[float]] = {}
    for one in effects:
        first, second = one.change.before.case, one.change.after.case
        if one.change.of_one_network:
            groups[second] = [one.after[seed] - one.before[seed] for seed in one.after]
        else:
            groups |= {first: list(one.before.values()), second: list(one.after.values())}
    return seed_spread(groups, {case: case.network for case in groups})


def _with_interval(effect: Effect, spread: SeedSpread | None) -> Effect:
    counts = len(effect.before), len(effect.after)
    if spread is None or min(counts) < 2:
        return effect
    of_one = effect.change.of_one_network
    share = 1 / counts[0] if of_one else sum(1 / count for count in counts)
    interval, p = spread.interval(effect.ours, share), spread.p(effect.ours, share)
    return replace(effect, over_seeds=interval, seeds_p=p)


def _corrected(effects: Sequence[Effect], total: int) -> list[Effect]:
    """Correct over ``total`` effects, so that measuring one more changes no conclusion."""

    def by_holm(p: Iterable[float]) -> list[float]:
        return holm([*p, *[1.0] * (total - len(effects))])

    tests = {
        "t": by_holm(effect.comparison.t_p for effect in effects),
        "wilcoxon": by_holm(effect.comparison.wilcoxon_p for effect in effects),
        "equivalence": by_holm(effect.comparison.equivalence.p for effect in effects),
    }
    return [
        replace(effect, corrected={test: p[number] for test, p in tests.items()})
        for number, effect in enumerate(effects)
    ]
