"""Kills a process that writes to a store, again and again, and looks for what it had acknowledged.

    python benchmarks/store_kills.py [--kills 200] [--seed 0] [--address postgresql://...]

A writer adds batches as fast as it can. Whenever the store has acknowledged one, it says which
track was in it. After some milliseconds it is killed (SIGKILL). In the end the store must open and
hold every acknowledged track with its picture, and all tracks that never ended are closed.
"""

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from passerby.anonymization.preview import preview
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import create_store, open_store
from passerby.store.times import now
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame

LONGEST = 0.15
"""Seconds that a writer lives after its first acknowledgement, at most."""


def main() -> int:
    """Kill writers; fails if anything acknowledged is lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--address", help="an empty database of PostgreSQL; SQLite by default")
    words = parser.parse_args()
    with TemporaryDirectory() as folder:
        address = words.address or str(Path(folder) / "site.sqlite")
        acknowledged, lost = kill_writers(address, Path(folder), words.kills, words.seed)
    print(f"{words.kills} kills, {acknowledged} tracks acknowledged, {lost} lost")
    return 1 if lost or not acknowledged else 0


def kill_writers(address: str, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill so many writers; returns the tracks that were acknowledged, and of them the lost."""
    key, keys, chance = SiteKey.new(), folder / "site.keys", random.Random(seed)  # noqa: S311
    create_store(address, key, keys)
    with open_store(address, key, keys) as store:
        set_retention(store, "hall", "follow", 3600, "a benchmark")
    acknowledged: set[int] = set()
    for _ in range(kills):
        acknowledged |= _killed(address, key, keys, chance.uniform(0, LONGEST))
    with open_store(address, key, keys, run=True) as store:
        closing = WriteBatch()
        for one in stored_tracks(store, live=True, limit=10**6):
            closing.end_track(one.number, one.ended)
        store.add(closing)
        there = {one.number for one in stored_tracks(store, live=False, limit=10**6)}
        whole = {track for track in acknowledged & there if len(stored_snippets(store, track)) == 1}
    return len(acknowledged), len(acknowledged - whole)


def _killed(address: str, key: SiteKey, keys: Path, seconds: float) -> set[int]:
    """Let a process write and kill it; returns the tracks that it has said."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read)
        _write(address, key, keys, write)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        first = said.read(8)
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        rest = first + said.read()
    return set(np.frombuffer(rest[: len(rest) // 8 * 8], "<i8").tolist())


def _write(address: str, key: SiteKey, keys: Path, said: int) -> None:
    """Add batches until the end."""
    try:
        picture = preview(Frame(np.zeros((64, 32, 3), np.uint8)))
        with open_store(address, key, keys, run=True) as store:
            while True:
                batch = WriteBatch()
                track = batch.begin_track("hall", now(), "follow")
                batch.add_snippet(track, now(), picture, 1)
                store.add(batch)
                os.write(said, track.to_bytes(8, "little"))
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
