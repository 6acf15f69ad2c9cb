"""CMC, average precision and mINP from the places of the matches alone.

Nothing is sorted: what counts is how many images are nearer than a match, and how many are as
near. Images at the same distance are taken in random order, and every figure is its expectation
over that order, in closed form. So figures do not depend on the order of the gallery, and
signatures that are all the same reach exactly what chance does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid.matches import Pairs
from passerby.evaluate.statistics import Figures
from passerby.matching.distances import Block
from passerby.matching.neighbours import Indices

__all__ = ["MatchPlaces", "Ties", "places_in"]


@dataclass(frozen=True, slots=True, eq=False)
class MatchPlaces:
    """Where matches lie, one entry a match, ordered by query.

    Attributes:
        query: Shape (p,), whose match it is.
        nearer: Shape (p,), how many images are nearer.
        tied: Shape (p,), how many are as near, the match included.
    """

    query: Indices
    nearer: Indices
    tied: Indices

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Those of several blocks of queries, together."""
        return cls(
            np.concatenate([part.query for part in parts]),
            np.concatenate([part.nearer for part in parts]),
            np.concatenate([part.tied for part in parts]),
        )


def places_in(block: Block, matches: Pairs, start: int = 0) -> MatchPlaces:
    """Find the places of the matches of a block of queries.

    Args:
        block: Distances, shape (n, m), infinite where an image is left out.
        matches: Pairs of a row and a column of the block.
        start: Number of the query of its first row.
    """
    distances = block[matches.queries, matches.images]
    pairs = list(zip(matches.queries, distances, strict=True))
    nearer = [np.count_nonzero(block[row] < distance) for row, distance in pairs]
    reached = [np.count_nonzero(block[row] <= distance) for row, distance in pairs]
    before = np.array(nearer, np.intp)
    return MatchPlaces(matches.queries + start, before, np.array(reached, np.intp) - before)


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """Matches that are equally near to their query, together; ordered by query and distance.

    Attributes:
        queries: Number of queries.
        query: Shape (t,), whose matches they are.
        nearer: Shape (t,), images that are nearer.
        size: Shape (t,), images that are as near, with the matches.
        matches: Shape (t,), matches among these.
        matches_nearer: Shape (t,), matches that are nearer.
        total: Shape (queries,), matches of each query.
    """

    queries: int
    query: Indices
    nearer: Indices
    size: Indices
    matches: Indices
    matches_nearer: Indices
    total: Indices

    @classmethod
    def of(cls, places: MatchPlaces, queries: int) -> Self:
        """Gather the matches at the same distance from the same query."""
        order = np.lexsort((places.nearer, places.query))
        query, nearer = places.query[order], places.nearer[order]
        new = np.ones(len(query), bool)
        new[1:] = (np.diff(query) != 0) | (np.diff(nearer) != 0)
        start = np.flatnonzero(new)
        total = np.bincount(query, minlength=queries)
        first_of_query = np.cumsum(total) - total
        return cls(
            queries,
            query[start],
            nearer[start],
            places.tied[order][start],
            np.diff(np.append(start, len(query))),
            start - first_of_query[query[start]],
            total,
        )

    def average_precision(self) -> Figures:
        """The mean over the matches of the precision at each.

        Within a tie of n images with r matches, after N images with R matches, place i holds a
        match with probability r/n, and then (i-1)(r-1)/(n-1) matches are expected before it
        (McSherry and Najork 2008, section 3).
        """
        n, r, nearer = self.size, self.matches, self.nearer
        harmonic = _harmonic(nearer, n)
        growth = (r - 1) / np.maximum(n - 1, 1)
        precisions = (self.matches_nearer + 1) * harmonic
        precisions += growth * (n - (nearer + 1) * harmonic)
        return self._mean_over_matches(r / n * precisions)

    def average_precision_trapezoid(self) -> Figures:
        """The area under the precision-recall curve by trapezia.

        So counts the code published with Oxford Buildings and Market-1501: the mean over the
        matches of the precision at each and the one just before it, which is 1 at the first
        place. It is never more than `average_precision`.
        """
        n, r, nearer = self.size, self.matches, self.nearer
        shifted = np.maximum(nearer - 1, 0)
        harmonic = _harmonic(shifted, n)
        growth = (r - 1) / np.maximum(n - 1, 1)
        before = self.matches_nearer * harmonic + growth * (n - nearer * harmonic)
        at_the_top = 1 + growth * (n - 1)
        before = r / n * np.where(nearer == 0, at_the_top, before)
        return (self.average_precision() + self._mean_over_matches(before)) / 2

    def inverse_negative_penalty(self) -> Figures:
        """Matches over the place of the last one; its mean is mINP (Ye et al. 2021)."""
        last = np.flatnonzero(np.diff(self.query, append=self.queries))
        inverse = 1 / (self.nearer[last] + self.size[last])
        for number in np.flatnonzero(self.size[last] > self.matches[last]):
            tie = last[number]
            inverse[number] = _inverse_of_last(
                int(self.nearer[tie]), int(self.size[tie]), int(self.matches[tie])
            )
        return self._one_each(last, self.total[self.query[last]] * inverse)

    def first_rank(self) -> Figures:
        """The expected place of the nearest match, from 1."""
        first = self._first()
        expected = self.nearer[first] + (self.size[first] + 1) / (self.matches[first] + 1)
        return self._one_each(first, expected)

    def matched(self, max_rank: int) -> npt.NDArray[np.float64]:
        """The probability that a match is among the nearest 1, 2, ... images.

        Returns:
            Shape (queries, max_rank); rows of queries without a match are NaN.
        """
        first = self._first()
        n, r = self.size[first, None], self.matches[first, None]
        drawn = np.arange(max_rank) - self.nearer[first, None]  # from the tie, before this place
        missed = np.clip((n - r - drawn) / np.maximum(n - drawn, 1), 0, 1)
        missed[drawn < 0] = 1
        curves = np.full((self.queries, max_rank), np.nan)
        curves[self.query[first]] = 1 - np.cumprod(missed, axis=1)
        return curves

    def _first(self) -> Indices:
        return np.flatnonzero(np.diff(self.query, prepend=-1))

    def _mean_over_matches(self, values: Figures) -> Figures:
        sums = np.bincount(self.query, values, minlength=self.queries)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / self.total)

    def _one_each(self, ties: Indices, values: Figures) -> Figures:
        figures = np.full(self.queries, np.nan)
        figures[self.query[ties]] = values
        return figures


def _harmonic(start: Indices, count: Indices) -> Figures:
    """The sum of 1/(start+1) to 1/(start+count)."""
    end = start + count
    sums = np.zeros(end.max(initial=0) + 1)  # of 1/1 to 1/n
    np.cumsum(1 / np.arange(1, len(sums)), out=sums[1:])
    return np.where(count == 1, 1 / (start + 1), sums[end] - sums[start])


def _inverse_of_last(nearer: int, size: int, matches: int) -> float:
    """The expectation of one over the place of the last match of a tie.

    It lies at place l of the tie with probability C(l-1, r-1) / C(n, r), which is built up from
    l = n downwards.
    """
    place = np.arange(size, matches - 1, -1)
    ratios = (place[1:] + 1 - matches) / place[1:]
    probability = matches / size * np.cumprod(np.append(1.0, ratios))
    return float((probability / (nearer + place)).sum())
