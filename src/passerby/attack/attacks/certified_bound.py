"""The most that anybody can find out, where that is proven: by attacks that nobody thought of too.

Whoever has B bits about who of N people is shown is right at most as often as Fano's inequality
allows. With B of log2 N or more it allows everything: then the bound is vacuous.
"""

from collections.abc import Sequence

import numpy as np

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.evaluate.information import most_correct

__all__ = ["MOST_BITS", "MOST_RIGHT"]

MOST_BITS, MOST_RIGHT = "bits of a crop (proven bound)", "most right answers (proven bound)"
"""Names of figures."""

_PIXEL = 24
"""Bits."""


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    if case.most_bits is None:
        return []
    people = len(np.unique(case.test.clear.ids))
    height, width = case.test.clear.images.shape[1:3]
    all_bits = float(_PIXEL * height * width)
    most = min(case.most_bits, all_bits)

    def proven(measure: str, chance: float, clear: float, bound: float) -> AttackFinding:
        return AttackFinding(
            name="certified-bound",
            knowledge="knows the filter",
            measure=measure,
            population=people,
            chance=chance,
            clear=clear,
            success=bound,
            low=bound,
            high=bound,
        )

    right = most_correct(most, people) if people > 1 else 1.0
    return [
        proven(MOST_BITS, 0.0, all_bits, most),
        proven(MOST_RIGHT, 1 / people, 1.0, right),
    ]


ATTACKS.add(
    "certified-bound",
    Attack(
        summary="What nobody can exceed, where outputs are few or noisy: bits, and right answers.",
        question="information",
        measure=_measure,
    ),
)
