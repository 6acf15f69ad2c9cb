"""A change in the mean over models and data sets, tested as Dietlmeier et al. do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from passerby.evaluate.statistics import paired_t
from passerby.reproduce.effects import Effect, published_difference
from passerby.reproduce.experiment import Experiment

__all__ = ["Overall", "overall"]


@dataclass(frozen=True, slots=True)
class Mean:
    """Differences of several rows in percentage points.

    Attributes:
        rows: How many.
        difference: Their mean.
        p: Of the paired t-test over rows, one-sided: small says that figures fall.
    """

    rows: int
    difference: float
    p: float


@dataclass(frozen=True, slots=True)
class Overall:
    """A change in the mean over rows.

    Attributes:
        what: The change.
        figure: ``mAP`` or ``rank1``.
        published: Worked out from the paper's table.
        ours: Over the rows that are measured; None where they are fewer than two.
    """

    what: str
    figure: str
    published: Mean | None
    ours: Mean | None


def overall(experiment: Experiment, effects: Sequence[Effect]) -> list[Overall]:
    """Average each kind of change over the rows of a table of several models.

    Args:
        experiment: The table.
        effects: Those of ours that are there.
    """
    if len({line.case.model for line in experiment.lines}) == 1:
        return []
    found = []
    for figure in dict.fromkeys(effect.figure for effect in effects):
        for what in dict.fromkeys(change.what for change in experiment.changes):
            changes = [change for change in experiment.changes if change.what == what]
            printed = [published_difference(change, figure) for change in changes]
            ours = [one.ours for one in effects if one.change.what == what and one.figure == figure]
            known = [value for value in printed if value is not None]
            found.append(Overall(what, figure, _mean(known), _mean(ours)))
    return found


def _mean(differences: Sequence[float]) -> Mean | None:
    if len(differences) < 2:
        return None
    values = np.array(differences)
    p = paired_t(np.zeros_like(values), values, "less")
    return Mean(len(values), float(values.mean()), p)
