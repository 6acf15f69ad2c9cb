"""How often people are recognised, in each direction between clear and anonymized pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import DIRECTIONS, Direction, Fitted
from passerby.attack.people import CropPairs
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.statistics import Figures
from passerby.signatures.describer import Rows
from passerby.signatures.signatures import Signatures

__all__ = ["Recognition", "recognise_clear", "recognise_people", "sides"]

_PROTOCOL = Protocol(max_rank=1)


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """Rank-1 of each query; the order of people who are as alike is random, in closed form.

    Attributes:
        right: Shape (n,), how likely the nearest picture shows the query's person; NaN for queries
            without a match.
        chance: Shape (n,), the same if all pictures were as alike.
        average_precision: Shape (n,), of each query's ranking; NaN likewise.
        ids: Shape (n,), the people of the queries.
    """

    right: Figures
    chance: Figures
    average_precision: Figures
    ids: npt.NDArray[np.int64]

    @property
    def rank1(self) -> float:
        """Mean over queries."""
        return float(np.nanmean(self.right))

    @property
    def mean_average_precision(self) -> float:
        """Mean over queries: steadier than rank-1 where there are few people."""
        return float(np.nanmean(self.average_precision))

    @property
    def mean_chance(self) -> float:
        """Mean over queries."""
        return float(np.nanmean(self.chance))


def recognise_people(fitted: Fitted, pairs: CropPairs) -> Iterator[tuple[Direction, Recognition]]:
    """Look for each person with the pictures of one camera in those of the others."""
    rows = fitted.of_seen(pairs.seen), fitted.of_clear(pairs.clear.images)
    for direction in DIRECTIONS:
        yield direction, _compare(*sides(direction, *rows), pairs)


def recognise_clear(fitted: Fitted, pairs: CropPairs) -> Recognition:
    """The same in clear pictures alone: what there is to hide."""
    rows = fitted.of_clear(pairs.clear.images)
    return _compare(rows, rows, pairs)


def sides(direction: Direction, seen: Rows, clear: Rows) -> tuple[Rows, Rows]:
    """Return what is asked with, and what is searched."""
    query, _, gallery = direction.split(" ")
    of = {"anonymized": seen, "clear": clear}
    return of[query], of[gallery]


def _compare(query: Rows, gallery: Rows, pairs: CropPairs) -> Recognition:
    people = pairs.clear
    result = evaluate(
        Signatures(query, people.ids, people.cameras),
        Signatures(gallery, people.ids, people.cameras),
        _PROTOCOL,
        verify=False,
    )
    same = people.ids[:, None] == people.ids
    left_out = (same & (people.cameras[:, None] == people.cameras)).sum(axis=1)
    chance = result.matches / (len(people) - left_out)
    return Recognition(
        right=result.matched[:, 0],
        chance=np.where(result.valid, chance, np.nan),
        average_precision=result.average_precision,
        ids=people.ids,
    )
