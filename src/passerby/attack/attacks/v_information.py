"""What the strongest attacker knows of who is shown, in bits."""

from collections.abc import Sequence

import numpy as np

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Strongest
from passerby.attack.case import AttackCase
from passerby.attack.findings import mean_of_worst
from passerby.attack.people import CropPairs
from passerby.attack.recognition import sides
from passerby.attack.sightings import three_sightings
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.information import fitted_temperature, pointwise_bits
from passerby.evaluate.statistics import Figures
from passerby.matching.distances import Distances

__all__: list[str] = []


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    ids = three_sightings(case.test.clear).ids
    if min(len(ids), len(three_sightings(case.validation.clear).ids)) < 2:
        return []
    best = champions.overall
    found, clear = (_bits(case, best, clear=clear) for clear in (False, True))
    interval = bootstrap_over_groups(found, ids, seed=case.seed)
    return [
        AttackFinding(
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
    ]


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
        summary="What the strongest attacker knows of who is shown, in bits: a lower bound.",
        question="information",
        measure=_measure,
    ),
)
