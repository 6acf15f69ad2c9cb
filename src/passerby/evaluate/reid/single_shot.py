"""CMC with one gallery image of each person, as in the classic protocol of CUHK03.

Li et al. 2014 draw the gallery at random and average. With several matches a query there is a mAP,
with one there is none worth the name: only CMC is given.
"""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError
from passerby.evaluate.reid.matches import Matches, Pairs
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.ranking import MatchPlaces, Ties
from passerby.evaluate.reid.trials import Trials
from passerby.matching.distances import Block, Distances, blocks
from passerby.matching.neighbours import Indices
from passerby.signatures.origin import Data, Origin
from passerby.signatures.signatures import Signatures, check_comparable

__all__ = ["evaluate_single_shot"]

RANKS = (1, 5, 10, 20)


def evaluate_single_shot(
    query: Signatures,
    gallery: Signatures,
    protocol: Protocol | None = None,
    *,
    trials: int = 10,
    seed: int = 0,
    origin: Origin | None = None,
) -> Trials:
    """Look for each query in galleries of one image per person, drawn from those left to it.

    Args:
        query: Images of people to look for.
        gallery: Images to draw from.
        protocol: The rules, without re-ranking; those of Market-1501 by default.
        trials: How many galleries are drawn.
        seed: The same seed draws the same galleries.
        origin: Of the signatures, for the record.

    Raises:
        ConfigError: If there is no trial, or the protocol re-ranks.
        InputError: If signatures do not fit each other, or no query has a match.
    """
    protocol = protocol or Protocol()
    if trials < 1:
        raise ConfigError(f"a single-shot evaluation needs 1 trial or more, not {trials}")
    if protocol.reranking is not None or protocol.coarse_to_fine is not None:
        raise ConfigError("a single-shot evaluation has no re-ranking: leave it out")
    check_comparable(query, gallery)
    matches = Matches.of(query, gallery, protocol)
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(len(gallery)) for _ in range(trials)]
    curves = np.zeros((trials, protocol.max_rank))
    for rows, block in blocks(Distances(query.features, gallery.features, protocol.distance)):
        shown = matches.matches.within(rows)
        for trial, order in enumerate(orders):
            places = _places(block, shown, order, gallery.ids, matches.dropped)
            ties = Ties.of(places, len(block))
            curves[trial] += np.nansum(ties.matched(protocol.max_rank), axis=0)
    curves /= (matches.per_query > 0).sum()
    figures = {f"rank{k}": curves[:, k - 1] for k in RANKS if k <= protocol.max_rank}
    kind = f"{trials} galleries of one image per person, drawn with seed {seed}"
    return Trials(protocol, kind, (Data.of(query, gallery, origin),), figures)


def _places(
    block: Block,
    matches: Pairs,
    order: Indices,
    ids: npt.NDArray[np.int64],
    dropped: npt.NDArray[np.bool_],
) -> MatchPlaces:
    """Where the one match of each query lies among the first image, in ``order``, of all others."""
    kept = order[~dropped[order]]
    people, first = np.unique(ids[kept], return_index=True)
    position = np.empty(len(order), np.intp)
    position[order] = np.arange(len(order))
    by_draw = np.lexsort((position[matches.images], matches.queries))
    queries, chosen = np.unique(matches.queries[by_draw], return_index=True)
    match = matches.images[by_draw][chosen]
    distance = block[queries, match][:, None]
    others = block[np.ix_(queries, kept[first])]
    others[np.arange(len(queries)), np.searchsorted(people, ids[match])] = np.inf
    nearer = np.count_nonzero(others < distance, axis=1)
    return MatchPlaces(queries, nearer, np.count_nonzero(others == distance, axis=1) + 1)
