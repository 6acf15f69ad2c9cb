"""Stores in SQLite and in PostgreSQL: every test of a store runs on both."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import numpy as np
import psycopg
import pytest

from passerby.protection import BLACK, Protection
from passerby.signatures.origin import Origin
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, create_store, open_store
from passerby.types import AnonymizedFrame, Frame, seal

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
ORIGIN = Origin(model="small", model_sha256="5" * 64, images="anonymized")
HOUR = 3_600_000_000
NOON = 1_736_928_000_000_000
"""Some full hour in the past, microseconds of UTC: 2025-01-15T08:00Z."""


class Server:
    """A PostgreSQL of the tests' own, on loopback, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self._programs = SERVERS[-1]
        self._user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if self._user:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", self.data, "-U", "passerby", "-A", "trust", "-N", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k '' -F"
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    @property
    def address(self) -> str:
        return f"postgresql://passerby@127.0.0.1:{self.port}/postgres"

    def empty(self) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def dump(self) -> Path:
        """Make a backup, as an operator does."""
        self._run("pg_dump", "-d", self.address, "-f", self.folder / "backup.sql")
        return self.folder / "backup.sql"

    def restore(self, backup: Path) -> None:
        self.empty()
        self._run("psql", "-d", self.address, "-q", "-f", backup)

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [self._programs / program, *map(str, words)],
            check=True,
            user=self._user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if not SERVERS:
        pytest.skip("needs PostgreSQL: `make system-packages`")
    # Not below pytest's, which no other user may enter; in memory, where there is such a folder.
    memory = Path("/dev/shm")
    folder = Path(mkdtemp(prefix="passerby-", dir=memory if memory.is_dir() else None))
    try:
        running = Server(folder)
        yield running
        running.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def site(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> SimpleNamespace:
    """A new store: its address, its key, and where the keys of its tracks are."""
    address = str(tmp_path / "site.sqlite")
    if backend == "postgresql":
        server = request.getfixturevalue("server")
        server.empty()
        address = server.address
    made = SimpleNamespace(address=address, key=SiteKey.new(), keys=tmp_path / "site.keys")
    create_store(made.address, made.key, made.keys)
    return made


@pytest.fixture
def opened(site: SimpleNamespace) -> Iterator[Callable[..., Store]]:
    """Opens that store, as often as is wanted; all are closed in the end."""
    stores = []

    def make(*, run: bool = False) -> Store:
        stores.append(open_store(site.address, site.key, site.keys, run=run))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    """That store, opened for a run, with two cameras whose tracks are kept for an hour."""
    store = opened(run=True)
    for camera in ("hall", "door"):
        set_retention(store, camera, "follow", 3600, "a test")
    return store


def frame(seed: int = 0, protection: Protection = BLACK) -> AnonymizedFrame:
    """A picture of noise that counts as anonymized."""
    image = np.random.default_rng(seed).integers(0, 256, (48, 24, 3), np.uint8)
    return seal(Frame(image), image, protection)


def vector(seed: int = 0, dimension: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=dimension).astype(np.float32)
