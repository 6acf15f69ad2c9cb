"""Stores in SQLite and in PostgreSQL: every test of a store runs on both."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import numpy as np
import pytest

from passerby.protection import BLACK, Protection
from passerby.signatures.origin import Origin
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, create_store, open_store
from passerby.types import AnonymizedFrame, Frame, seal
from postgres_server import SERVERS, Server

ORIGIN = Origin(model="small", model_sha256="5" * 64, images="anonymized")
HOUR = 3_600_000_000
NOON = 1_736_928_000_000_000
"""Some full hour in the past, microseconds of UTC: 2025-01-15T08:00Z."""


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
