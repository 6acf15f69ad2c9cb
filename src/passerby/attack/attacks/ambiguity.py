"""How many people have an output as close: an estimate of k-anonymity.

Two outputs are close if they are no farther apart than 95 % of the pairs of outputs of one person.
Somebody whose outputs are close to nobody else's stands alone. Nobody is hidden by it; and a crowd
around somebody is no proof, since another attacker may tell it apart.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.matching.distances import Distances
from passerby.signatures.describer import Rows

__all__ = ["people_as_close"]

_SHARE = 95
"""Per cent of the pairs of one person."""


def people_as_close(rows: Rows, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Count for each row the people, its own included, with a row that is close to it.

    Args:
        rows: Shape (n, d).
        ids: Shape (n,); one person at least has two rows, or nobody is close to anybody else.

    Returns:
        Shape (n,), 1 or more.
    """
    distances = Distances(rows, rows, "euclidean")[slice(0, len(rows))]
    same = ids[:, None] == ids
    np.fill_diagonal(same, val=False)
    radius = np.percentile(distances[same], _SHARE, method="higher") if same.any() else -1.0
    close = distances <= radius
    np.fill_diagonal(close, val=True)
    _, person = np.unique(ids, return_inverse=True)
    found = np.zeros((len(rows), int(person.max()) + 1), np.intp)
    np.add.at(found.T, person, close.T)
    counts: npt.NDArray[np.intp] = np.count_nonzero(found, axis=1)
    return counts


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    people, best = case.test.clear, champions.linking
    seen, clear = (
        people_as_close(rows, people.ids) < 2
        for rows in (best.fitted.of_seen(case.test.seen), best.fitted.of_clear(people.images))
    )
    return [
        success_finding(
            seen.astype(np.float64),
            people.ids,
            name="ambiguity",
            measure="stands alone",
            population=len(np.unique(people.ids)),
            chance=0.0,
            clear=float(clear.mean()),
        )
    ]


ATTACKS.add(
    "ambiguity",
    Attack(
        summary="How many outputs are as close to nobody else's as to their own person's.",
        question="singling out",
        measure=_measure,
    ),
)
