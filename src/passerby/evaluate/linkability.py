"""Can two sightings of a person be linked? That depends on how many others come into question.

WP29 opinion 05/2014 asks whether records about one person can be linked. Here an attacker sees a
person once, is shown N' people one of whom it is, and picks the most alike. How often the pick is
right is worked out for every N' from one matrix of distances, in closed form (as the hypergeometric
form of the metric for voices, "Legally validated evaluation framework for voice anonymization",
Interspeech 2025, without its rule that ties count for the attacker).

People who are exactly as alike are picked from at random. So outputs that are all the same reach
what guessing does, 1 / N', whatever the order of the gallery.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.matches import Matches
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.ranking import MatchPlaces, Ties, places_in
from passerby.evaluate.statistics import Figures
from passerby.matching.distances import Block, Distances, blocks
from passerby.signatures.signatures import Signatures, check_comparable

__all__ = ["LinkTrials", "link_trials", "link_trials_of"]

_Counts = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LinkTrials:
    """Pairs of sightings of one person, and how many others are as alike as the second or more.

    Attributes:
        query: Shape (t,), number of the query that each pair is of.
        nearer: Shape (t,), images of others that are nearer to the query than its match.
        tied: Shape (t,), images of others that are as near.
        others: Shape (t,), images of others in the gallery.
        weight: Shape (t,), how many pairs an entry stands for.
        queries: Number of queries.
    """

    query: _Counts
    nearer: _Counts
    tied: _Counts
    others: _Counts
    weight: _Counts
    queries: int

    def linked(self, candidates: int) -> Figures:
        """Return how likely each query is linked to its match among so many candidates.

        Let N' - 1 of the n others be drawn, b of whom are nearer and t tied. Put the match at
        random among the tied: then j = 0, ..., t of them come before it, each as likely. It is
        picked if none that comes before it is drawn: C(n-b-j, N'-1) / C(n, N'-1), of which the
        mean is taken.

        Args:
            candidates: N', the match included, at least 1.

        Returns:
            Shape (queries,), the mean over a query's matches; NaN where a query has none, or fewer
            others than are to be drawn.

        Raises:
            ConfigError: If there are no candidates.
        """
        if candidates < 1:
            raise ConfigError(f"{candidates} candidates: the match is one of them, so ask for 1")
        drawn = candidates - 1
        enough = self.others >= drawn
        share = np.full(len(self.query), np.nan)
        share[enough] = _picked(self.nearer[enough], self.tied[enough], self.others[enough], drawn)
        sums = np.bincount(self.query, share * self.weight, minlength=self.queries)
        counts = np.bincount(self.query, self.weight, minlength=self.queries)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / counts)


def link_trials(
    query: Signatures, gallery: Signatures, protocol: Protocol | None = None
) -> LinkTrials:
    """Compare signatures of queries and a gallery.

    Args:
        query: First sightings.
        gallery: Second sightings, and others.
        protocol: Which images are left out; those of the query's person by the query's own camera,
            by default.

    Raises:
        InputError: If signatures do not fit each other, or no query has a match.
    """
    check_comparable(query, gallery)
    protocol = protocol or Protocol()
    matches = Matches.of(query, gallery, protocol)
    distances = Distances(query.features, gallery.features, protocol.distance)
    return _trials(blocks(distances), matches, len(query))


def link_trials_of(
    distances: Block, query: Signatures, gallery: Signatures, protocol: Protocol | None = None
) -> LinkTrials:
    """The same for distances that are known already.

    Args:
        distances: Shape (n, m); the smaller, the more alike. It is changed: what is left out
            becomes infinite.
        query: Whose ids and cameras count.
        gallery: Likewise.
        protocol: As in `link_trials`.

    Raises:
        InputError: If the shape does not fit, a distance is NaN, or no query has a match.
    """
    if distances.shape != (len(query), len(gallery)):
        raise InputError(
            f"distances have shape {distances.shape}, but there are {len(query)} queries and "
            f"{len(gallery)} images: give one distance for each pair"
        )
    if np.isnan(distances.sum()):
        raise InputError("a distance is NaN: check the network that made the signatures")
    matches = Matches.of(query, gallery, protocol or Protocol())
    return _trials([(slice(0, len(query)), distances)], matches, len(query))


def _trials(parts: Iterable[tuple[slice, Block]], matches: Matches, queries: int) -> LinkTrials:
    places = []
    for rows, block in parts:
        matches.leave_out(rows, block)
        places.append(places_in(block, matches.matches.within(rows), rows.start))
    ties = Ties.of(MatchPlaces.joined(places), queries)
    others = matches.kept - matches.per_query
    return LinkTrials(
        query=ties.query,
        nearer=ties.nearer - ties.matches_nearer,
        tied=ties.size - ties.matches,
        others=others[ties.query],
        weight=ties.matches,
        queries=queries,
    )


def _picked(nearer: _Counts, tied: _Counts, others: _Counts, drawn: int) -> Figures:
    """The probability that the match is picked; see `LinkTrials.linked`."""
    logarithms = _log_factorials(int(others.max(initial=0)) + 1)
    picked = np.empty(len(others))
    for count in np.unique(others):  # nearly the same for all queries
        chances = _log_choose(logarithms, np.arange(count + 1), drawn)
        sums = np.append(0, np.cumsum(np.exp(chances - chances[-1])))
        rows = others == count
        last = count - nearer[rows]
        picked[rows] = (sums[last + 1] - sums[last - tied[rows]]) / (tied[rows] + 1)
    return picked


def _log_factorials(count: int) -> Figures:
    """The logarithms of 0! to (count - 1)!."""
    logarithms = np.zeros(max(count, 1))
    np.cumsum(np.log(np.arange(1, count)), out=logarithms[1:])
    return logarithms


def _log_choose(logarithms: Figures, items: _Counts, chosen: int) -> Figures:
    """The logarithm of each binomial coefficient; -inf where there are too few items."""
    left = items - chosen
    ways = logarithms[items] - logarithms[chosen] - logarithms[np.maximum(left, 0)]
    return np.where(left >= 0, ways, -np.inf)
