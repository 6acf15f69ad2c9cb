"""A day of use of the console in some minutes: do memory, sockets and open files stay as they are?

    python benchmarks/console_day.py [--hours 24] [--requests 6]

One process serves the console. Its clock, and that of all who use it, is put forward by five
minutes at a time; in between, cameras add tracks, the sweeper erases what is older than six hours,
and people log in, read pages, search by tracks and by pictures, decide, export, open the live wall
and go away, some of them without a word, some with wrong passwords, or in the middle of what they
send. Sessions end by themselves, as they would in a day. Every hour of that clock the process is
looked at: memory, sockets, files, threads.
"""

import argparse
import json
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ctypes import c_int64
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from types import SimpleNamespace
from unittest.mock import patch

import cv2
import httpx
import numpy as np
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from console import CAMERAS, MODEL, new_site
from passerby.anonymization.preview import preview
from passerby.models.lookup import model_sha256, resolve
from passerby.serve.app import console_app
from passerby.serve.console import Console
from passerby.serve.passwords import Passwords
from passerby.serve.request_limits import RequestLimits
from passerby.signatures import origin
from passerby.site.live_view import LiveView, live_place
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import open_site_store
from passerby.store.identities import link_tracks
from passerby.store.retention import set_retention
from passerby.store.sessions import accept_invitation, invite_user
from passerby.store.site_key import read_site_key
from passerby.store.store import Store, open_store
from passerby.store.sweeping import sweep_store
from passerby.store.times import SECOND, now
from passerby.store.users import EVERY_CAMERA, add_user
from passerby.store.write_batch import WriteBatch
from passerby.types import AnonymizedFrame, Frame
from stamp import stamp
from table import markdown

STEP = 300
"""Seconds by which the clock is put forward."""
KEPT = 6 * 3600
TRACKS = 8
"""That cameras add in a step."""
USERS = 8
PASSWORD = "four words are good"  # noqa: S105  (of nobody)
SETTLED = 8
"""Hours after which all is warm, and as many tracks are erased as come."""


def main() -> None:
    """Let a day pass, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--requests", type=int, default=6, help="of each user in five minutes")
    words = parser.parse_args()
    context = get_context("spawn")
    ahead = context.Value(c_int64, 0)
    with TemporaryDirectory() as folder, patch("passerby.store.times.time", clock(ahead)):
        site = new_site(Path(folder))
        place = site.store
        with open_store(place.address, read_site_key(place.key_file), run=True) as store:
            for camera in site.cameras:
                set_retention(store, camera.name, "matching", KEPT, "a benchmark")
            add_users(store)
            ours, theirs = context.Pipe()
            server = context.Process(target=serve, args=(folder, ahead, theirs))
            server.start()
            theirs.close()
            try:
                day = Day(store, ours.recv(), site, np.random.default_rng(0))
                rows = [row for row in day.hours(server, ahead, words.hours, words.requests) if row]
            finally:
                ours.close()
                server.join(30)
                server.kill()
    print(markdown([*rows[0]], [[*map(str, row.values())] for row in rows]))
    print(json.dumps({**stamp(), **verdict(rows), "answers": dict(day.answers)}, indent=1))


def clock(ahead: "Synchronized[int]") -> SimpleNamespace:
    """A clock that goes as ours, and is put forward."""
    return SimpleNamespace(time_ns=lambda: time.time_ns() + 1_000_000_000 * ahead.value)


def serve(folder: str, ahead: "Synchronized[int]", pipe: Connection) -> None:
    """Serve the console until the pipe is closed, as `passerby serve` does."""
    site = read_site(Path(folder) / "site.toml")
    with patch("passerby.store.times.time", clock(ahead)), open_site_store(site) as store:
        console = Console(
            site=site, store=store, limits=RequestLimits(scale=10_000), passwords=Passwords()
        )
        config = uvicorn.Config(
            console_app(console),
            host="127.0.0.1",
            port=0,
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        pipe.send(server.servers[0].sockets[0].getsockname()[1])
        with suppress(EOFError):
            pipe.recv()
        server.should_exit = True
        thread.join()
        console.close()


def add_users(store: Store) -> None:
    """Users with real passwords, whose hashes cost what they cost."""
    hashed = Passwords().hashed(PASSWORD, "nobody")
    for number in range(USERS):
        user = add_user(store, f"user-{number}", {EVERY_CAMERA: "officer"}, "a benchmark")
        accept_invitation(store, invite_user(store, user, "a benchmark"), hashed)


def usage(process: BaseProcess) -> dict[str, int]:
    """What a process has, and its children."""
    folder = Path(f"/proc/{process.pid}")
    kinds: Counter[str] = Counter()
    for path in (folder / "fd").iterdir():
        with suppress(OSError):
            kinds["sockets" if path.readlink().name.startswith("socket:") else "files"] += 1
    status = (folder / "status").read_text()
    lists = [(task / "children").read_text() for task in (folder / "task").iterdir()]
    children = " ".join(lists).split()
    return {
        "memory MB": resident(folder),
        "sockets": kinds["sockets"],
        "files": kinds["files"],
        "threads": int(status.partition("Threads:")[2].split()[0]),
        "children": len(children),
        "their MB": sum(resident(Path(f"/proc/{one}")) for one in children),
    }


def resident(folder: Path) -> int:
    """Memory of a process in MB; none of one that has just ended."""
    with suppress(OSError):
        _, _, size = (folder / "status").read_text().partition("VmRSS:")
        return int(size.split()[0]) // 1024 if size else 0
    return 0


class Day:
    """What goes on around a console."""

    def __init__(
        self, store: Store, port: int, site: SiteSettings, chance: np.random.Generator
    ) -> None:
        self._store, self._site, self._chance = store, site, chance
        self._address = f"http://127.0.0.1:{port}"
        self._tracks: list[int] = []
        self._picture = preview(Frame(np.full((128, 64, 3), 90, np.uint8)))
        noise = np.random.default_rng(1).integers(0, 256, (256, 96, 3), np.uint8)
        self._upload = cv2.imencode(".png", noise)[1].tobytes()
        self._people = [Browser(self._address, f"user-{n}") for n in range(USERS)]
        self.answers: Counter[str] = Counter()

    def hours(
        self, server: BaseProcess, ahead: "Synchronized[int]", hours: int, requests: int
    ) -> "list[dict[str, int]]":
        """Let hours pass, and look at the console after each."""
        over = Event()
        filming = Thread(target=self._film, args=(over,))
        filming.start()
        rows = []
        self._add_tracks()
        self._people[0].search(self._upload)  # which begins the process that describes pictures
        try:
            with ThreadPoolExecutor(USERS) as at_work:
                for hour in range(1, hours + 1):
                    for step in range(3600 // STEP):
                        ahead.value += STEP
                        self._add_tracks()
                        if not step % 3:
                            sweep_store(self._store)
                        seeds = self._chance.integers(2**31, size=USERS)
                        work = partial(self._use, requests)
                        for counted in at_work.map(work, self._people, map(int, seeds)):
                            self.answers += counted
                    rows.append({"hour": hour, **self._looked_at(server)})
        finally:
            over.set()
            filming.join()
        return rows

    def _looked_at(self, server: BaseProcess) -> dict[str, int]:
        for one in self._people:
            one.renew()  # what is open now, the console holds open
        time.sleep(1.5)
        done = sum(self.answers.values())
        return {"requests": done, "tracks": len(self._tracks), **usage(server)}

    def _add_tracks(self) -> None:
        made = origin.Origin(
            model=MODEL, model_sha256=model_sha256(resolve(MODEL)), images="anonymized"
        )
        batch, new = WriteBatch(), []
        for index in range(TRACKS):
            at = now() - (index + 10) * SECOND
            track = batch.begin_track(f"camera-{index % CAMERAS}", at, "matching")
            for second in range(4):
                batch.add_snippet(track, at + second * SECOND, self._picture, 0.5)
            vector = self._chance.normal(size=256).astype(np.float32)
            batch.add_signature(track, at, vector, self._picture, made, 0.5)
            batch.end_track(track, at + 4 * SECOND)
            batch.count(f"camera-{index % CAMERAS}", "", "enter", at)
            new.append(track)
        self._store.add(batch)
        link_tracks(self._store, [(one, None, 0.9) for one in new[::2]], "a benchmark")
        self._tracks = [*self._tracks, *new][-KEPT // STEP * TRACKS :]

    def _film(self, over: Event) -> None:
        """Show pictures of all cameras, as they do."""
        key = read_site_key(self._site.store.key_file)
        views = [LiveView(live_place(self._site, one.name, key)) for one in self._site.cameras]
        frame: AnonymizedFrame = preview(Frame(np.full((180, 320, 3), 90, np.uint8)))
        while not over.wait(0.1):
            for view in views:
                view.show(frame)
        for view in views:
            view.close()

    def _use(self, requests: int, browser: "Browser", seed: int) -> Counter[str]:
        """What one person does in five minutes."""
        chance = np.random.default_rng(seed)
        done: Counter[str] = Counter()
        for _ in range(requests):
            track = self._tracks[int(chance.integers(len(self._tracks)))]
            what = chance.random()
            if what < 0.05:
                done["wall"] += browser.watch(abruptly=bool(chance.random() < 0.5))
            elif what < 0.08:
                done["went away"] += browser.go_away()
            elif what < 0.10:
                done[str(browser.log_in("wrong"))] += 1
            elif what < 0.12:
                done[str(browser.search(self._upload))] += 1
            elif what < 0.18:
                done[str(browser.send(f"/tracks/{track}/lookalikes", purpose="a day"))] += 1
            elif what < 0.20:
                done[str(browser.send("/export", track=track, purpose="a day"))] += 1
            elif what < 0.22:
                other = self._tracks[int(chance.integers(len(self._tracks)))]
                done[str(browser.send(f"/tracks/{track}/join", other=other))] += 1
            elif what < 0.23:
                done[str(browser.log_out())] += 1
            else:
                paths = ["/", "/recent", "/tracks", f"/tracks/{track}", "/search", "/counts?days=7"]
                paths += ["/privacy", "/holds", "/audit", "/nowhere", "/account"]
                done[str(browser.get(paths[int(chance.integers(len(paths)))]))] += 1
        return done


class Browser:
    """Somebody's browser: it logs in again when its session is over."""

    def __init__(self, address: str, name: str) -> None:
        self._address, self._name = address, name
        self._key = ""
        self.client = self._new(httpx.Cookies())

    def renew(self) -> None:
        """Close what is open, as at the end of an hour; the session stays."""
        self.client.close()
        self.client = self._new(self.client.cookies)

    def _new(self, cookies: httpx.Cookies) -> httpx.Client:
        headers = {"origin": self._address}
        # Given up before the server does so, after 5 s: what is sent at that moment is lost.
        kept = httpx.Limits(keepalive_expiry=2)
        return httpx.Client(
            base_url=self._address, headers=headers, cookies=cookies, timeout=120, limits=kept
        )

    def log_in(self, password: str = PASSWORD) -> int:
        """Log in; returns the status."""
        form = {"name": self._name, "password": password}
        answer = self.client.post("/login", data=form)
        if answer.status_code == 303:
            page = self.client.get("/account").text
            self._key = page.partition('name="form_key" value="')[2].partition('"')[0]
        return answer.status_code

    def log_out(self) -> int:
        """Log out; returns the status."""
        return self.client.post("/logout", data={"form_key": self._key}).status_code

    def get(self, path: str) -> int:
        """Read a page; returns the status."""
        answer = self.client.get(path)
        if answer.status_code == 303:
            self.log_in()
            answer = self.client.get(path)
        return answer.status_code

    def send(self, path: str, **fields: object) -> int:
        """Send a form; returns the status."""
        answer = self.client.post(path, data={"form_key": self._key, **fields})
        if answer.headers.get("location", "").startswith("/login"):
            self.log_in()
            answer = self.client.post(path, data={"form_key": self._key, **fields})
        return answer.status_code

    def search(self, picture: bytes) -> int:
        """Search by a picture; returns the status."""
        self.get("/search")
        headers = {"x-form-key": self._key, "x-purpose": "a day"}
        answer = self.client.post("/search/picture", content=picture, headers=headers, timeout=600)
        return answer.status_code

    def watch(self, *, abruptly: bool) -> int:
        """Look at the live wall; returns how many pictures came."""
        self.get("/")
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        address = f"{self._address.replace('http', 'ws')}/live?form_key={self._key}"
        headers = {"cookie": cookies}
        seen = 0
        whence = Origin(self._address)
        with (
            suppress(InvalidStatus, TimeoutError),  # such as when too many log in at this moment
            connect(address, origin=whence, additional_headers=headers, proxy=None) as one,
        ):
            json.loads(one.recv(30))
            while seen < 4:
                one.send(one.recv(3, decode=False)[:1])  # its camera: it was drawn
                seen += 1
            if abruptly:
                one.socket.shutdown(socket.SHUT_RDWR)
        return seen

    def go_away(self) -> int:
        """Begin to send a picture, and go away."""
        host, port = self._address.removeprefix("http://").split(":")
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        head = (
            f"POST /search/picture HTTP/1.1\r\nhost: {host}:{port}\r\norigin: {self._address}\r\n"
            f"cookie: {cookies}\r\nx-form-key: {self._key}\r\nx-purpose: a\r\n"
            "content-length: 4000000\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as one:
            one.sendall(head.encode() + bytes(200_000))
        return 1


def verdict(rows: list[dict[str, int]]) -> dict[str, float]:
    """How much grows in an hour of the clock, once all is warm."""
    warm = [row for row in rows if row["hour"] >= SETTLED] or rows
    hours = [row["hour"] for row in warm]
    grows = {}
    for what in ("memory MB", "sockets", "files", "threads", "their MB"):
        values = [row[what] for row in warm]
        slope = np.polyfit(hours, values, 1)[0] if len(warm) > 1 else 0.0
        grows[f"{what} more in an hour"] = round(float(slope), 3)
    return grows


if __name__ == "__main__":
    main()
