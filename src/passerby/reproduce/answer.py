"""The answer to a table: published figures, ours, and every effect, from measurements alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passerby.errors import InputError
from passerby.evaluate.statistics import Interval
from passerby.reproduce.effects import Effect, Measured, effects_of
from passerby.reproduce.experiment import Experiment, Line
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.overall import Overall, overall
from passerby.reproduce.spread import intervals_over_seeds

__all__ = ["MARGIN", "Answer", "Value", "answer_of"]

MARGIN = 1.0
"""Points within which an effect counts as small, unless told otherwise."""


@dataclass(frozen=True)
class Value:
    """A published figure and ours, in percent.

    Attributes:
        line: Where it stands.
        figure: Its name.
        published: The paper's, or None.
        by_seed: Ours, by seed; empty if it was not run.
        over_seeds: Interval of the mean; None where each line has one seed.
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
    _check_alike(ours)
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


def _check_alike(measurements: Sequence[Measurement]) -> None:
    """One answer must not mix two data sets of one name, or two recipes of one model."""
    known: dict[tuple[str, str], object] = {}
    for one in measurements:
        facts = {
            ("images", one.case.dataset): one.made_from["index"],
            ("recipe", one.case.model): one.training["recipe"],
            ("first weights", one.case.model): one.training["weights"],
        }
        for (what, name), fact in facts.items():
            if known.setdefault((what, name), fact) != fact:
                raise InputError(
                    f"measurements differ in their {what} of {name}: run the table anew in a "
                    "folder of its own"
                )


def _values(experiment: Experiment, measured: Measured) -> list[Value]:
    values = []
    for figure in experiment.figures:
        seeds = {
            number: {seed: one.figures[figure] for seed, one in _of(line, measured).items()}
            for number, line in enumerate(experiment.lines)
        }
        intervals = intervals_over_seeds({key: list(one.values()) for key, one in seeds.items()})
        values += [
            Value(line, figure, line.published.get(figure), seeds[number], intervals.get(number))
            for number, line in enumerate(experiment.lines)
        ]
    return values


def _of(line: Line, measured: Measured) -> Mapping[int, Measurement]:
    return measured.get(line.case, {})


def _missing(experiment: Experiment, measured: Measured) -> dict[tuple[str, str], str]:
    there = {case.dataset for case in measured}
    missing = {}
    for line in experiment.lines:
        if not _of(line, measured):
            name = line.case.dataset
            remedy = f'--rows "{line.row}"' if name in there else f"--data {name}=ROOT"
            missing[line.row, line.setting] = f"not run: give {remedy}"
    return missing
