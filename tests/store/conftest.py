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
from passerby.store.schema import metadata
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
        self.has_tables = False
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
        self._execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.has_tables = False

    def renew(self, key: SiteKey, keys: Path) -> None:
        """Have a store without rows; its tables are made once, since that takes longest."""
        if not self.has_tables:
            self.empty()
            keys.unlink(missing_ok=True)
            create_store(self.address, key, keys)
            self.has_tables = True
        names = ", ".join(name for name in metadata.tables if name != "store_info")
        self._execute(f"TRUNCATE {names} RESTART IDENTITY")
        self._execute("DELETE FROM store_info WHERE name <> 'id'")

    def dump(self) -> Path:
        """Make a backup, as an operator does."""
        self._run("pg_dump", "-d", self.address, "-f", self.folder / "backup.sql")
        return self.folder / "backup.sql"

    def restore(self, backup: Path) -> None:
        self.empty()
        self._run("psql", "-d", self.address, "-q", "-f", backup)

    def _execute(self, command: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(command)

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


@pytest.fixture(scope="session")
def site_key() -> SiteKey:
    return SiteKey.new()


@pytest.fixture(scope="session")
def made_once(site_key: SiteKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new store in SQLite, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    create_store(str(folder / "site.sqlite"), site_key)
    return folder


@pytest.fixture
def site(
    backend: str, tmp_path: Path, made_once: Path, site_key: SiteKey, request: pytest.FixtureRequest
) -> SimpleNamespace:
    """A new store: its address, its key, and where the keys of its tracks are."""
    address, keys = str(tmp_path / "site.sqlite"), made_once / "site.keys"
    if backend == "postgresql":
        server = request.getfixturevalue("server")
        address, keys = server.address, made_once / "server.keys"
        server.renew(site_key, keys)
    else:
        shutil.copy(made_once / "site.sqlite", address)
    shutil.copy(keys, tmp_path / "site.keys")
    return SimpleNamespace(address=address, key=site_key, keys=tmp_path / "site.keys")


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
