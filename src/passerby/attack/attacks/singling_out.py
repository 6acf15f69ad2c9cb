"""Singling one person out of N, by the strongest attackers of the panel."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Strongest
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.attack.recognition import sides
from passerby.attack.sightings import three_sightings
from passerby.evaluate.singling_out import singled_out, singled_out_by_chance
from passerby.evaluate.statistics import Figures
from passerby.matching.distances import Distances
from passerby.signatures.describer import Rows

__all__: list[str] = []

POPULATIONS = (10, 50, 200)
"""N, of those that there are enough people for; and all people who are measured on."""


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    if len(three_sightings(case.test.clear).ids) < 2:
        return []
    both = (champions.identifying, champions.linking)
    return [finding for best in both for finding in _findings(case, best)]


def _findings(case: AttackCase, best: Strongest) -> list[AttackFinding]:
    three = three_sightings(case.test.clear)
    seen, clear = best.fitted.of_seen(case.test.seen), best.fitted.of_clear(case.test.clear.images)
    query, gallery = sides(best.direction, seen, clear)

    def likeness(known: Rows, others: Rows, places: npt.NDArray[np.intp]) -> Figures:
        distances = Distances(known[three.known], others[places], "cosine")
        return np.asarray(-distances[slice(0, len(three.ids))], np.float64)

    def found(known: Rows, others: Rows, population: int) -> Figures:
        calibration = likeness(known, others, three.calibration)
        test = likeness(known, others, three.test)
        return singled_out(calibration, test, population, seed=case.seed)

    populations = sorted({one for one in POPULATIONS if one < len(three.ids)} | {len(three.ids)})
    return [
        success_finding(
            found(query, gallery, population),
            three.ids,
            name="singling-out",
            measure="singling out",
            direction=best.direction,
            population=population,
            chance=singled_out_by_chance(population),
            clear=float(np.nanmean(found(clear, clear, population))),
        )
        for population in populations
    ]


ATTACKS.add(
    "singling-out",
    Attack(
        summary="How often a predicate holds for exactly one of N people.",
        question="singling out",
        measure=_measure,
    ),
)
