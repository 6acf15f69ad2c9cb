"""The writer acknowledges what is in the store, and tries again while it cannot be written."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from passerby.errors import StoreUnavailable
from passerby.site import writer as module
from passerby.site.outbox import Outbox
from passerby.site.writer import Writer
from passerby.store.adding import Added
from passerby.store.reading import stored_tracks
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, create_store, open_store
from passerby.store.write_batch import WriteBatch

SECRET = b"both know it"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    key, address = SiteKey.new(), str(tmp_path / "site.sqlite")
    create_store(address, key)
    opened = open_store(address, key, run=True)
    set_retention(opened, "hall", "matching", 60, "test")
    return opened


def begun(at: int = 5) -> tuple[WriteBatch, int]:
    batch = WriteBatch()
    return batch, batch.begin_track("hall", at, "matching")


def served(writer: Writer, batches: int) -> Thread:
    """Commit so many batches in a thread of its own."""

    def serve() -> None:
        done = 0
        while done < batches:
            done += writer.step(5)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    return thread


def test_an_acknowledged_batch_is_in_the_store(tmp_path: Path, store: Store) -> None:
    writer = Writer(store, str(tmp_path / "s"), SECRET, note=print)
    thread = served(writer, 2)
    box = Outbox(str(tmp_path / "s"), SECRET)
    tracks = []
    for _ in range(2):
        batch, track = begun()
        tracks.append(track)
        box.put(batch)
    box.drain(20)
    assert [one.number for one in stored_tracks(store)] == sorted(tracks)
    thread.join(5)
    box.close()
    writer.close()
    store.close()


def test_a_store_that_is_away_for_a_while_loses_nothing(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.01)
    failures, add = iter(range(3)), store.add_all

    def sometimes(batches: Sequence[WriteBatch]) -> list[Added]:
        if next(failures, None) is not None:
            raise StoreUnavailable("the database cannot be reached")
        return add(batches)

    monkeypatch.setattr(store, "add_all", sometimes)
    notes: list[str] = []
    writer = Writer(store, str(tmp_path / "s"), SECRET, notes.append)
    thread = served(writer, 1)
    box = Outbox(str(tmp_path / "s"), SECRET)
    batch, track = begun()
    box.put(batch)
    box.drain(20)
    assert [one.number for one in stored_tracks(store)] == [track]
    assert notes == [
        "the database cannot be reached; nothing is lost, and it is tried again",
        "the store can be written again",
    ]
    thread.join(5)
    box.close()
    writer.close()
    store.close()


def test_a_batch_that_can_never_be_stored_is_told_and_holds_nobody_up(
    tmp_path: Path, store: Store
) -> None:
    notes: list[str] = []
    writer = Writer(store, str(tmp_path / "s"), SECRET, notes.append)
    thread = served(writer, 2)
    box = Outbox(str(tmp_path / "s"), SECRET)
    wrong = WriteBatch()
    wrong.begin_track("hall", 5, "a purpose without a retention")
    right, track = begun()
    box.put(wrong)
    box.put(right)
    box.drain(20)
    assert [one.number for one in stored_tracks(store)] == [track]
    assert len(notes) == 1
    assert "was not stored" in notes[0]
    thread.join(5)
    box.close()
    writer.close()
    store.close()


def test_tracks_that_a_run_left_open_are_ended_at_their_last_sign(store: Store) -> None:
    batch, track = begun(at=7)
    store.add(batch)
    assert [one.number for one in stored_tracks(store, live=True)] == [track]
    assert store.end_open_tracks() == 1
    assert store.end_open_tracks() == 0
    assert [(one.ended, one.live) for one in stored_tracks(store)] == [(7, False)]
    store.close()


def test_batches_that_wait_are_committed_together(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    add = store.add_all

    def counted(batches: Sequence[WriteBatch]) -> list[Added]:
        together.append(len(batches))
        return add(batches)

    monkeypatch.setattr(store, "add_all", counted)
    writer = Writer(store, str(tmp_path / "s"), SECRET, note=print)
    box = Outbox(str(tmp_path / "s"), SECRET)
    for _ in range(5):
        box.put(begun()[0])
    while writer._received.qsize() < 5:
        sleep(0.01)
    assert writer.step(5) == 5
    assert together == [5]
    box.drain(20)
    box.close()
    writer.close()
    store.close()
