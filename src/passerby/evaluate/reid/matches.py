"""Which gallery images show the person of a query, and which are left out for it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.distances import Block
from passerby.matching.neighbours import Indices
from passerby.signatures.signatures import Signatures

__all__ = ["Matches", "Pairs"]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of a query and a gallery image, ordered by query.

    Attributes:
        queries: Shape (p,).
        images: Shape (p,).
    """

    queries: Indices
    images: Indices

    def within(self, queries: slice) -> Self:
        """The pairs of a block of queries, numbered from its start."""
        first, last = np.searchsorted(self.queries, [queries.start, queries.stop])
        return type(self)(self.queries[first:last] - queries.start, self.images[first:last])


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What a protocol says of every query and gallery image.

    Attributes:
        matches: Pairs of the same person.
        junk: Pairs that are left out.
        dropped: Shape (m,), whether an image is left out for every query.
        per_query: Shape (n,), number of matches of each query.
        kept: Shape (n,), number of images that are left to each query, matches included.
    """

    matches: Pairs
    junk: Pairs
    dropped: npt.NDArray[np.bool_]
    per_query: Indices
    kept: Indices

    @classmethod
    def of(cls, query: Signatures, gallery: Signatures, protocol: Protocol) -> Self:
        """Apply the rules of ``protocol``.

        Raises:
            InputError: If no query has a match.
        """
        dropped = np.isin(gallery.ids, protocol.junk_ids)
        pairs = _same_person(query.ids, gallery.ids, dropped)
        if protocol.drop_same_camera:
            junk = query.cameras[pairs.queries] == gallery.cameras[pairs.images]
        else:
            junk = np.zeros(len(pairs.queries), bool)
        matches = Pairs(pairs.queries[~junk], pairs.images[~junk])
        per_query = np.bincount(matches.queries, minlength=len(query))
        if not per_query.any():
            raise InputError(_no_match(query, gallery, seen=bool(junk.any())))
        left_out = np.bincount(pairs.queries[junk], minlength=len(query))
        return cls(
            matches,
            Pairs(pairs.queries[junk], pairs.images[junk]),
            dropped,
            per_query,
            (len(gallery) - dropped.sum()) - left_out,
        )

    def leave_out(self, queries: slice, block: Block) -> None:
        """Put what is left out for a block of queries at an infinite distance, in place."""
        block[:, self.dropped] = np.inf
        junk = self.junk.within(queries)
        block[junk.queries, junk.images] = np.inf


def _same_person(
    query_ids: npt.NDArray[np.int64],
    gallery_ids: npt.NDArray[np.int64],
    dropped: npt.NDArray[np.bool_],
) -> Pairs:
    """All pairs with the same id whose image is not dropped."""
    candidates = np.flatnonzero(~dropped)
    order = candidates[np.argsort(gallery_ids[candidates], kind="stable")]
    first = np.searchsorted(gallery_ids[order], query_ids, "left")
    count = np.searchsorted(gallery_ids[order], query_ids, "right") - first
    queries = np.repeat(np.arange(len(query_ids)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Pairs(queries, order[np.repeat(first, count) + within])


def _no_match(query: Signatures, gallery: Signatures, *, seen: bool) -> str:
    if seen:
        return (
            "no query has a match: all gallery images of the same person are by the query's own "
            "camera; check `cameras`, or keep them if the data set has no such rule"
        )
    ids = sorted(set(query.ids.tolist()))[:3], sorted(set(gallery.ids.tolist()))[:3]
    return (
        f"no query has a match: no gallery image has the id of a query (queries {ids[0]}..., "
        f"gallery {ids[1]}...); check that both number people alike"
    )
