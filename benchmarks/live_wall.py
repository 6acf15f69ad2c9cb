"""How late the pictures of the live wall are, and what a viewer costs.

    passerby synth corridor --cameras 4 --seconds 20 -o corridor
    python benchmarks/live_wall.py corridor --seconds 30 --viewers 2

Each film is covered once and then shown again and again, in real time, by a process of its own, as
a camera of a site shows what it sees. One more process serves the console, and browsers (headless
Chromium) show the wall. Late is from the moment when a picture leaves the pipeline of its camera
until the browser has drawn it: all have the same clock. What a viewer costs is the console's
processor time with so many viewers, over their number.
"""

import argparse
import multiprocessing
import os
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from playwright.sync_api import sync_playwright

from passerby.pipeline.camera_loop import CameraLoop
from passerby.serve.console import ConsoleOptions
from passerby.serve.run import serve_site
from passerby.site.live_view import LiveView, live_place
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.store.sessions import begin_session
from passerby.store.site_key import SiteKey, read_site_key
from passerby.store.users import EVERY_CAMERA, add_user
from passerby.types import AnonymizedFrame
from stamp import stamp
from table import markdown

PORT = 8799
MOST_FRAMES = 60
LATE = "[...document.querySelectorAll('.live')].map(one => Number(one.dataset.latency))"


def covered(film: Path) -> list[AnonymizedFrame]:
    """The first frames of a film, with heads covered."""
    with CameraLoop() as loop, av.open(str(film)) as container:
        done: list[AnonymizedFrame] = []
        for frame in container.decode(video=0):
            image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            done += [one.frame for one in loop.push(image)]
            if len(done) >= MOST_FRAMES:
                break
        return done + [one.frame for one in loop.flush()]


def film(site: SiteSettings, camera: str, rate: float, ready: Event, over: Event) -> None:
    """Show a film as a camera does, until it is over."""
    frames = covered(Path(site.camera(camera).source))
    view = LiveView(live_place(site, camera, read_site_key(site.store.key_file)))
    ready.set()
    due = time.monotonic()
    while not over.is_set():
        for frame in frames:
            view.show(frame)
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
    view.close()


def serve(site: SiteSettings) -> None:
    """Serve the console."""
    serve_site(site, ConsoleOptions(port=PORT), lambda _line: None, lambda _page, _key: None)


def made_site(folder: Path, films: list[Path]) -> tuple[SiteSettings, str]:
    """A site of these films, and the session of a user who may see all."""
    lines = ['time_zone = "UTC"', "[store]", 'site_key = "site.key"']
    for number, path in enumerate(films, 1):
        lines += ["[[cameras]]", f'name = "camera-{number}"', f'source = "{path.resolve()}"']
    (folder / "site.toml").write_text("\n".join(lines) + "\n")
    (folder / "site.key").write_text(SiteKey.new().text)
    (folder / "site.key").chmod(0o600)
    site = read_site(folder / "site.toml")
    make_site_store(site)
    with open_site_store(site) as store:
        user = add_user(store, "watcher", {EVERY_CAMERA: "viewer"}, "benchmark")
        return site, begin_session(store, user).token


def processor_seconds(process: int) -> float:
    """What a process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watched(token: str, console: int, viewers: int, seconds: float) -> tuple[list[float], float]:
    """Show the wall in so many browsers; returns how late pictures were (ms), and the CPU share."""
    late: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        pages = []
        for _ in range(viewers):
            context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}")
            context.add_cookies(
                [{"name": "passerby_session", "value": token, "url": f"http://127.0.0.1:{PORT}"}]
            )
            pages.append(context.new_page())
            pages[-1].goto("/")
            pages[-1].wait_for_selector(".live", timeout=60_000)
        before, began = processor_seconds(console), time.monotonic()
        while time.monotonic() < began + seconds:
            for page in pages:
                late += page.evaluate(LATE)
            time.sleep(0.1)
        taken = (processor_seconds(console) - before) / (time.monotonic() - began)
        browser.close()
    return late, taken


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corridor", type=Path, help="folder of films")
    parser.add_argument("--rate", type=float, default=10, help="pictures a second of each camera")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--viewers", type=int, default=2)
    asked = parser.parse_args()
    films = sorted(asked.corridor.glob("camera-*.mp4"))
    spawn = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as folder:
        site, token = made_site(Path(folder), films)
        over, rows = spawn.Event(), []
        ready = [spawn.Event() for _ in films]
        cameras = [
            spawn.Process(target=film, args=(site, one.name, asked.rate, done, over))
            for one, done in zip(site.cameras, ready, strict=True)
        ]
        console = spawn.Process(target=serve, args=(site,))
        for process in (*cameras, console):
            process.start()
        for done in ready:
            done.wait(300)
        time.sleep(3)  # the console begins
        served = console.pid or 0
        for viewers in range(1, asked.viewers + 1):
            late, taken = watched(token, served, viewers, asked.seconds)
            middle, most = np.percentile(late, [50, 95])
            rows.append(
                [str(viewers), f"{middle:.0f} ms", f"{most:.0f} ms", f"{taken / viewers:.1%}"]
            )
        over.set()
        console.terminate()
        for process in (*cameras, console):
            process.join()
    print(f"{len(films)} cameras, {asked.rate:g} pictures a second each\n")
    print(markdown(["viewers", "late, median", "95 %", "of a core for each viewer"], rows))
    print(stamp())


if __name__ == "__main__":
    main()
