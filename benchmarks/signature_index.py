"""The index of signatures in half the memory (FAISS) beside the exact one.

    passerby describe people -o people.npz --raw
    python benchmarks/signature_index.py --real people.npz --signatures 2000000 3000000

Of a cosine of about 0.9 to one of the real signatures each, as pictures of one person are, so many
signatures are made, over eight cameras and thirty days. Each index is built in a process of its
own, in parts, as it is from a store. Asked for are the 20 most similar to one that was made alike
and is in no index. Recall is the share of the exact ones that half the memory finds as well.
"""

import argparse
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.store.index import FoundSignatures, SignatureIndex
from passerby.store.reading import StoredSignatures
from passerby.store.times import SECOND
from passerby.store.vector_rows import IndexPrecision
from stamp import stamp
from table import markdown

CAMERAS, DAYS, PART = 8, 30, 50_000
START = 1_700_000_000 * SECOND
COUNT, QUERIES, TIMED = 20, 100, 15
SPREAD = 0.48
"""Length of the noise beside a signature of length 1: a cosine of 0.9."""

Vectors = npt.NDArray[np.float32]


class Asked(NamedTuple):
    """What came of an index.

    Attributes:
        megabytes: That the process grew by, while the index was filled.
        numbers: Found for each query among everything, shape (queries, 20).
        similarities: Of these.
        spent: Milliseconds of the wall and of the processor, medians, by what is searched.
    """

    megabytes: float
    numbers: npt.NDArray[np.int64]
    similarities: Vectors
    spent: dict[str, tuple[float, float]]


def drawn(chance: np.random.Generator, real: Vectors, count: int) -> Vectors:
    """Signatures, each like one of the real ones."""
    rows = real[chance.integers(0, len(real), count)]
    noise = chance.standard_normal(rows.shape, np.float32) * np.float32(
        SPREAD / np.sqrt(rows.shape[1])
    )
    return rows + noise


def asked(precision: IndexPrecision, real: Vectors, count: int) -> Asked:
    """Fill an index, and search it."""
    chance = np.random.default_rng(0)
    queries = drawn(np.random.default_rng(1), real, QUERIES)
    index = SignatureIndex("benchmark", precision=precision)
    index._names = {str(one): one for one in range(1, CAMERAS + 1)}  # noqa: SLF001
    before, step = resident(), DAYS * 86_400 * SECOND // count
    for first in range(0, count, PART):
        numbers = np.arange(first, min(first + PART, count))
        index.add(
            StoredSignatures(
                numbers=numbers + 1,
                tracks=numbers + 1,
                cameras=chance.integers(1, CAMERAS + 1, len(numbers)),
                at=START + numbers * step,
                qualities=np.ones(len(numbers)),
                vectors=drawn(chance, real, len(numbers)),
            )
        )
    grown = resident() - before
    found = [index.search(query, COUNT) for query in queries]
    middle = START + count // 2 * step
    yesterday, lately = middle - 86_400 * SECOND, middle - 600 * SECOND
    work: dict[str, Callable[[Vectors], FoundSignatures]] = {
        "everything": lambda query: index.search(query, COUNT),
        "one camera of 8": lambda query: index.search(query, COUNT, cameras=["1"]),
        "one day of 30": lambda query: index.search(query, COUNT, since=yesterday, until=middle),
        "two cameras, ten minutes": lambda query: index.search(
            query, COUNT, cameras=["1", "2"], since=lately, until=middle
        ),
    }
    spent = {what: took(search, queries[:TIMED]) for what, search in work.items()}
    index.close()
    return Asked(
        grown,
        np.stack([one.numbers for one in found]),
        np.stack([one.similarities for one in found]),
        spent,
    )


def took(search: Callable[[Vectors], object], queries: Vectors) -> tuple[float, float]:
    """Milliseconds of the wall and of the processor for a query, medians."""
    wall, processor = [], []
    for query in queries:
        began, used = time.perf_counter(), time.process_time()
        search(query)
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    return median(wall), median(processor)


def resident() -> float:
    """Megabytes of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) * 1024 / 1e6


def main() -> int:
    """Print a table for each number of signatures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--real", type=Path, help="of `passerby describe`; by default, noise")
    parser.add_argument("--signatures", type=int, nargs="+", default=[2_000_000])
    options = parser.parse_args()
    if options.real:
        features = np.load(options.real)["features"]
    else:
        features = np.random.default_rng(2).standard_normal((2000, 256), np.float32)
    real = features / np.linalg.norm(features, axis=1, keepdims=True)
    print(stamp())
    for count in options.signatures:
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            exact = pool.apply(asked, ("exact", real, count))
            half = pool.apply(asked, ("half", real, count))
        both = zip(exact.numbers, half.numbers, strict=True)
        recall = np.mean([len(np.intersect1d(*one)) / COUNT for one in both])
        off = np.abs(exact.similarities - half.similarities).max()
        rows = [
            ("megabytes", f"{exact.megabytes:.0f}", f"{half.megabytes:.0f}"),
            *(
                (f"{what}: ms, of a processor", *(f"{a:.1f}, {b:.1f}" for a, b in pair))
                for what, pair in (
                    (one, (exact.spent[one], half.spent[one])) for one in exact.spent
                )
            ),
            (f"recall of {COUNT}, {QUERIES} queries", "1", f"{recall:.4f}"),
            ("largest difference of a similarity", "0", f"{off:.5f}"),
        ]
        print(markdown((f"{count:,} x {real.shape[1]}", "exact", "half"), rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
