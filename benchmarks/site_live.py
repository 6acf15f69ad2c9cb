"""How many live cameras a site keeps up with: pictures dropped, processor time and memory.

    passerby synth corridor --cameras 4 --seconds 60 -o corridor
    python benchmarks/site_live.py corridor --seconds 120

Each film is served as a live camera (MJPEG over HTTP on loopback, in real time, again and again).
A site watches all of them with everything on: people are found, covered, followed, described,
stored and linked.

Two things are watched from outside meanwhile: how old a snippet is when a reader of the store first
sees it, and how much memory each process has, of which a straight line is fitted to the second half
(`--samples FILE` keeps what was measured).
"""

import argparse
import os
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, pairwise
from multiprocessing import active_children
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np

from passerby.site.run import run_site
from passerby.site.settings import SiteSettings
from passerby.site.site_store import open_site_store
from passerby.store.reading import stored_tracks
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from passerby.store.times import SECOND
from stamp import stamp
from table import markdown

MEGABYTE = 1_000_000

LOOK, SAMPLE = 0.05, 5.0
"""Seconds between two looks at the store, and at the memory of processes."""


@contextmanager
def served(films: list[Path], rate: float) -> Iterator[list[str]]:
    """Serve films as cameras; yields their addresses."""
    pictures = [_jpegs(film) for film in films]

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            due = time.monotonic()
            try:
                for jpeg in cycle(pictures[int(self.path.strip("/"))]):
                    head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
                    due += 1 / rate
                    time.sleep(max(0.0, due - time.monotonic()))
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    yield [f"http://127.0.0.1:{port}/{number}" for number in range(len(films))]
    server.shutdown()


def _jpegs(film: Path) -> list[bytes]:
    with av.open(str(film)) as container:
        images = (frame.to_ndarray(format="bgr24") for frame in container.decode(video=0))
        return [cv2.imencode(".jpg", image)[1].tobytes() for image in images]


class Watcher(threading.Thread):
    """Looks at the store and at the processes while the site runs."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.ages: list[float] = []
        self.seen: set[int] = set()  # parts that are joined get new rows of the same times
        self.memory: list[tuple[float, str, int]] = []
        self._address, self._ended = address, threading.Event()
        self._began = time.monotonic()

    def run(self) -> None:
        """Look until `stop`."""
        after, sampled = 0, 0.0
        while not self._ended.wait(LOOK):
            if Path(self._address).exists():
                after = self._read(after)
            if time.monotonic() - sampled > SAMPLE:
                sampled = time.monotonic()
                self._sample()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._ended.set()
        self.join()

    def _read(self, after: int) -> int:
        """Note how old the snippets are that were not there before."""
        try:
            with closing(sqlite3.connect(f"file:{self._address}?mode=ro", uri=True)) as database:
                wanted = "SELECT id, at FROM snippet WHERE id > ? ORDER BY id"
                rows = database.execute(wanted, (after,)).fetchall()
        except sqlite3.OperationalError:  # it is made just now
            return after
        now = time.time()
        fresh = [at for _, at in rows if at not in self.seen]
        self.seen.update(fresh)
        self.ages += [now - at / SECOND for at in fresh]
        return int(rows[-1][0]) if rows else after

    def _sample(self) -> None:
        at = time.monotonic() - self._began
        for process in active_children():
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                line = next(one for one in lines if one.startswith("VmRSS"))
                self.memory.append((at, process.name, int(line.split()[1]) * 1024))


def growth(samples: list[tuple[float, str, int]]) -> tuple[float, float, float]:
    """Largest megabytes of any process, sum at the end, and megabytes an hour of the sum."""
    at = np.array(sorted({time for time, _, _ in samples}))
    sums = np.array([sum(size for time, _, size in samples if time == one) for one in at])
    late = at >= at[-1] / 2
    slope = np.polyfit(at[late], sums[late], 1)[0] * 3600 if late.sum() > 1 else np.nan
    largest = max(size for _, _, size in samples)
    return largest / MEGABYTE, float(sums[-1]) / MEGABYTE, float(slope) / MEGABYTE


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="films of `passerby synth corridor`")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--samples", type=Path, help="CSV of seconds, process, bytes")
    options = parser.parse_args()
    films = sorted(options.folder.glob("camera-*.mp4"))
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    notes: list[str] = []
    with TemporaryDirectory() as folder, served(films, options.rate) as addresses:
        names = [film.stem for film in films]
        site = SiteSettings.model_validate(
            {
                "cameras": [
                    {"name": name, "source": address}
                    for name, address in zip(names, addresses, strict=True)
                ],
                "neighbours": [
                    {"cameras": pair, "travel_seconds": [3, 60]} for pair in pairwise(names)
                ],
                "store": {"address": f"{folder}/site.sqlite"},
            }
        )
        watcher = Watcher(site.store.address)
        watcher.start()
        began = time.monotonic()
        states = run_site(site, notes.append, seconds=options.seconds)
        lasted = time.monotonic() - began
        watcher.stop()
        with open_site_store(site) as store:
            tracks = len(stored_tracks(store, limit=1_000_000))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    frames = sum(one.frames for one in states.values())
    dropped = sum(one.dropped for one in states.values())
    middle, most, longest = np.quantile(watcher.ages or [np.nan], [0.5, 0.95, 1])
    largest, together, slope = growth(watcher.memory)
    if options.samples:
        lines = [f"{at:.1f},{name},{size}" for at, name, size in watcher.memory]
        options.samples.write_text("\n".join(lines) + "\n")
    rows = [
        ("cameras, frames a second each", f"{len(films)}, {options.rate:g}"),
        ("frames handled", f"{frames}"),
        ("dropped", f"{dropped} ({dropped / max(frames + dropped, 1):.2%})"),
        ("cores used, all processes", f"{(used.ru_utime + used.ru_stime) / lasted:.2f}"),
        ("frame to store, p50, p95, max", f"{middle:.2f}, {most:.2f}, {longest:.2f} s"),
        ("snippets that were timed", f"{len(watcher.ages)}"),
        ("memory of the largest process", f"{largest:.0f} MB"),
        ("of all processes, at the end", f"{together:.0f} MB"),
        ("grown in the second half", f"{slope:+.1f} MB an hour, over {lasted / 2:.0f} s"),
        ("tracks stored", f"{tracks}"),
        ("notes", "; ".join(notes) or "none"),
    ]
    print(stamp())
    print(markdown(("", "measured"), rows))


if __name__ == "__main__":
    main()
