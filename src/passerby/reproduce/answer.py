"""The answer to a table: published figures, ours, and every effect, from measurements alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passerby.errors import InputError
from passerby.evaluate.statistics import Interval
from passerby.reproduce.effects import Effect, Measured, effects_of
from passerby.reproduce.experiment import Experiment, Line, Study
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.overall import Overall, overall
from passerby.reproduce.spread import SeedSpread, seed_spread

__all__ = ["MARGIN", "Answer", "Value", "answer_of"]

MARGIN = 1.0
"""Points within which an effect counts as small, unless told otherwise."""


@dataclass(frozen=True)
class Value:
    """A published figure and ours.

    Attributes:
        line: Where it stands.
        figure: Its name.
        published: The paper's, or None.
        by_seed: Ours, by seed; empty if it was not run.
        over_seeds: Interval of the mean; None where there is but one seed.
    """

    line: Line
    figure: str
    published: float | None
    by_seed: Mapping[int, float]
    over_seeds: Interval | None

    @property
    def ours(self) -> float | None:
        """The mean over seeds."""
        return sum(self.by_seed.values()) / len(self.by_seed) if self.by_seed else None

    @property
    def difference(self) -> float | None:
        """Ours less the paper's."""
        return None if self.ours is None or self.published is None else self.ours - self.published


@dataclass(frozen=True)
class Answer:
    """All that is known about a table at one scale.

    Attributes:
        experiment: The table.
        scale: Of the trainings.
        margin: In points; a smaller effect does not matter.
        values: Every figure of the table.
        effects: Those of which both sides are measured.
        overall: Changes in the mean over models and data sets.
        missing: Why a line was not run, by row and setting.
        measurements: What all of it is worked out from.
    """

    experiment: Experiment
    scale: str
    margin: float
    values: Sequence[Value]
    effects: Sequence[Effect]
    overall: Sequence[Overall]
    missing: Mapping[tuple[str, str], str]
    measurements: Sequence[Measurement]


def answer_of(
    experiment: Experiment,
    scale: str,
    measurements: Sequence[Measurement],
    margin: float = MARGIN,
) -> Answer | None:
    """Answer a table from measurements; None if there is none that belongs to it.

    Args:
        experiment: The table.
        scale: ``paper`` or ``quick``.
        measurements: Of any tables and scales.
        margin: In points; a smaller effect does not matter.

    Raises:
        ConfigError: If the margin is not above 0.
        InputError: If measurements are of different data or recipes.
    """
    cases = {line.case for line in experiment.lines}
    ours = [one for one in measurements if one.scale == scale and one.case in cases]
    if not ours:
        return None
    _check_alike(experiment.study, ours)
    measured: dict[Any, dict[int, Measurement]] = {}
    for one in ours:
        measured.setdefault(one.case, {})[one.seed] = one
    effects = effects_of(experiment, measured, margin)
    return Answer(
        experiment=experiment,
        scale=scale,
        margin=margin,
        values=_values(experiment, measured),
        effects=effects,
        overall=overall(experiment, effects),
        missing=_missing(experiment, measured),
        measurements=ours,
    )


def _check_alike(study: Study, measurements: Sequence[Measurement]) -> None:
    """One answer must not mix what goes by one name: data, images, recipes, rules."""
    known: dict[tuple[str, str], object] = {}
    for one in measurements:
        for (what, name), fact in study.alike(one).items():
            if known.setdefault((what, name), fact) != fact:
                raise InputError(
                    f"measurements differ in their {what} of {name}: run the table anew in a "
                    "folder of its own"
                )


def _values(experiment: Experiment, measured: Measured) -> list[Value]:
    return [
        _value(line, figure, experiment, measured)
        for figure in experiment.figures
        for line in experiment.lines
    ]


def _value(line: Line, figure: str, experiment: Experiment, measured: Measured) -> Value:
    by_seed = _by_seed(line, figure, measured)
    return Value(
        line=line,
        figure=figure,
        published=line.published.get(figure),
        by_seed=by_seed,
        over_seeds=_interval(by_seed, _spread(experiment, line.case.datasets, figure, measured)),
    )


def _by_seed(line: Line, figure: str, measured: Measured) -> dict[int, float]:
    measurements = measured.get(line.case, {}).items()
    return {seed: one.figures[figure] for seed, one in measurements if figure in one.figures}


def _spread(
    experiment: Experiment, datasets: tuple[str, ...], figure: str, measured: Measured
) -> SeedSpread | None:
    """Figures of one name and of the same data scatter alike over seeds."""
    lines = [line for line in experiment.lines if line.case.datasets == datasets]
    figures = {line.case: list(_by_seed(line, figure, measured).values()) for line in lines}
    return seed_spread(figures, {case: case.network for case in figures})


def _interval(by_seed: Mapping[int, float], spread: SeedSpread | None) -> Interval | None:
    if spread is None or len(by_seed) < 2:
        return None
    return spread.interval(sum(by_seed.values()) / len(by_seed), 1 / len(by_seed))


def _missing(experiment: Experiment, measured: Measured) -> dict[tuple[str, str], str]:
    there = {name for case in measured for name in case.datasets}
    missing = {}
    for line in experiment.lines:
        if not measured.get(line.case):
            reason = experiment.study.missing(line.case, there)
            missing[line.row, line.setting] = reason or f'not run: give --rows "{line.row}"'
    return missing
