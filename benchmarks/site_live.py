"""How many live cameras a site keeps up with: pictures dropped, processor time and memory.

    passerby synth corridor --cameras 4 --seconds 60 -o corridor
    python benchmarks/site_live.py corridor --seconds 120
    python benchmarks/site_live.py corridor --seconds 120 --stages
    python benchmarks/site_live.py corridor --seconds 3600 --samples hour.csv
    python benchmarks/site_live.py --report hour.csv

Each film is served as a live camera (MJPEG over HTTP on loopback, in real time, again and again).
A site watches all of them with everything on: people are found, covered, followed, described,
stored and linked.

Two things are watched from outside meanwhile: how old a snippet is when a reader of the store first
sees it, and how much memory each process has: what is resident (RSS), and that with its share of
what it has in common with others (PSS). Whether it grows is told by a straight line through the
last two thirds. `--samples FILE` writes what is measured as it comes, so that `--report FILE` can
tell of a run that goes on, or was broken off. With `--stages` the processes say when a snippet
passes what, which costs some memory.
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
from typing import NamedTuple

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

LOOK, SAMPLE = 0.05, 10.0
"""Seconds between two looks at the store, and at the memory of processes."""

STAGES = "SITE_STAGES"
"""Environment variable that names a folder, if the processes are to say what passes when."""

if os.environ.get(STAGES):  # each process of a site imports this module
    import site_stages

    site_stages.install(Path(os.environ[STAGES]))

STRETCHES = 10
"""Into which the time is parted that a line is drawn through: samples that follow each other at
once are no witnesses of their own."""


class Sample(NamedTuple):
    """Memory of a process: seconds since the beginning, its name, RSS and PSS in bytes."""

    at: float
    process: str
    rss: int
    pss: int


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
    """Looks at the store and at the processes while the site runs.

    Args:
        address: Of the store.
        seconds: After which the processes are no longer measured, since they end.
        file: That samples are written to as they come.
    """

    def __init__(self, address: str, seconds: float, file: Path | None) -> None:
        super().__init__(daemon=True)
        self.ages: list[float] = []
        self.seen: set[int] = set()  # parts that are joined get new rows of the same times
        self.memory: list[Sample] = []
        self._address, self._ended = address, threading.Event()
        self._began, self._seconds, self._file = time.monotonic(), seconds, file

    def run(self) -> None:
        """Look until `stop`."""
        after, sampled = 0, 0.0
        while not self._ended.wait(LOOK):
            if Path(self._address).exists():
                after = self._read(after)
            if time.monotonic() - sampled > SAMPLE:
                sampled = time.monotonic()
                if sampled - self._began < self._seconds:
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
            with suppress(OSError, KeyError):
                rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]
                sizes = {key: int(size.split()[0]) * 1024 for key, size in _pairs(rollup)}
                self.memory.append(Sample(at, process.name, sizes["Rss"], sizes["Pss"]))
                if self._file is not None:
                    with self._file.open("a") as file:
                        file.write(f"{at:.1f},{process.name},{sizes['Rss']},{sizes['Pss']}\n")


def _pairs(lines: list[str]) -> Iterator[list[str]]:
    return (line.split(":") for line in lines)


def read_samples(file: Path) -> list[Sample]:
    """Read what was written of a run."""
    rows = (line.split(",") for line in file.read_text().splitlines())
    return [Sample(float(at), name, int(rss), int(pss)) for at, name, rss, pss in rows]


def growth(at: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Megabytes an hour of the last two thirds, and how far that may be off (95 %).

    A line through the means of equal stretches of time.
    """
    from scipy import stats  # noqa: PLC0415  (the processes of a site import this module)

    since = at[-1] / 3
    edges = np.linspace(since, at[-1] + 1e-6, STRETCHES + 1)
    parts = [(at >= low) & (at < high) for low, high in pairwise(edges)]
    means = np.array([(at[part].mean(), sizes[part].mean()) for part in parts if part.any()])
    if len(means) < STRETCHES:
        return np.nan, np.nan
    line = stats.linregress(means[:, 0] / 3600, means[:, 1] / MEGABYTE)
    return float(line.slope), float(line.stderr * stats.t.ppf(0.975, STRETCHES - 2))


def memory_rows(samples: list[Sample]) -> list[list[str]]:
    """A row for each process, and one for all of them together."""
    names = sorted({one.process for one in samples})
    ends = [max(one.at for one in samples if one.process == name) for name in names]
    times = sorted({one.at for one in samples if one.at <= min(ends)})
    of = {(one.at, one.process): one for one in samples}
    whole = [at for at in times if all((at, name) in of for name in names)]
    rows = []
    for name, those in [*((name, [name]) for name in names), ("all together", names)]:
        found = [[of[at, one] for one in those] for at in whole]
        table = np.array(
            [(sum(one.rss for one in row), sum(one.pss for one in row)) for row in found]
        )
        cells = [name]
        for sizes in table.T:
            slope, off = growth(np.array(whole), sizes)
            stages = (sizes[min(6, len(sizes) - 1)], sizes[len(sizes) // 3], sizes[-1])
            cells.append(", ".join(f"{one / MEGABYTE:.0f}" for one in stages))
            cells.append(f"{slope:+.1f} ± {off:.1f}")
        rows.append(cells)
    return rows


def print_memory(samples: list[Sample]) -> None:
    """Print how the memory of each process went."""
    head = "RSS after a minute, a third, at the end", "grows, MB an hour", "PSS", "grows"
    print(markdown(("MB", *head), memory_rows(samples)))


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="films of `passerby synth corridor`")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--samples", type=Path, help="CSV of seconds, process, RSS, PSS")
    parser.add_argument("--stages", action="store_true", help="where the seconds go")
    parser.add_argument("--report", type=Path, help="such a file; nothing is run")
    options = parser.parse_args()
    if options.report:
        print_memory(read_samples(options.report))
        return
    if not options.folder:
        parser.error("name a folder of films")
    if options.samples:
        options.samples.unlink(missing_ok=True)
    films = sorted(options.folder.glob("camera-*.mp4"))
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    notes: list[str] = []
    with (
        TemporaryDirectory() as stamps,
        TemporaryDirectory() as folder,
        served(films, options.rate) as addresses,
    ):
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
        if options.stages:
            os.environ[STAGES] = stamps
        watcher = Watcher(site.store.address, options.seconds, options.samples)
        watcher.start()
        began = time.monotonic()
        states = run_site(site, notes.append, seconds=options.seconds)
        lasted = time.monotonic() - began
        watcher.stop()
        with open_site_store(site) as store:
            tracks = len(stored_tracks(store, limit=1_000_000))
        if options.stages:
            import site_stages  # noqa: PLC0415  (and its processes, much that they need not)

            site_stages.print_stages(Path(stamps))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    frames = sum(one.frames for one in states.values())
    dropped = sum(one.dropped for one in states.values())
    middle, most, longest = np.quantile(watcher.ages or [np.nan], [0.5, 0.95, 1])
    rows = [
        ("cameras, frames a second each", f"{len(films)}, {options.rate:g}"),
        ("frames handled", f"{frames}"),
        ("dropped", f"{dropped} ({dropped / max(frames + dropped, 1):.2%})"),
        ("cores used, all processes", f"{(used.ru_utime + used.ru_stime) / lasted:.2f}"),
        ("frame to store, p50, p95, max", f"{middle:.2f}, {most:.2f}, {longest:.2f} s"),
        ("snippets that were timed", f"{len(watcher.ages)}"),
        ("tracks stored", f"{tracks}"),
        ("notes", "; ".join(notes) or "none"),
    ]
    print(stamp())
    print(markdown(("", "measured"), rows))
    print_memory(watcher.memory)


if __name__ == "__main__":
    main()
