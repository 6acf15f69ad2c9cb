"""A full disk, a locked file, a server that goes away: nothing is lost, and nothing doubled."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from tests.store.conftest import NOON, frame

from passerby.errors import OutputError, StoreUnavailable
from passerby.store import database
from passerby.store.adding import Added
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.store import Store
from passerby.store.write_batch import WriteBatch


def filled(pictures: int = 1) -> tuple[WriteBatch, int]:
    batch = WriteBatch()
    track = batch.begin_track("hall", NOON, "follow")
    for number in range(pictures):
        batch.add_snippet(track, NOON + number, frame(number), 1)
    return batch, track


@pytest.fixture
def outage(
    backend: str,
    site: SimpleNamespace,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Callable[[], object]]:
    """Takes the database away when called; returns what brings it back."""
    monkeypatch.setattr(database, "_PATIENCE", 0.1 if backend == "sqlite" else 2)
    if backend == "postgresql":
        server = request.getfixturevalue("server")

        def stop() -> Callable[[], object]:
            server.stop()
            return server.start

        return stop

    def lock() -> Callable[[], object]:
        other = sqlite3.connect(site.address, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other.close

    return lock


def test_a_database_that_goes_away_loses_nothing(
    outage: Callable[[], Callable[[], object]], store: Store
) -> None:
    before, first = filled()
    store.add(before)
    bring_back = outage()
    batch, track = filled()
    try:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="cannot be used now"):
                store.add(batch)
    finally:
        bring_back()
    assert store.add(batch) == Added(tracks=1, snippets=1)
    assert {one.number for one in stored_tracks(store)} == {first, track}
    assert len(stored_snippets(store, track)) == 1


def test_a_full_disk_keeps_nothing_of_a_batch(
    site: SimpleNamespace, store: Store, backend: str
) -> None:
    if backend != "sqlite":
        pytest.skip("a server's disk cannot be filled here")
    engine, most = store.database._engine, 60

    @event.listens_for(engine, "connect")
    def limited(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={most}").close()

    engine.dispose()
    small, track = filled()
    large, lost = filled(pictures=80)
    store.add(small)
    with pytest.raises(StoreUnavailable, match="the disk is full: free some space"):
        store.add(large)
    assert [one.number for one in stored_tracks(store)] == [track]
    most = 10_000
    engine.dispose()
    assert store.add(large) == Added(tracks=1, snippets=80)
    assert len(stored_snippets(store, lost)) == 80


def test_keys_that_cannot_be_written_keep_nothing_of_a_batch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_count: int) -> None:
        raise OutputError("site.keys: the disk is full: free some space and run it again")

    batch, track = filled()
    with monkeypatch.context() as patch:
        patch.setattr(store.keys, "new", full)
        with pytest.raises(OutputError, match="the disk is full"):
            store.add(batch)
    assert stored_tracks(store) == []
    assert store.add(batch) == Added(tracks=1, snippets=1)
    assert len(stored_snippets(store, track)) == 1


def test_a_damaged_file_is_said(site: SimpleNamespace, opened: Callable[..., Store]) -> None:
    if "://" in site.address:
        pytest.skip("a server looks after its files")
    with Path(site.address).open("r+b") as file:
        file.write(b"no database at all")
    with pytest.raises(database.StoreError, match=r"is damaged .*bring back a backup"):
        opened()
