"""Linking two sightings among N' candidates, by the strongest attacker of the panel."""

from collections.abc import Sequence

import numpy as np

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Strongest
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.attack.people import CropPairs
from passerby.attack.recognition import sides
from passerby.evaluate.linkability import LinkTrials, link_trials
from passerby.signatures.describer import Rows
from passerby.signatures.signatures import Signatures

__all__ = ["CANDIDATES", "linking_curve"]

CANDIDATES = (2, 10, 50, 200, 750)
"""N', the match included; of those that there are enough sightings of others for."""


def linking_curve(
    pairs: CropPairs, best: Strongest, *, name: str, frames: int = 1
) -> list[AttackFinding]:
    """Return how often sightings are linked, for each number of candidates.

    Args:
        pairs: Whom to link.
        best: Who links.
        name: Of the attack.
        frames: How many the attacker has of each sighting.
    """
    seen, clear = best.fitted.of_seen(pairs.seen), best.fitted.of_clear(pairs.clear.images)
    trials = _trials(*sides(best.direction, seen, clear), pairs)
    baseline = _trials(clear, clear, pairs)
    return [
        success_finding(
            trials.linked(candidates),
            pairs.clear.ids,
            name=name,
            measure="linkability",
            direction=best.direction,
            population=candidates,
            frames=frames,
            chance=1 / candidates,
            clear=float(np.nanmean(baseline.linked(candidates))),
        )
        for candidates in CANDIDATES
        if candidates - 1 <= trials.others.min()
    ]


def _trials(query: Rows, gallery: Rows, pairs: CropPairs) -> LinkTrials:
    people = pairs.clear
    return link_trials(
        Signatures(query, people.ids, people.cameras),
        Signatures(gallery, people.ids, people.cameras),
    )


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    return [
        finding
        for best in (champions.identifying, champions.linking)
        for finding in linking_curve(case.test, best, name="linkability")
    ]


ATTACKS.add(
    "linkability",
    Attack(
        summary="How often two sightings of a person are linked, among more and more candidates.",
        question="linking",
        measure=_measure,
    ),
)
