"""How many cameras one store carries, and what gives out first: a simulation of measured times.

    python benchmarks/site_scale.py
    python benchmarks/site_scale.py --cameras 10 100 --people 6
    python benchmarks/site_scale.py --matcher-alone --kept 300000

Four things are measured in seconds of a processor, those of PostgreSQL on loopback too: to seal a
batch and keep it in the outbox, to hand batches over, to take them into the store, and to weigh all
tracks of the matcher's window. Waits for the disk are left out. Then
cameras are simulated along a corridor: people come at random (Poisson), stay for some seconds, and
each of them is a batch a second. The writer takes what has come, 64 batches at most, in the time
that was measured for so many. What a camera's own process needs is measured by `site_live.py`; its
share of a core is an option here.
"""

import argparse
import os
import random
import shutil
import time
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from tempfile import mkdtemp
from typing import NamedTuple

import numpy as np
from sqlalchemy import insert

from passerby.anonymization.preview import preview
from passerby.models.lookup import model_sha256, resolve
from passerby.signatures.origin import Origin
from passerby.site.disk_outbox import DiskOutbox
from passerby.site.matcher import Matcher
from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store
from passerby.store.batch_codec import encode_batch
from passerby.store.machines import admit_machine
from passerby.store.queue import BatchQueue, SealedBatch, batch_place, renew_keys, take_batches
from passerby.store.retention import set_retention
from passerby.store.schema import identity_change, link, person, track
from passerby.store.sealing import seal_batch
from passerby.store.site_key import KEY_VARIABLE, SiteKey, read_site_key
from passerby.store.store import Store, open_store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame
from postgres_server import Server
from stamp import stamp
from table import markdown

MODEL = "passerby-signature"
TOGETHER = 1, 8, 64
ROUNDS = 7
HANDED = 16
"""Batches that a machine hands over together."""
NOON = 1_800_000_000 * SECOND


class Service(NamedTuple):
    """Seconds of a processor to keep a batch, to hand one over, to take some; bytes of one."""

    keep: float
    hand: float
    take: dict[int, float]
    size: int


def corridor(number: int, store: dict[str, str]) -> SiteSettings:
    """A site of so many cameras, each a neighbour of the next."""
    names = [f"c{one}" for one in range(number)]
    pairs = list(pairwise(names))
    return SiteSettings.model_validate(
        {
            "cameras": [{"name": one, "source": f"{one}.mp4"} for one in names],
            "neighbours": [{"cameras": pair, "travel_seconds": [4, 25]} for pair in pairs],
            "store": store,
        }
    )


def one_second(rng: np.random.Generator, camera: str, at: int, lasts: float = 1) -> WriteBatch:
    """What a camera hands on of a second with one person: a snippet and a signature, of noise."""
    batch = WriteBatch()
    track = batch.begin_track(camera, at, "matching")
    picture = preview(Frame(rng.integers(0, 256, (128, 64, 3), np.uint8)))
    vector = rng.normal(size=256).astype(np.float32)
    origin = Origin(model=MODEL, model_sha256=model_sha256(resolve(MODEL)), images="anonymized")
    batch.add_snippet(track, at, picture, 1)
    batch.add_signature(track, at, vector / np.linalg.norm(vector), picture, origin, 1)
    batch.end_track(track, at + round(lasts * SECOND))
    return batch


class Processor:
    """Counts seconds of a processor, of this process and of a server.

    Args:
        server: Whose processes count, too.
    """

    def __init__(self, server: Server | None = None) -> None:
        self._server = server
        self._began = self._now()

    def lap(self) -> float:
        """Seconds since the last one."""
        before, self._began = self._began, self._now()
        return self._began - before

    def _now(self) -> float:
        return time.process_time() + (self._server.processor_time() if self._server else 0.0)


def measure_line(store: Store, server: Server, folder: Path) -> Service:
    """Measure what each batch of another machine costs it, and the writer."""
    rng = np.random.default_rng(0)
    admit_machine(store, "yard", ["c0"], "benchmark")
    renew_keys(store)
    queue = BatchQueue(server.address.replace("passerby@", "yard@"), store.site_key.public)
    key, outbox = queue.key(), DiskOutbox(folder / "outbox", 10**9)
    if key is None:
        raise SystemExit("the store has made no key")
    kept, handed, size = list[float](), list[float](), 0
    take: dict[int, float] = {}
    for together in TOGETHER:
        taken = []
        for _ in range(ROUNDS):
            batches = [one_second(rng, "c0", NOON) for _ in range(together)]
            processor = Processor(server)
            for batch in batches:
                number = outbox.next_number()
                place = batch_place("yard", outbox.outbox, number)
                content = seal_batch(encode_batch(batch), key.public, place)
                outbox.put(SealedBatch(outbox.outbox, number, key.number, content))
            kept.append(processor.lap() / together)
            while found := outbox.first(HANDED):
                processor.lap()
                queue.put([batch for _, batch in found])
                if len(found) == HANDED:
                    handed.append(processor.lap() / HANDED)
                outbox.remove(path for path, _ in found)
                size = len(found[0][1].content)
            processor.lap()
            if take_batches(store).batches != together:
                raise SystemExit("not all was taken")
            taken.append(processor.lap())
        take[together] = fmean(taken)
    queue.close()
    outbox.close()
    return Service(fmean(kept), fmean(handed), take, size)


def keep_older(store: Store, number: int) -> None:
    """Add tracks of days before, each linked to a person of its own, without their pictures."""
    before, numbers = NOON - 86_400 * SECOND, range(1, number + 1)
    rows = [
        {
            "id": one,
            "camera": 1,
            "began": before + one,
            "ended": before + one,
            "live": False,
            "purpose": "matching",
            "key": 0,
        }
        for one in numbers
    ]
    held = [
        {"track": one, "person": one, "probability": 1.0, "state": "linked", "opened_by": 1}
        for one in numbers
    ]
    with store.database.writing() as connection:
        change = {"id": 1, "at": before, "who": "benchmark", "kind": "link"}
        connection.execute(insert(identity_change), change)
        connection.execute(insert(track), rows)
        connection.execute(insert(person), [{"id": one, "created": before} for one in numbers])
        connection.execute(insert(link), held)


def measure_matcher(
    folder: Path, cameras: int, people: float, seconds: float, kept: int = 0
) -> float:
    """Seconds of one step of the matcher with a full window; each camera sees so many a minute.

    Args:
        folder: For the store.
        cameras: How many, along a corridor.
        people: That each sees a minute.
        seconds: That each of them is in view.
        kept: Tracks of days before that the store holds.
    """
    site = corridor(cameras, {"address": str(folder / f"{cameras}.sqlite")})
    make_site_store(site)
    rng, key = np.random.default_rng(1), read_site_key()
    with open_store(site.store.address, key, run=True) as store:
        matcher = Matcher(site, store)
        window = matcher._window / SECOND  # noqa: SLF001
        for camera in site.cameras:
            set_retention(store, camera.name, "matching", 10**6, "benchmark")
            number = rng.poisson(people * window / 60)
            starts = rng.uniform(0, window - seconds, number)
            store.add_all(
                [one_second(rng, camera.name, NOON + round(at * SECOND), seconds) for at in starts]
            )
        if kept:
            keep_older(store, kept)
        processor = Processor()
        matcher.step()
        first = processor.lap()
        batch = one_second(rng, "c0", NOON + round((window - 1) * SECOND))
        store.add(batch)
        processor.lap()
        matcher.step()  # as with each track that ends
        return min(first, processor.lap())


def take_seconds(service: Service, number: int) -> float:
    """How long the writer needs for so many batches, between those that were measured."""
    return float(np.interp(number, list(service.take), list(service.take.values())))


def simulate(service: Service, rate: float, seconds: float, seed: int) -> float:
    """Seconds that a batch waits and is taken in, p95."""
    rng, now, free = random.Random(seed), 0.0, 0.0  # noqa: S311  (no secret)
    arrivals: list[float] = []
    while (now := now + rng.expovariate(rate)) < seconds:
        arrivals.append(now)
    delays, index = list[float](), 0
    while index < len(arrivals):
        start = max(free, arrivals[index])
        end = index
        while end < len(arrivals) and arrivals[end] <= start and end - index < TOGETHER[-1]:
            end += 1
        free = start + take_seconds(service, end - index)
        delays += [free - one for one in arrivals[index:end]]
        index = end
    return float(np.percentile(delays, 95))


def main() -> None:
    """Measure, simulate, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cameras", type=int, nargs="+", default=[10, 100, 300, 1000])
    parser.add_argument("--people", type=float, default=4.0, help="a minute before each camera")
    parser.add_argument("--stay", type=float, default=8.0, help="seconds that each is in view")
    parser.add_argument("--core", type=float, default=0.2, help="share that a camera's process has")
    parser.add_argument(
        "--weigh", type=int, default=1000, help="most cameras of a matcher measured"
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="that are simulated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=int, default=0, help="tracks of days before in the store")
    parser.add_argument("--matcher-alone", action="store_true", help="measure nothing else")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    folder = Path(mkdtemp(prefix="passerby-"))
    folder.chmod(0o711)
    if options.matcher_alone:
        try:
            weighed = _weighed(folder, options)
        finally:
            shutil.rmtree(folder)
        print(stamp())
        rows = [(f"{number}", f"{seconds:.3f}") for number, seconds in weighed.items()]
        print(markdown(("cameras", f"matcher, a step, s; {options.kept} tracks older"), rows))
        return
    (folder / "server").mkdir()
    server = Server(folder / "server", durable=True)
    try:
        site = corridor(1, {"address": server.address, "keys": str(folder / "site.keys")})
        make_site_store(site)
        keys = site.store.keys_file
        with open_store(server.address, read_site_key(), keys, run=True) as store:
            set_retention(store, "c0", "matching", 10**6, "benchmark")
            service = measure_line(store, server, folder)
        weighed = _weighed(folder, options)
    finally:
        server.stop()
        shutil.rmtree(folder)
    print(stamp())
    _print_service(service)
    _print_sites(service, weighed, options)


def _weighed(folder: Path, options: argparse.Namespace) -> dict[int, float]:
    """Seconds of a step of the matcher, by the number of cameras."""
    return {
        number: measure_matcher(folder, number, options.people, options.stay, options.kept)
        for number in options.cameras
        if number <= options.weigh
    }


def _print_service(service: Service) -> None:
    rows = [
        ("seal a batch and keep it on the disk", f"{1000 * service.keep:.1f}"),
        ("hand over one of 16", f"{1000 * service.hand:.2f}"),
        *(
            (f"take {number} together, each", f"{1000 * seconds / number:.2f}")
            for number, seconds in service.take.items()
        ),
    ]
    print(markdown(("", "ms"), rows))


def _print_sites(service: Service, weighed: dict[int, float], options: argparse.Namespace) -> None:
    a_camera = options.people * options.stay / 60  # batches a second
    rows = []
    for number in options.cameras:
        delay = simulate(service, a_camera * number, options.seconds, options.seed)
        most = TOGETHER[-1] / service.take[TOGETHER[-1]]  # batches a second that it can take
        weighs = f"{weighed[number]:.2f} s" if number in weighed else "not measured"
        rows.append(
            (
                f"{number}",
                f"{a_camera * number:.0f}",
                f"{100 * a_camera * number / most:.0f} %",
                f"{delay:.2f} s",
                weighs,
                f"{options.core * number:.0f}",
                f"{a_camera * service.size * number / 1e6:.2f} MB/s",
            )
        )
    head = (
        "cameras",
        "batches/s",
        "of what the writer can take",
        "to the store, p95",
        "matcher, a step",
    )
    print(markdown((*head, "cores of cameras", "line"), rows))


if __name__ == "__main__":
    main()
