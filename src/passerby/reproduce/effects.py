"""Which effects of a paper are there: how large, how sure, and in the paper's direction or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from passerby.errors import InputError
from passerby.evaluate.comparison import Comparison, compare
from passerby.evaluate.statistics import Interval, holm
from passerby.reproduce.experiment import Case, Change, Experiment, Line
from passerby.reproduce.measurement import BY_QUERY, Measurement
from passerby.reproduce.spread import Spread, spread_of

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
        by_seed: Ours, by seed.
        comparison: Of single queries, each the mean over seeds; people are drawn for its interval.
        over_seeds: Interval of the mean over seeds; None where there is but one.
        seeds_p: Of Student's t that goes with the interval, two-sided.
        corrected: p by Holm's correction over all effects of a table: ``t``, ``wilcoxon`` and
            ``equivalence``.
    """

    change: Change
    figure: str
    published: float | None
    by_seed: Mapping[int, float]
    comparison: Comparison
    over_seeds: Interval | None
    seeds_p: float | None
    corrected: Mapping[str, float]

    @property
    def ours(self) -> float:
        """The mean over seeds."""
        return float(np.mean(list(self.by_seed.values())))

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
    """Work out all effects of which both lines are measured with a common seed.

    Args:
        experiment: The table.
        measured: What is there.
        margin: In points; a smaller difference does not matter.

    Raises:
        ConfigError: If the margin is not above 0.
        InputError: If two measurements are of different queries.
    """
    figures = [figure for figure in experiment.figures if figure in BY_QUERY]
    effects = [
        _effect(change, figure, measured, seeds, margin)
        for figure in figures
        for change in experiment.changes
        if (seeds := _seeds(change, measured))
    ]
    return _corrected(_with_intervals(effects, measured))


def _seeds(change: Change, measured: Measured) -> list[int]:
    before, after = (measured.get(line.case, {}) for line in (change.before, change.after))
    return sorted(before.keys() & after.keys())


def _effect(
    change: Change, figure: str, measured: Measured, seeds: Sequence[int], margin: float
) -> Effect:
    before, after = (
        [measured[line.case][seed] for seed in seeds] for line in (change.before, change.after)
    )
    identities = before[0].identities
    for one in (*before, *after):
        if not np.array_equal(one.identities, identities):
            raise InputError(
                f"measurements of {one.case.dataset} are of different queries: remove those of "
                "another data set from the folder"
            )
    first, second = (
        np.mean([one.by_query[figure] for one in side], axis=0) for side in (before, after)
    )
    pairs = list(zip(before, after, strict=True))
    values = [[one.figures[figure] for one in pair] for pair in pairs]
    return Effect(
        change=change,
        figure=figure,
        published=published_difference(change, figure),
        by_seed={seed: then - now for seed, (now, then) in zip(seeds, values, strict=True)},
        comparison=compare(first, second, identities, margin=margin),
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


def _with_intervals(effects: Sequence[Effect], measured: Measured) -> list[Effect]:
    """Effects of one name, figure and data set scatter alike over seeds."""
    kinds: dict[tuple[str, str, str], list[Effect]] = {}
    for effect in effects:
        kinds.setdefault(_kind(effect), []).append(effect)
    spreads = {kind: _spread(alike, measured) for kind, alike in kinds.items()}
    return [_with_interval(one, spreads[_kind(one)]) for one in effects]


def _kind(effect: Effect) -> tuple[str, str, str]:
    return effect.change.what, effect.figure, effect.change.after.case.dataset


def _spread(effects: Sequence[Effect], measured: Measured) -> Spread | None:
    """How far effects scatter that one network has, or else the figures of the two networks."""
    if effects[0].change.of_one_network:
        differences = {one.change.after.case: list(one.by_seed.values()) for one in effects}
        return spread_of(differences, {case: case.network for case in differences})
    figures = {
        line.case: [measured[line.case][seed].figures[one.figure] for seed in one.by_seed]
        for one in effects
        for line in (one.change.before, one.change.after)
    }
    return spread_of(figures, {case: case.network for case in figures})


def _with_interval(effect: Effect, spread: Spread | None) -> Effect:
    if spread is None or len(effect.by_seed) < 2:
        return effect
    share = (1 if effect.change.of_one_network else 2) / len(effect.by_seed)
    interval, p = spread.interval(effect.ours, share), spread.p(effect.ours, share)
    return replace(effect, over_seeds=interval, seeds_p=p)


def _corrected(effects: Sequence[Effect]) -> list[Effect]:
    def by_holm(p: Iterable[float]) -> list[float]:
        return holm(list(p))

    tests = {
        "t": by_holm(effect.comparison.t_p for effect in effects),
        "wilcoxon": by_holm(effect.comparison.wilcoxon_p for effect in effects),
        "equivalence": by_holm(effect.comparison.equivalence.p for effect in effects),
    }
    return [
        replace(effect, corrected={test: p[number] for test, p in tests.items()})
        for number, effect in enumerate(effects)
    ]
