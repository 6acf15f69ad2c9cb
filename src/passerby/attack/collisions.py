"""Collision witnesses: different people whose outputs cannot be told from those of one person.

The thesis of Johansson and Lundberg asks for them (section 6.3): two people with the same output
show that a filter is not injective there. One output for both in every pixel proves it. Outputs
as close, to the strongest attacker, as two pictures of one person say that this attacker takes one
for the other; another one may not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import Fitted
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.pictures import cells_of
from passerby.matching.distances import Distances
from passerby.signatures.describer import Rows

__all__ = ["Collisions", "colliding_people", "collisions_of", "same_outputs"]

_SHOWN = 4
_FIRST = 300
"""Values that are compared first."""
_LEVEL = 1
"""Of 255, by which outputs that are the same may differ."""

_Matrix = npt.NDArray[np.floating]
_Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Collisions:
    """Pairs of different people whom an attacker takes for one another.

    Attributes:
        compared: Pairs of different people.
        seen: Of how many the outputs are as close as two pictures of one person, as a rule.
        clear: The same in clear pictures.
        same: Of how many two outputs are the same in every pixel, within one level of 255.
        clear_cells, seen_cells: PNG files of 8x8 cells of the closest four pairs, one after the
            other.
    """

    compared: int
    seen: int
    clear: int
    same: int
    clear_cells: tuple[bytes, ...]
    seen_cells: tuple[bytes, ...]


def collisions_of(pairs: CropPairs, best: Fitted) -> Collisions:
    """Compare the outputs of all people with those of all others.

    Args:
        pairs: Of people from whom nothing was learned.
        best: The strongest attacker at linking anonymized pictures.
    """
    people = pairs.clear
    rows = best.of_seen(pairs.seen)
    close, nearest = colliding_people(rows, people.ids)
    clear, _ = colliding_people(best.of_clear(people.images), people.ids)
    count = len(np.unique(people.ids))
    shown = [place for pair in nearest[:_SHOWN] for place in pair]
    return Collisions(
        compared=count * (count - 1) // 2,
        seen=close,
        clear=clear,
        same=same_outputs(pairs.seen, people.ids),
        clear_cells=tuple(cells_of(people.images[place]) for place in shown),
        seen_cells=tuple(cells_of(pairs.seen[place]) for place in shown),
    )


def colliding_people(rows: Rows, ids: _Ids) -> tuple[int, list[tuple[int, int]]]:
    """Count pairs of different people with rows no farther apart than half the pairs of one person.

    Args:
        rows: Signatures, shape (n, d).
        ids: Shape (n,), whose they are.

    Returns:
        How many pairs, and the places of the closest rows of each of them, closest first.
    """
    distances = np.array(Distances(rows, rows, "cosine")[slice(0, len(rows))], np.float64)
    same = ids[:, None] == ids
    np.fill_diagonal(same, val=False)
    if not same.any():
        return 0, []
    radius = np.percentile(distances[same], 50, method="higher")
    return _pairs_within(distances, ids, radius)


def same_outputs(images: CropImages, ids: _Ids) -> int:
    """Count pairs of different people of whom two outputs are the same within one level of 255."""
    flat = images.reshape(len(images), -1).astype(np.int16)
    found = set()
    for place, one in enumerate(flat[:-1]):
        others = place + 1 + np.flatnonzero(ids[place + 1 :] != ids[place])
        for start in (_FIRST, None):  # a few values tell most apart
            alike = (np.abs(flat[others, :start] - one[:start]) <= _LEVEL).all(axis=1)
            others = others[alike]
        found |= {frozenset((int(ids[place]), int(ids[other]))) for other in others}
    return len(found)


def _pairs_within(
    distances: _Matrix, ids: _Ids, radius: float
) -> tuple[int, list[tuple[int, int]]]:
    rows, columns = np.nonzero(np.triu((ids[:, None] != ids) & (distances <= radius)))
    order = np.argsort(distances[rows, columns], kind="stable")
    closest: dict[frozenset[int], tuple[int, int]] = {}
    for place in order:
        one, other = int(rows[place]), int(columns[place])
        closest.setdefault(frozenset((int(ids[one]), int(ids[other]))), (one, other))
    return len(closest), list(closest.values())
