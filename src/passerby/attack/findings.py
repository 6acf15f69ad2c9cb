"""Findings of attacks whose successes can be counted person by person."""

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import AttackFinding, Direction, Knowledge
from passerby.evaluate.statistics import Figures
from passerby.evaluate.success import success_rate

__all__ = ["mean_of_worst", "success_finding"]

_WORST = 0.05
"""Share of people."""


def success_finding(  # noqa: PLR0913  (one field each)
    successes: Figures,
    ids: npt.NDArray[np.int64],
    *,
    name: str,
    measure: str,
    chance: float,
    clear: float,
    knowledge: Knowledge = "knows the filter",
    direction: Direction | None = None,
    population: int | None = None,
    frames: int = 1,
    weights: Figures | None = None,
) -> AttackFinding:
    """Return the mean success, its interval over people, and that of the worst 5 %.

    Args:
        successes: Shape (n,), how likely each try succeeds, 0-1; NaN counts for nothing.
        ids: Shape (n,), whose try it was.
        name: Of the attack.
        measure: What counts as a success.
        chance: What somebody reaches who sees nothing.
        clear: What the same attack reaches on clear pictures.
        knowledge: What the attacker has.
        direction: Of the search, if there is one.
        population: Among how many people or pictures.
        frames: How many frames of a sighting there are.
        weights: Shape (n,), above 0: how much each try counts; by default all the same.

    Raises:
        InputError: If there is no try.
    """
    rate = success_rate(successes, ids, weights=weights)
    return AttackFinding(
        name=name,
        knowledge=knowledge,
        measure=measure,
        direction=direction,
        population=population,
        frames=frames,
        chance=chance,
        clear=clear,
        success=rate.value,
        low=rate.interval.low,
        high=rate.interval.high,
        worst=mean_of_worst(successes, ids),
    )


def mean_of_worst(values: Figures, ids: npt.NDArray[np.int64]) -> float:
    """Return the mean over the 5 % of people, at least one, with the highest means of their own."""
    known = ~np.isnan(values)
    _, person = np.unique(ids[known], return_inverse=True)
    means = np.sort(np.bincount(person, values[known]) / np.bincount(person))
    return float(means[-max(round(_WORST * len(means)), 1) :].mean())
