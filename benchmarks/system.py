"""What the store of a multi-camera system can do, in one run: searching, adding, opening.

    python benchmarks/system.py [--signatures 1000000] [--dimension 176] [--folder DIR]

Figures of one machine, in a table. Wall time is what a user waits for; it grows with whatever else
the machine does, while processor time does not. Searching is compared with the shortest way in
NumPy: one product with the whole matrix, then a partial sort.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from passerby.anonymization.preview import preview
from passerby.signatures.origin import Origin
from passerby.store.index import SignatureIndex
from passerby.store.reading import StoredSignatures
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, create_store, open_store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame
from table import markdown

CAMERAS = 8
DAYS = 30
REPEATS = 15
BATCHES = 40
START = 1_700_000_000 * SECOND
ORIGIN = Origin(model="benchmark", model_sha256="0" * 64, images="anonymized")


class Spent(NamedTuple):
    """Milliseconds of one call: the median on the wall, and the mean of the processor's."""

    wall: float
    processor: float


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=176)
    parser.add_argument("--folder", type=Path, help="where the store is made; a temporary one")
    words = parser.parse_args()
    rows = searching(words.signatures, words.dimension)
    with TemporaryDirectory(dir=words.folder) as folder:
        rows += adding(Path(folder), words.dimension)
    print(markdown(["", "wall", "processor", "wanted"], rows))
    return 0


def searching(count: int, dimension: int) -> list[list[str]]:
    """How long it takes to search so many signatures."""
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((count, dimension), np.float32)
    at = START + np.sort(chance.integers(0, DAYS * 86_400 * SECOND, count))
    numbers = np.arange(1, count + 1)
    cameras = chance.integers(1, CAMERAS + 1, count)
    index = SignatureIndex(ORIGIN.model_sha256)
    whole = StoredSignatures(numbers, numbers, cameras, at, np.ones(count), vectors)
    index.add(whole)
    index._names = {str(number): number for number in range(1, CAMERAS + 1)}  # noqa: SLF001
    query, middle = vectors[count // 2], int(at[count // 2])
    stretch = {"since": middle - 600 * SECOND, "until": middle}
    everything = spent(lambda: index.search(query, 20))
    two = spent(lambda: index.search(query, 20, cameras=["1", "2"], **stretch))
    plain = spent(lambda: np.argpartition(vectors @ query, -20))
    index.close()
    size = f"{count:,} x {dimension}"
    return [
        row(f"search {size}: everything", everything, "150 ms"),
        row(f"search {size}: two cameras, ten minutes", two, "5 ms"),
        row(f"{size}: product and partial sort in NumPy", plain, ""),
    ]


def adding(folder: Path, dimension: int) -> list[list[str]]:
    """How many signatures and snippets a second are acknowledged, and read back."""
    address, key = str(folder / "site.sqlite"), SiteKey.new()
    create_store(address, key)
    rows = []
    with open_store(address, key, run=True) as store:
        set_retention(store, "hall", "follow", 86_400, "a benchmark")
        for size in (1, 32, 256):
            batches = [signatures(size, dimension) for _ in range(BATCHES)]
            rows.append(rate(f"add signatures, {size} a batch", store, batches, size))
        batches = [snippets(64) for _ in range(BATCHES)]
        rows.append(rate("add snippets, 64 a batch", store, batches, 64))
        began, used = time.perf_counter(), time.process_time()
        index = SignatureIndex.of(store, ORIGIN.model_sha256)
        wall, processor = time.perf_counter() - began, time.process_time() - used
        rows.append(
            [
                "build the index from the store",
                f"{len(index) / wall:,.0f}/s",
                f"{len(index) / processor:,.0f}/s",
                "",
            ]
        )
        index.close()
    return rows


def signatures(size: int, dimension: int) -> WriteBatch:
    """A batch of signatures of a few tracks."""
    batch, picture = WriteBatch(), preview(Frame(np.zeros((64, 32, 3), np.uint8)))
    vector = np.random.default_rng(0).standard_normal(dimension, np.float32)
    track = 0
    for number in range(size):
        if number % 16 == 0:
            track = batch.begin_track("hall", START, "follow")
        batch.add_signature(track, START + number, vector, picture, ORIGIN, 1)
    return batch


def snippets(size: int) -> WriteBatch:
    """A batch of snippets of a few tracks."""
    batch = WriteBatch()
    image = np.random.default_rng(0).integers(0, 256, (160, 64, 3), np.uint8)
    picture, track = preview(Frame(image)), 0
    for number in range(size):
        if number % 16 == 0:
            track = batch.begin_track("hall", START, "follow")
        batch.add_snippet(track, START + number, picture, 1)
    return batch


def rate(what: str, store: Store, batches: list[WriteBatch], size: int) -> list[str]:
    """Add all of them; a row of the table."""
    began, used = time.perf_counter(), time.process_time()
    for batch in batches:
        store.add(batch)
    wall, processor = time.perf_counter() - began, time.process_time() - used
    count = size * len(batches)
    wanted = "5,000/s" if size == 256 else ""
    return [what, f"{count / wall:,.0f}/s", f"{count / processor:,.0f}/s", wanted]


def spent(work: Callable[[], object]) -> Spent:
    """Do it a few times."""
    work()
    walls, used = [], time.process_time()
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - began))
    return Spent(statistics.median(walls), 1000 * (time.process_time() - used) / REPEATS)


def row(what: str, time_spent: Spent, wanted: str) -> list[str]:
    """A row of the table."""
    return [what, f"{time_spent.wall:.1f} ms", f"{time_spent.processor:.1f} ms", wanted]


if __name__ == "__main__":
    sys.exit(main())
