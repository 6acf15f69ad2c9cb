"""Queries against a gallery, from signatures to figures."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.matches import Matches
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.ranking import MatchPlaces, Ties, places_in
from passerby.evaluate.reid.results import Result, result_of
from passerby.evaluate.reid.verification import PairCounts
from passerby.matching.coarse_to_fine import refined
from passerby.matching.distances import (
    Block,
    Distances,
    blocks,
    reciprocal_lengths,
    squared_lengths,
)
from passerby.matching.reranking import rerank
from passerby.signatures.origin import Data, Origin
from passerby.signatures.signatures import Signatures, check_comparable, stacked

__all__ = ["evaluate", "ranking_distances"]

_Progress = Callable[[int], None]
"""Called with the number of queries that were just done."""


def evaluate(
    query: Signatures,
    gallery: Signatures,
    protocol: Protocol | None = None,
    *,
    origin: Origin | None = None,
    fine: tuple[Signatures, Signatures] | None = None,
    verify: bool = True,
    progress: _Progress | None = None,
) -> Result:
    """Ask for each query where in the gallery its person is found.

    Args:
        query: Images of people to look for.
        gallery: Images to look among.
        protocol: The rules; those of Market-1501 with cosine distance by default.
        origin: Of the signatures, for the record.
        fine: Finer signatures of query and gallery, where the protocol has `CoarseToFine`.
        verify: Whether pairs are counted for `Result.verification` too.
        progress: Told how many queries were just done.

    Raises:
        ConfigError: If the protocol asks for finer signatures and there are none, or the reverse.
        InputError: If signatures do not fit each other, or no query has a match.

    Example:
        >>> features = np.eye(3)[[0, 1, 2]]
        >>> query = Signatures(features, np.array([1, 2, 3]), np.array([1, 1, 1]))
        >>> gallery = Signatures(features, np.array([1, 3, 2]), np.array([2, 2, 2]))
        >>> round(evaluate(query, gallery).mean_average_precision, 3)
        0.611
    """
    protocol = protocol or Protocol()
    _check(query, gallery, protocol, fine)
    matches = Matches.of(query, gallery, protocol)
    coarse, limit = ranking_distances(query, gallery, protocol, matches.dropped)
    finer = fine and Distances(fine[0].features, fine[1].features, protocol.distance)
    pairs = PairCounts(limit) if verify else None
    places = []
    for rows, block in blocks(coarse):
        shown = matches.matches.within(rows)
        matches.leave_out(rows, block)
        if pairs is not None:
            pairs.add(block, shown)
        if finer is not None and protocol.coarse_to_fine is not None:
            block = refined(block, finer[rows], protocol.coarse_to_fine.top)  # noqa: PLW2901
        places.append(places_in(block, shown, rows.start))
        if progress is not None:
            progress(rows.stop - rows.start)
    ties = Ties.of(MatchPlaces.joined(places), len(query))
    verification = pairs.verification() if pairs is not None else None
    data = Data.of(query, gallery, origin)
    return result_of(protocol, data, query, matches, ties, verification)


def _check(
    query: Signatures,
    gallery: Signatures,
    protocol: Protocol,
    fine: tuple[Signatures, Signatures] | None,
) -> None:
    for one, other in [(query, gallery), *([fine] if fine else [])]:
        check_comparable(one, other)
    if (fine is None) != (protocol.coarse_to_fine is None):
        raise ConfigError("coarse-to-fine re-ranking needs finer signatures: give both or neither")
    for one, finer in zip((query, gallery), fine or (), strict=False):
        if not np.array_equal(one.ids, finer.ids) or not np.array_equal(one.cameras, finer.cameras):
            raise InputError(
                "finer signatures have other ids or cameras than the coarse ones: make both from "
                "the same list of images"
            )


def ranking_distances(
    query: Signatures, gallery: Signatures, protocol: Protocol, dropped: npt.NDArray[np.bool_]
) -> tuple[Distances | Block, float]:
    """Return the distances that rank the gallery, and what they do not exceed.

    Args:
        query: n images.
        gallery: m images.
        protocol: Its distance and its k-reciprocal re-ranking are applied.
        dropped: Shape (m,), images that take no part in re-ranking.

    Raises:
        ConfigError: If re-ranking is asked for and scipy is not installed.
        InputError: If there are too few images to re-rank, or all signatures are the same.
    """
    if protocol.reranking is None:
        distances = Distances(query.features, gallery.features, protocol.distance)
        return distances, distances.limit
    kept = ~dropped
    features = stacked(query.features, gallery.features, kept)
    if protocol.distance == "cosine":
        features *= reciprocal_lengths(squared_lengths(features))[:, None]
    near = rerank(features, len(query), protocol.reranking)
    if kept.all():
        return near, 1.0
    final = np.full((len(query), len(gallery)), np.inf, np.float32)
    final[:, kept] = near
    return final, 1.0
