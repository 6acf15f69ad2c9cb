"""A served console: a small site whose store holds people who do not exist, and its users."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import sleep, time_ns
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from argon2 import PasswordHasher

from passerby.models.lookup import model_sha256, resolve
from passerby.protection import BLACK
from passerby.serve.app import ROUTERS, console_app
from passerby.serve.console import Console, ConsoleOptions
from passerby.serve.passwords import Passwords
from passerby.serve.request_limits import RequestLimits
from passerby.signatures.origin import Origin
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.store.identities import link_tracks, propose_links
from passerby.store.retention import COUNT_PURPOSE, set_retention
from passerby.store.sessions import accept_invitation, begin_session, invite_user, make_api_token
from passerby.store.site_key import SiteKey, read_site_key
from passerby.store.store import Store, open_store
from passerby.store.times import SECOND
from passerby.store.users import EVERY_CAMERA, RoleName, add_user, user_named
from passerby.store.write_batch import WriteBatch
from passerby.synth.gallery import Gallery, portraits
from passerby.types import AnonymizedFrame, Frame, seal

PASSWORD = "four words are good"
MODEL = "passerby-signature"
CAMERAS = ("hall", "stairs", "door")

SITE = """
time_zone = "Europe/Berlin"
retention_days = 30

[[cameras]]
name = "hall"
source = "hall.mp4"

[[cameras]]
name = "stairs"
source = "stairs.mp4"

[[cameras]]
name = "door"
source = "door.mp4"

[[neighbours]]
cameras = ["hall", "stairs"]
travel_seconds = [4, 25]

[[neighbours]]
cameras = ["stairs", "door"]
travel_seconds = [4, 25]

[groups]
ground = ["hall", "stairs"]
upper = ["door"]

[store]
site_key = "site.key"
"""

USERS: dict[str, dict[str, RoleName]] = {
    "ada": {EVERY_CAMERA: "administrator"},
    "otto": {EVERY_CAMERA: "officer"},
    "inga": {EVERY_CAMERA: "investigator"},
    "vera": {EVERY_CAMERA: "viewer"},
    "gero": {"ground": "investigator"},
    "ursa": {"upper": "officer"},
    "nobu": {},
}
"""Who may do what."""


@dataclass
class Filled:
    """A site whose store is filled: who is on which track, in the order of their beginnings."""

    folder: Path
    tracks: dict[tuple[int, str], int] = field(default_factory=dict)
    persons: dict[int, int] = field(default_factory=dict)
    began: int = 0

    @property
    def site(self) -> SiteSettings:
        return read_site(self.folder / "site.toml")


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Four people who pass three cameras, half an hour ago."""
    folder = tmp_path_factory.mktemp("console")
    (folder / "site.toml").write_text(SITE)
    (folder / "site.key").write_text(SiteKey.new().text)
    (folder / "site.key").chmod(0o600)
    filled = Filled(folder)
    make_site_store(filled.site)
    place = filled.site.store
    with open_store(place.address, read_site_key(place.key_file), run=True) as store:
        fill(store, filled)
        for name, roles in USERS.items():
            user = add_user(store, name, roles, "test")
            hashed = Passwords(FAST).hashed(PASSWORD, name)
            accept_invitation(store, invite_user(store, user, "test"), hashed)
    return filled


FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def fill(store: Store, filled: Filled) -> None:
    """Add tracks with covered pictures; the first two people are linked, the third is proposed."""
    for camera in CAMERAS:
        set_retention(store, camera, "matching", 30 * 86_400, "test")
        set_retention(store, camera, COUNT_PURPOSE, 365 * 86_400, "test")
    filled.began = (time_ns() // 1000 - 1800 * SECOND) // SECOND * SECOND
    crops: dict[tuple[int, int], list[np.ndarray]] = {}
    heads: dict[tuple[int, int], list[tuple[float, ...]]] = {}
    for one in portraits(Gallery(people=4, cameras=3, images=3, seed=3)):
        crops.setdefault((one.identity, one.camera), []).append(one.crop.picture.pixels)
        heads.setdefault((one.identity, one.camera), []).append(tuple(one.crop.head_box))
    origin = Origin(model=MODEL, model_sha256=model_sha256(resolve(MODEL)), images="anonymized")
    rng = np.random.default_rng(0)
    for person in range(1, 5):
        looks = rng.normal(size=256)
        for number, camera in enumerate(CAMERAS, 1):
            began = filled.began + (60 * person + 15 * number) * SECOND
            batch = WriteBatch()
            track = batch.begin_track(camera, began, "matching")
            for index, image in enumerate(crops[person, number]):
                covered = without_head(image, heads[person, number][index])
                at = began + index * SECOND
                vector = (looks + 0.3 * rng.normal(size=256)).astype(np.float32)
                batch.add_snippet(track, at, covered, 0.5 + 0.1 * index)
                batch.add_signature(track, at, vector, covered, origin, 0.8)
            batch.end_track(track, began + 5 * SECOND)
            batch.count(camera, "", "enter", began)
            batch.count(camera, "", "leave", began + 5 * SECOND)
            batch.count(camera, "", "seconds in view", began, 5)
            store.add(batch)
            filled.tracks[person, camera] = track
    link(store, filled)


def without_head(image: np.ndarray, head: tuple[float, ...]) -> AnonymizedFrame:
    covered = image.copy()
    left, top, right, bottom = map(int, head)
    covered[max(top - 2, 0) : bottom + 3, max(left - 2, 0) : right + 3] = 0
    return seal(Frame(image), covered, BLACK)


def link(store: Store, filled: Filled) -> None:
    for person in (1, 2):
        for camera in CAMERAS:
            known = filled.persons.get(person)
            track = filled.tracks[person, camera]
            (filled.persons[person],) = link_tracks(store, [(track, known, 0.94)], "matcher")
    (filled.persons[3],) = link_tracks(store, [(filled.tracks[3, "hall"], None, 1.0)], "matcher")
    propose_links(store, [(filled.tracks[3, "stairs"], filled.persons[3], 0.62)], "matcher")


def add_batch(filled: Filled, batch: WriteBatch) -> None:
    """Add to a store as the run of its site does, while a console reads it."""
    place = filled.site.store
    with open_store(place.address, read_site_key(place.key_file), run=True) as store:
        store.add(batch)


@dataclass
class Served:
    """A console that answers on loopback."""

    address: str
    console: Console
    filled: Filled
    browsers: dict[str | None, "Browser"] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.console.store

    def browser(self, name: str | None = None) -> "Browser":
        """Something like a browser in which somebody is logged in; each user has one."""
        if name not in self.browsers:
            self.browsers[name] = Browser(self, name)
        return self.browsers[name]

    def token(self, name: str) -> str:
        if name not in self.tokens:
            user = user_named(self.store, name)
            assert user is not None
            self.tokens[name] = make_api_token(self.store, user, "test", 1, "test")
        return self.tokens[name]


class Browser(httpx.Client):
    """Sends what a browser would send, and the key of forms."""

    def __init__(self, served: Served, name: str | None) -> None:
        super().__init__(base_url=served.address, headers={"origin": served.address})
        self.form_key = ""
        if name is not None:
            user = user_named(served.store, name)
            assert user is not None
            self.cookies.set("passerby_session", begin_session(served.store, user).token)
            page = self.get("/account").text
            self.form_key = page.partition('name="form_key" value="')[2].partition('"')[0]

    def send_form(self, path: str, **fields: object) -> httpx.Response:
        return self.post(path, data={"form_key": self.form_key, **fields})


@contextmanager
def serving(
    filled: Filled,
    *,
    tls: tuple[Path, Path] | None = None,
    leak: Mapping[str, Any] | None = None,
    **options: object,
) -> Iterator[Served]:
    """Serve a console until the block ends, by TLS if there are a certificate and its key."""
    with open_site_store(filled.site) as store:
        console = Console(
            site=filled.site,
            store=store,
            options=ConsoleOptions(**options),
            leak=leak,
            passwords=Passwords(FAST),
            limits=RequestLimits(scale=1000),
        )
        app = console_app(console, ROUTERS)
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            log_level="error",
            lifespan="off",
            access_log=False,
            ssl_certfile=tls and tls[0],
            ssl_keyfile=tls and tls[1],
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            served = Served(f"http{'s' if tls else ''}://127.0.0.1:{port}", console, filled)
            yield served
            for browser in served.browsers.values():
                browser.close()
        finally:
            server.should_exit = True
            thread.join()
            console.close()


def copied(filled: Filled, folder: Path) -> Filled:
    """The same site, to change."""
    shutil.copytree(filled.folder, folder, dirs_exist_ok=True)
    return Filled(folder, dict(filled.tracks), dict(filled.persons), filled.began)


@pytest.fixture(scope="module")
def served(filled_once: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A console that the tests of a module share."""
    with serving(copied(filled_once, tmp_path_factory.mktemp("served"))) as one:
        yield one


Serving = Callable[..., Served]
