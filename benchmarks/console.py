"""Measures the console with many tracks and some users at once: server time, memory, open files.

    python benchmarks/console.py [--tracks 100000] [--users 10] [--requests 2000] [--pause 1]

A store is filled with tracks, each with a tiny picture, a third of them linked. Then users ask for
the first page, a page of tracks, ways and searches, all at the same time, and look at each answer
for a second. Server time is what the server
itself measures from a request to its answer; on a machine that does other things too, its
processor time says more. Memory, sockets and files are read after a tenth of
the requests, when all is warm, and at the end: they must not grow.
"""

import argparse
import gc
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import httpx
import numpy as np
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from passerby.anonymization.preview import preview
from passerby.models.lookup import model_sha256, resolve
from passerby.serve.app import console_app
from passerby.serve.console import Console
from passerby.serve.lookalikes import SearchRange
from passerby.serve.request_limits import RequestLimits
from passerby.signatures.origin import Origin
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.store.identities import link_tracks
from passerby.store.retention import set_retention
from passerby.store.sessions import begin_session
from passerby.store.site_key import SiteKey, read_site_key
from passerby.store.store import Store, open_store
from passerby.store.times import SECOND, now
from passerby.store.users import EVERY_CAMERA, add_user
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame
from stamp import stamp

CAMERAS = 4
BATCH = 1000
PAGES = {"first page": "/", "tracks": "/tracks", "search page": "/search"}
MODEL = "passerby-signature"


def main() -> None:
    """Fill a store, ask, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--pause", type=float, default=1.0, help="mean seconds that a user looks")
    words = parser.parse_args()
    with TemporaryDirectory() as folder:
        site = new_site(Path(folder))
        tracks = fill(site, words.tracks)
        with open_site_store(site) as store:
            found = measure(site, store, tracks, words)
    print(json.dumps({**stamp(), **found}, indent=1))


def new_site(folder: Path) -> SiteSettings:
    """A site file with some cameras in a row, its key and its store."""
    cameras = "".join(
        f'[[cameras]]\nname = "camera-{n}"\nsource = "{n}.mp4"\n' for n in range(CAMERAS)
    )
    (folder / "site.toml").write_text(f'{cameras}[store]\nsite_key = "site.key"\n')
    (folder / "site.key").write_text(SiteKey.new().text)
    (folder / "site.key").chmod(0o600)
    site = read_site(folder / "site.toml")
    make_site_store(site)
    return site


def fill(site: SiteSettings, count: int) -> list[int]:
    """Add tracks over three days; returns their numbers."""
    picture = preview(Frame(np.full((64, 32, 3), 90, np.uint8)))
    origin = Origin(model=MODEL, model_sha256=model_sha256(resolve(MODEL)), images="anonymized")
    chance, began = np.random.default_rng(0), now() - 3 * 86_400 * SECOND
    step = 3 * 86_400 * SECOND // count
    tracks: list[int] = []
    place = site.store
    with open_store(place.address, read_site_key(place.key_file), run=True) as store:
        for camera in site.cameras:
            set_retention(store, camera.name, "matching", 30 * 86_400, "a benchmark")
        for start in range(0, count, BATCH):
            batch = WriteBatch()
            for index in range(start, min(start + BATCH, count)):
                at = began + index * step
                track = batch.begin_track(f"camera-{index % CAMERAS}", at, "matching")
                batch.add_snippet(track, at, picture, 0.5)
                vector = chance.normal(size=256).astype(np.float32)
                batch.add_signature(track, at, vector, picture, origin, 0.5)
                batch.end_track(track, at + 5 * SECOND)
                batch.count(f"camera-{index % CAMERAS}", "", "enter", at)
                tracks.append(track)
            store.add(batch)
            new = tracks[start : start + BATCH : 3]
            link_tracks(store, [(one, None, 0.9) for one in new], "a benchmark")
    return tracks


class Times:
    """Notes how long the server takes for each path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.of: dict[str, list[float]] = defaultdict(list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note the time."""
        began = time.perf_counter()
        await self._app(scope, receive, send)
        if scope["type"] == "http":
            self.of[f"{scope['method']} {scope['path']}"].append(time.perf_counter() - began)


def measure(
    site: SiteSettings, store: Store, tracks: list[int], words: argparse.Namespace
) -> dict[str, Any]:
    """Let users ask at the same time; returns milliseconds and what is open."""
    users, pause = words.users, words.pause
    console = Console(site=site, store=store, limits=RequestLimits(scale=100_000))
    times = Times(console_app(console))
    people = [
        add_user(store, f"user-{n}", {EVERY_CAMERA: "investigator"}, "a benchmark")
        for n in range(users)
    ]
    tokens = [begin_session(store, user).token for user in people]
    context = get_context("spawn")  # those who ask take no time from the server's process
    with served(times) as address, ProcessPoolExecutor(1, mp_context=context) as asking:
        cold = time.perf_counter()
        console.lookalikes.like_track(tracks[0], SearchRange())
        cold = time.perf_counter() - cold
        each = max(1, words.requests // users)
        asking.submit(ask_all, address, tokens, tracks, max(10, each // 10), pause).result()
        warm = usage()
        times.of.clear()
        busy = time.process_time()
        asking.submit(ask_all, address, tokens, tracks, each, pause).result()
        busy = time.process_time() - busy
        after = usage()
    console.close()
    answers = {name: figures(times.of[f"GET {path}"]) for name, path in PAGES.items()}
    searches = [one for path, all_ in times.of.items() if "lookalikes" in path for one in all_]
    ways = [
        one for path, all_ in times.of.items() if path.startswith("GET /tracks/") for one in all_
    ]
    return {
        "tracks": len(tracks),
        "users": users,
        "index_seconds": round(cold, 2),
        "milliseconds": {**answers, "search by track": figures(searches), "way": figures(ways)},
        "processor_milliseconds_a_request": round(1000 * busy / (users * (each + 1)), 1),
        "warm": warm,
        "after": after,
    }


def ask_all(address: str, tokens: list[str], tracks: list[int], each: int, pause: float) -> None:
    """Let every user ask so many times, all at once."""
    threads = [
        Thread(target=ask, args=(address, token, tracks, each, number, pause))
        for number, token in enumerate(tokens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def ask(address: str, token: str, tracks: list[int], each: int, seed: int, pause: float) -> None:
    """Ask for pages in turn, as somebody who works does; every tenth time, search."""
    chance = np.random.default_rng(seed)
    with httpx.Client(
        base_url=address, headers={"origin": address}, cookies={"passerby_session": token}
    ) as browser:
        page = browser.get("/account", timeout=60).text
        key = page.partition('name="form_key" value="')[2].partition('"')[0]
        for index in range(each):
            time.sleep(float(chance.exponential(pause)))
            if index % 10 == 9:
                track = tracks[int(chance.integers(len(tracks)))]
                sent = {"form_key": key, "purpose": "a benchmark"}
                answer = browser.post(f"/tracks/{track}/lookalikes", data=sent, timeout=60)
            elif index % 10 == 4:
                track = tracks[int(chance.integers(len(tracks)))]
                answer = browser.get(f"/tracks/{track}", timeout=60)
            else:
                answer = browser.get([*PAGES.values()][index % len(PAGES)], timeout=60)
            answer.raise_for_status()


def usage() -> dict[str, int]:
    """Memory in MB, open files and sockets, and threads of this process, in which all runs."""
    gc.collect()
    time.sleep(1)
    status = Path("/proc/self/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0]) // 1024
    return {
        "resident_mb": resident,
        "open_files": len([*Path("/proc/self/fd").iterdir()]),
        "threads": threading.active_count(),
    }


def figures(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    if not seconds:
        return {"requests": 0}
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return {"requests": len(seconds), "p50": round(p50, 1), "p95": round(p95, 1)}


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve on loopback until the block ends."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
