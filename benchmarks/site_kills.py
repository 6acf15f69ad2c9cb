"""Whether a site's store loses anything when its processes are killed at random moments.

    python benchmarks/site_kills.py
    python benchmarks/site_kills.py --kills 50 --seed 1

Three processes hand batches of tracks, snippets and signatures to the writer as fast as it takes
them, join tracks, and write down each batch that it acknowledges. The writer, one of them, or all
four are killed (SIGKILL) again and again and started anew. Then the store is opened: each
acknowledged batch must be there, with its track, once, no track may be open, and the audit log must
verify.
"""

import argparse
import os
import random
import secrets
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import text

from killing import kill_processes
from passerby.anonymization.preview import preview
from passerby.signatures.origin import Origin
from passerby.site.outbox import Outbox
from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.writer_process import WriterStart, run_writer
from passerby.store.audit import verify_audit
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from passerby.store.store import Store
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame
from stamp import stamp
from table import markdown

CAMERAS = "hall", "stairs", "yard"
SNIPPETS = 3
PATIENCE = 120
CONTEXT = get_context("spawn")


def load(camera: str, address: str, secret: bytes, log: str, pause: float = 0.0) -> None:
    """Hand on batches without end, and write down what is acknowledged.

    Of each three, one begins a track, one begins another, and one says that they are the same; then
    it pauses.
    """
    box, sent = Outbox(address, secret), dict[int, str]()
    picture = preview(Frame(np.full((96, 48, 3), 90, np.uint8)))
    origin = Origin(model="any", model_sha256="0" * 64, images="anonymized")
    vector = np.ones(256, np.float32)

    def begun(snippets: int) -> tuple[WriteBatch, int]:
        batch, at = WriteBatch(), time.time_ns() // 1000
        track = batch.begin_track(camera, at, "matching")
        for number in range(snippets):
            batch.add_snippet(track, at + number, picture, 1)
            batch.add_signature(track, at + number, vector, picture, origin, 1)
        return batch, track

    box.put(WriteBatch(started=camera))
    with Path(log).open("a", buffering=1) as file:
        while True:
            (one, track), (other, part) = begun(SNIPPETS), begun(1)
            last = WriteBatch()
            last.join_track(part, track)
            last.end_track(track, time.time_ns() // 1000)
            for batch, kind in ((one, "begun"), (other, "part"), (last, "joined")):
                sent[batch.number] = f"{kind} {track} {part}"
                box.put(batch)
            for number in [one for one in sent if one not in box.waiting_numbers]:
                file.write(f"{sent.pop(number)}\n")
            time.sleep(pause)


class Site:
    """The processes, which can be killed and started anew."""

    def __init__(self, settings: SiteSettings, folder: Path) -> None:
        self._folder, address, secret = folder, str(folder / "socket"), secrets.token_bytes(32)
        self._targets: dict[str, tuple[Any, tuple[Any, ...]]] = {
            name: (load, (name, address, secret, str(folder / f"{name}.log"))) for name in CAMERAS
        }
        start = WriterStart(settings, CAMERAS, address, secret)
        self._targets["writer"] = run_writer, (start,)
        self._running: dict[str, BaseProcess] = {}

    def start(self, *names: str) -> None:
        """Start those that do not run."""
        for name in names or tuple(self._targets):
            target, arguments = self._targets[name]
            if name == "writer":
                _, status = CONTEXT.Pipe(duplex=False)
                (start,) = arguments
                again = names == ("writer",)  # the cameras go on with their tracks
                arguments = (start._replace(again=again), status)
            self._running[name] = CONTEXT.Process(target=target, args=arguments, daemon=True)
            self._running[name].start()

    def kill(self, names: Sequence[str], number: int = signal.SIGKILL) -> None:
        """Kill some of them."""
        kill_processes(self._running, names, number)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all."""
        return tuple(self._targets)


def acknowledged(folder: Path) -> list[tuple[str, int, int]]:
    """What the acknowledged batches said; a line that was cut by a kill does not count."""
    found = []
    for name in CAMERAS:
        path = folder / f"{name}.log"
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        parts = [one.split() for one in lines]
        found += [(kind, int(track), int(part)) for kind, track, part in parts]
    return found


def is_right(said: tuple[str, int, int], counts: dict[int, int]) -> bool:
    """Whether the store has what a batch said, given how many snippets each track has."""
    kind, track, part = said
    whole = counts.get(track) == SNIPPETS + 1 and part not in counts
    match kind:
        case "begun":
            return whole or counts.get(track) == SNIPPETS
        case "part":
            return whole or counts.get(part) == 1
    return whole


def _opens(store: Store, track: int) -> bool:
    return len(stored_snippets(store, track)) == SNIPPETS + 1


def main() -> None:
    """Kill, and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pause", type=float, default=3.0, help="most seconds between two kills")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, killed = random.Random(options.seed), dict[str, int]()  # noqa: S311  (no secret)
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = SiteSettings.model_validate(
            {
                "cameras": [{"name": one, "source": f"{one}.mp4"} for one in CAMERAS],
                "store": {"address": str(folder / "site.sqlite")},
            }
        )
        make_site_store(settings)
        site = Site(settings, folder)
        site.start()
        for _ in range(options.kills):
            time.sleep(
                rng.uniform(0.05, options.pause)
            )  # from before it listens to the midst of its work
            victim = rng.choice((*site.names, "all"))
            killed[victim] = killed.get(victim, 0) + 1
            victims = site.names if victim == "all" else (victim,)
            site.kill(victims)
            site.start(*victims)
        before, until = len(acknowledged(folder)), time.monotonic() + PATIENCE
        while len(acknowledged(folder)) <= before and time.monotonic() < until:
            time.sleep(1)  # until the last that were started are at work
        site.kill(CAMERAS)
        site.kill(["writer"], signal.SIGTERM)
        known = acknowledged(folder)
        with open_site_store(settings) as store:
            stored = stored_tracks(store, limit=10_000_000)
            left_open = sum(one.live for one in stored)
            counts = {one.number: 0 for one in stored}
            with store.database.reading() as connection:
                snippets = text("SELECT track, count(*) FROM snippet GROUP BY 1")
                counts |= {one.track: one[1] for one in connection.execute(snippets)}
            wrong = [said for said in known if not is_right(said, counts)]
            some = [said for said in known if said[0] == "joined"][:: max(1, len(known) // 1500)]
            unread = [said for said in some if not _opens(store, said[1])]
            verify_audit(store)
        with sqlite3.connect(folder / "site.sqlite") as database:
            sound = database.execute("pragma integrity_check").fetchone()[0]
    rows = [
        ("kills", ", ".join(f"{one} {count}" for one, count in sorted(killed.items()))),
        ("batches acknowledged", f"{len(known)}"),
        ("of them lost, cut, or kept twice", f"{len(wrong)}"),
        (f"pictures that cannot be opened, of {len(some)} tracks", f"{len(unread)}"),
        ("tracks left open", f"{left_open}"),
        ("audit log, database", f"verified, {sound}"),
    ]
    print(stamp())
    print(markdown(("", "measured"), rows))
    sys.exit(bool(wrong or unread or left_open or sound != "ok"))


if __name__ == "__main__":
    main()
