"""Whether sparse re-ranking puts the same images first as the paper's dense formulas do.

    python benchmarks/reid_reference.py --queries 50

The dense formulas (Zhong et al. 2017, sections 3.2 to 3.5) are computed with sets and full vectors
in double precision, on signatures drawn as in reid_evaluation.py: as many images as Market-1501
has, 8 GB of memory. Their last step is done for a sample of the queries.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from passerby.matching.reranking import Reranking, rerank
from passerby.signatures.reader import read_signatures
from reid_evaluation import MARKET, Size, draw

FIRST = 10


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--queries", type=int, default=50, help="compared; by default 50")
    parser.add_argument("--share", type=float, default=1.0, help="of the images of Market-1501")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    size = Size(
        round(MARKET.queries * options.share),
        round(MARKET.images * options.share),
        round(MARKET.people * options.share),
        MARKET.cameras,
        round(MARKET.distractors * options.share),
    )
    with TemporaryDirectory() as folder:
        draw(size, Path(folder), options.seed)
        sides = [read_signatures(Path(folder) / f"{side}.npz") for side in ("query", "gallery")]
        features = np.concatenate([np.asarray(side.features[:]) for side in sides])
    settings = Reranking()
    sampled = np.linspace(0, size.queries - 1, options.queries, dtype=np.int64)
    ours = rerank(features, size.queries, settings)[sampled]
    wanted = by_definition(features, size.queries, sampled, settings)
    same = sum(
        np.array_equal(np.argsort(one)[:FIRST], np.argsort(other)[:FIRST])
        for one, other in zip(ours, wanted, strict=True)
    )
    print(
        f"{size.queries} queries, {size.images} images: the first {FIRST} are the same and in the "
        f"same order for {same} of {len(sampled)} queries; distances differ by up to "
        f"{np.abs(ours - wanted).max():.1e}"
    )


def by_definition(
    features: npt.NDArray[np.float32],
    queries: int,
    sampled: npt.NDArray[np.int64],
    settings: Reranking,
) -> npt.NDArray[np.float64]:
    """Final distances from the sampled queries to the gallery."""
    distances = _distances(features)
    k1, count = settings.k1, len(features)
    ranking = np.stack([_nearest(row, k1 + 1) for row in distances])

    def reciprocal(one: int, k: int) -> set[int]:
        return {int(other) for other in ranking[one, : k + 1] if one in ranking[other, : k + 1]}

    encoding = np.zeros((count, count), np.float32)
    for one in range(count):
        near = reciprocal(one, k1)
        expanded = set(near)
        for other in near:
            more = reciprocal(other, round(k1 / 2))
            if 3 * len(near & more) > 2 * len(more):
                expanded |= more
        chosen = sorted(expanded)
        weights = np.exp(-distances[one, chosen])
        encoding[one, chosen] = weights / weights.sum()
    encoding = np.stack([encoding[row[: settings.k2]].mean(axis=0) for row in ranking])
    final = np.empty((len(sampled), count - queries))
    for place, one in enumerate(sampled):
        least = np.minimum(encoding[one], encoding[queries:]).sum(axis=1, dtype=np.float64)
        jaccard = 1 - least / (2 - least)
        share = settings.original_weight
        final[place] = (1 - share) * jaccard + share * distances[one, queries:]
    return final


def _distances(features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Squared distances, each row by its largest."""
    exact = features.astype(np.float64)
    lengths = (exact**2).sum(axis=1)
    distances = np.empty((len(exact), len(exact)))
    for start in range(0, len(exact), 1000):  # OpenBLAS fails at the product of all with all
        rows = slice(start, start + 1000)
        np.matmul(exact[rows], exact.T, out=distances[rows])
    distances *= -2
    distances += lengths[:, None]
    distances += lengths
    np.fill_diagonal(distances, 0)
    distances /= distances.max(axis=1, keepdims=True)
    return distances


def _nearest(row: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    chosen = np.argpartition(row, count)[:count]
    return np.asarray(chosen[np.argsort(row[chosen])])


if __name__ == "__main__":
    main()
