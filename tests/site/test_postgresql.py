"""A whole run of a site on PostgreSQL, which goes away for a while."""

from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from tests.store.conftest import server as server  # noqa: PLC0414  (a fixture)

from passerby.site import demo
from passerby.site.counting import ENTER
from passerby.site.demo import film_site
from passerby.site.run import run_site
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import open_site_store
from passerby.site.supervisor import CameraState
from passerby.store.audit import verify_audit
from passerby.store.reading import stored_counts, stored_snippets, stored_tracks
from postgres_server import Server


def on(server: Server, file: Path) -> SiteSettings:
    """A site whose store is in an empty database."""
    server.empty()
    text = file.read_text().replace(
        'address = "site.sqlite"', f'address = "{server.address}"\nkeys = "site.keys"'
    )
    file.write_text(text)
    return read_site(file)


@pytest.mark.slow
def test_a_site_runs_on_postgresql_and_loses_nothing_while_it_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setattr(demo, "SECONDS", 8.0)
    monkeypatch.setattr(demo, "PEOPLE", 6)
    site = on(server, film_site(tmp_path, 3, 1, lambda: None))
    notes: list[str] = []
    threads: list[Thread] = []

    def away() -> None:
        server.stop()
        until = monotonic() + 60
        while not any("tried again" in one for one in notes) and monotonic() < until:
            sleep(0.1)
        server.start()

    def stop_once(states: Mapping[str, CameraState]) -> None:
        if not threads and states["camera-1"].frames >= 20:
            threads.append(Thread(target=away))
            threads[0].start()

    states = run_site(site, notes.append, stop_once)
    threads[0].join()
    assert states["camera-1"].ended
    assert states["camera-1"].frames == 80
    with open_site_store(site) as store:
        tracks = stored_tracks(store)
        snippets = [one for track in tracks for one in stored_snippets(store, track.number)]
        counts = stored_counts(store, since=0, until=1 << 62)
        verify_audit(store)
    assert not any(one.live for one in tracks)
    assert len(snippets) > len(tracks) > 0
    assert sum(one[-1] for one in counts if one[2] == ENTER) == len(tracks)  # each of them once
    assert any("tried again" in one for one in notes)
    assert any("can be written again" in one for one in notes)
    assert not any("was not stored" in one for one in notes)
