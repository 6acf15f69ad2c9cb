"""A small site whose store somebody has filled."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from passerby.anonymization.preview import preview
from passerby.models.lookup import model_sha256, resolve
from passerby.signatures.origin import Origin
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store
from passerby.store.retention import COUNT_PURPOSE, set_retention
from passerby.store.site_key import KEY_VARIABLE, SiteKey, read_site_key
from passerby.store.store import Store, open_store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame

MODEL = "passerby-signature"

SITE = """
return_seconds = [0.5, 30]

[[cameras]]
name = "hall"
source = "hall.mp4"

[[cameras]]
name = "stairs"
source = "stairs.mp4"

[[neighbours]]
cameras = ["hall", "stairs"]
travel_seconds = [4, 20]
"""

AddTrack = Callable[..., int]
"""Camera, seconds of its beginning and end, and the direction of its signature."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteSettings:
    monkeypatch.setenv(KEY_VARIABLE, SiteKey.new().text)
    file = tmp_path / "site.toml"
    file.write_text(SITE)
    read = read_site(file)
    make_site_store(read)
    return read


@pytest.fixture
def store(site: SiteSettings) -> Iterator[Store]:
    with open_store(site.store.address, read_site_key(), run=True) as opened:
        for camera in site.cameras:
            set_retention(opened, camera.name, camera.purpose, 3600, "test")
            set_retention(opened, camera.name, COUNT_PURPOSE, 3600, "test")
        yield opened


@pytest.fixture
def add_track(store: Store) -> AddTrack:
    """Add a track with one snippet; returns its number."""
    sha256 = model_sha256(resolve(MODEL))
    origin = Origin(model=MODEL, model_sha256=sha256, images="anonymized")
    picture = preview(Frame(np.full((64, 32, 3), 90, np.uint8)))

    def add(camera: str, began: float, ended: float, looks: int = 0) -> int:
        batch = WriteBatch()
        track = batch.begin_track(camera, round(began * SECOND), "matching")
        vector = np.zeros(256, np.float32)
        vector[looks] = 1
        at = round((began + ended) / 2 * SECOND)
        batch.add_snippet(track, at, picture, 0.8)
        batch.add_signature(track, at, vector, picture, origin, 0.8)
        batch.end_track(track, round(ended * SECOND))
        store.add(batch)
        return track

    return add
