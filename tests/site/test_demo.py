"""A whole site of people who do not exist."""

import json
from pathlib import Path

import pytest

from passerby.site import demo
from passerby.site.demo import film_site, run_demo
from passerby.site.settings import read_site
from passerby.site.site_store import open_site_store
from passerby.store.reading import stored_snippets


@pytest.mark.slow
def test_a_corridor_is_filmed_run_and_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SECONDS", 8.0)
    monkeypatch.setattr(demo, "PEOPLE", 8)
    filmed: list[int] = []
    file = film_site(tmp_path, 3, 2, lambda: filmed.append(1))
    assert len(filmed) == 2 * 80
    notes: list[str] = []
    result = run_demo(file, notes.append, lambda _states: None)
    assert notes == []
    written = json.loads((tmp_path / "accuracy.json").read_text())
    assert written == result.accuracy.as_dict()
    assert result.tracks
    assert 0.5 < written["single_camera_idf1"] <= 1
    assert set(result.shows) == set(result.tracks)
    with open_site_store(read_site(file)) as store:
        snippets = [one for track in result.tracks for one in stored_snippets(store, track)]
    assert snippets
    recipes = [json.loads(one.recipe) for one in snippets]
    assert all(one["operator"] == "blackout" and one["weakness"] is None for one in recipes)
    raw = {path.suffix for path in tmp_path.iterdir() if path.is_file()}
    assert raw <= {
        ".mp4",
        ".toml",
        ".key",
        ".keys",
        ".lock",
        ".sqlite",
        ".json",
        ".sqlite-wal",
        ".sqlite-shm",
    }
