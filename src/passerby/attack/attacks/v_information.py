"""What the strongest attackers know of who is shown, in bits, and what that says of others.

The pointwise V-information (Xu et al. 2020) is a lower bound that counts how sure an attacker is.
Fano's inequality (1961) gives one from how often the attacker is right alone. From the same figure
Cover and Hart (1967) estimate how often any attacker can be right at most.
"""

from collections.abc import Callable, Sequence

import numpy as np

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Strongest
from passerby.attack.case import AttackCase
from passerby.attack.findings import mean_of_worst
from passerby.attack.people import CropPairs
from passerby.attack.recognition import sides
from passerby.attack.sightings import three_sightings
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.information import (
    bayes_error_floor,
    fano_bits,
    fitted_temperature,
    pointwise_bits,
)
from passerby.evaluate.statistics import Figures
from passerby.evaluate.success import success_rate
from passerby.matching.distances import Distances

__all__ = ["first_by_chance"]


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    ids = three_sightings(case.test.clear).ids
    if min(len(ids), len(three_sightings(case.validation.clear).ids)) < 2:
        return []
    both = (champions.identifying, champions.linking)
    return [
        finding
        for best in both
        for finding in (_of_information(case, best), *_of_right_answers(case, best))
    ]


def _of_information(case: AttackCase, best: Strongest) -> AttackFinding:
    ids = three_sightings(case.test.clear).ids
    found, clear = (_bits(case, best, clear=clear) for clear in (False, True))
    interval = bootstrap_over_groups(found, ids, seed=case.seed)
    return AttackFinding(
        name="v-information",
        knowledge="knows the filter",
        measure="bits about who it is",
        direction=best.direction,
        population=len(ids),
        chance=0.0,
        clear=float(clear.mean()),
        success=float(found.mean()),
        low=interval.low,
        high=interval.high,
        worst=mean_of_worst(found, ids),
    )


def _of_right_answers(case: AttackCase, best: Strongest) -> list[AttackFinding]:
    """What how often people are recognised says, by inequalities that grow with it."""
    ids = three_sightings(case.test.clear).ids
    right = first_by_chance(_scores(case.test, best, clear=False))
    rate = success_rate(right, ids)
    clear = float(first_by_chance(_scores(case.test, best, clear=True)).mean())
    people = len(ids)

    def finding(measure: str, chance: float, said: Callable[[float], float]) -> AttackFinding:
        return AttackFinding(
            name="v-information",
            knowledge="knows the filter",
            measure=measure,
            direction=best.direction,
            population=people,
            chance=chance,
            clear=said(clear),
            success=said(rate.value),
            low=said(rate.interval.low),
            high=said(rate.interval.high),
        )

    return [
        finding("bits by Fano's inequality", 0.0, lambda share: fano_bits(share, people)),
        finding(
            "most right answers (estimate)",
            1 / people,
            lambda share: 1 - bayes_error_floor(1 - share, people),
        ),
    ]


def first_by_chance(scores: Figures) -> Figures:
    """Return how likely the match of each query comes first, ties in random order.

    Args:
        scores: Shape (n, n): the match of a query is in the column of its own number.

    Returns:
        Shape (n,), 0-1.
    """
    best = scores.max(axis=1, keepdims=True)
    first = scores == best
    return np.asarray(np.diagonal(first) / first.sum(axis=1), np.float64)


def _bits(case: AttackCase, best: Strongest, *, clear: bool) -> Figures:
    """Of each person measured on; the temperature is fitted on others."""
    held, scores = (_scores(pairs, best, clear=clear) for pairs in (case.validation, case.test))
    temperature = fitted_temperature(held, np.arange(len(held)))
    return pointwise_bits(scores, np.arange(len(scores)), temperature)


def _scores(pairs: CropPairs, best: Strongest, *, clear: bool) -> Figures:
    """How like each person's first sighting the second one of each is, shape (m, m)."""
    three = three_sightings(pairs.clear)
    shown = best.fitted.of_clear(pairs.clear.images)
    seen = shown if clear else best.fitted.of_seen(pairs.seen)
    query, gallery = sides(best.direction, seen, shown)
    distances = Distances(query[three.known], gallery[three.calibration], "cosine")
    return np.asarray(-distances[slice(0, len(three.ids))], np.float64)


ATTACKS.add(
    "v-information",
    Attack(
        summary="What the strongest attackers know of who is shown, in bits: lower bounds.",
        question="information",
        measure=_measure,
    ),
)
