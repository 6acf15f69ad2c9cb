"""What was erased is nowhere: not in the database, its log, its free pages or a backup."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.errors import ConfigError, OutputError, StoreError
from passerby.store import erasure, schema
from passerby.store.audit import read_audit
from passerby.store.erasure import (
    erase_tracks,
    erased_since,
    finish_erasures,
    pending_erasures,
    tracks_before,
)
from passerby.store.holds import lift_hold, place_hold, read_holds
from passerby.store.reading import stored_signatures, stored_snippets, stored_tracks
from passerby.store.store import Store
from passerby.store.sweeping import sweep_store
from passerby.store.write_batch import WriteBatch

Backup = Callable[[], Callable[[], None]]

PIECE = 48
"""Bytes that are looked for; a longer content is cut where it goes on on another page."""


def add_track(store: Store, seed: int = 0, at: int = NOON) -> int:
    batch = WriteBatch()
    track = batch.begin_track("hall", at, "follow")
    picture = frame(seed)
    batch.add_snippet(track, at, picture, 1)
    batch.add_signature(track, at, vector(seed), picture, ORIGIN, 1)
    batch.end_track(track, at)
    store.add(batch)
    return track


def kept_bytes(store: Store, track: int) -> list[bytes]:
    """Pieces of all that is encrypted of a track, as it is stored."""
    with store.database.reading() as connection:
        contents = [
            content
            for table in (schema.snippet, schema.signature)
            for content in connection.execute(
                select(table.c.content).where(table.c.track == track)
            ).scalars()
        ]
    return [
        content[start : start + PIECE]
        for content in contents
        for start in range(0, len(content) - PIECE, 700)
    ]


def plain_bytes(store: Store, track: int) -> list[bytes]:
    """Pieces of a track's pictures and signatures, decrypted."""
    jpegs = [one.jpeg for one in stored_snippets(store, track)]
    (found,) = stored_signatures(store, ORIGIN.model_sha256, track=track)
    contents = [*jpegs, found.vectors.tobytes()]
    return [content[len(content) // 2 :][:PIECE] for content in contents]


def found_in(folder: Path, pieces: list[bytes]) -> list[str]:
    """The files below a folder that hold any of the pieces."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in pieces)]


@pytest.fixture
def folder(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where the bytes of the store are."""
    return request.getfixturevalue("server").data if backend == "postgresql" else tmp_path


@pytest.fixture
def reader(site: SimpleNamespace, backend: str) -> Iterator[Callable[[], None]]:
    """Somebody who has begun to read, and finishes when called."""
    if backend == "sqlite":
        connection = sqlite3.connect(site.address, isolation_level=None)
        connection.execute("BEGIN")
    else:
        connection = psycopg.connect(site.address)
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    connection.execute("SELECT count(*) FROM snippet").fetchall()
    yield connection.close
    connection.close()


def test_pictures_and_signatures_are_never_stored_in_the_clear(store: Store, folder: Path) -> None:
    track = add_track(store)
    plain = plain_bytes(store, track)
    assert found_in(folder, plain) == []
    assert found_in(folder, kept_bytes(store, track)) != []  # encrypted, they are


def test_an_erased_track_is_gone(store: Store, folder: Path, backend: str) -> None:
    erased, other = add_track(store, 1), add_track(store, 2)
    pieces = kept_bytes(store, erased)
    assert erase_tracks(store, [erased], "officer", "request 12") == []
    assert [one.number for one in stored_tracks(store)] == [other]
    assert len(stored_snippets(store, other)) == 1
    if backend == "sqlite":  # PostgreSQL keeps encrypted bytes whose key is gone
        assert found_in(folder, pieces) == []
    assert erased_since(store, 0) == (1, [erased])
    assert erased_since(store, 1) == (1, [])
    entry = read_audit(store)[-1]
    assert (entry.who, entry.what, entry.purpose) == ("officer", "erase", "request 12")
    assert entry.subject == f"track {erased}"


def test_its_key_is_overwritten_where_it_stood(store: Store, site: SimpleNamespace) -> None:
    erased, other = add_track(store, 1), add_track(store, 2)
    before = site.keys.read_bytes()
    erase_tracks(store, [erased], "officer", "request")
    after = site.keys.read_bytes()
    assert len(after) == len(before)
    assert after[64:128] == bytes(64)  # the first track's
    assert after[128:] == before[128:]
    assert stored_snippets(store, other)


@pytest.fixture
def backup(site: SimpleNamespace, backend: str, request: pytest.FixtureRequest) -> Backup:
    """Makes a backup of the database when called; returns what restores it."""
    if backend == "postgresql":
        server = request.getfixturevalue("server")
        return lambda: partial(server.restore, server.dump())

    def make() -> Callable[[], None]:
        copy = Path(site.address).with_name("backup.sqlite")
        with (
            closing(sqlite3.connect(site.address)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        return lambda: copy.replace(site.address) and None

    return make


def test_a_backup_made_before_holds_nothing_that_can_be_read(
    store: Store, opened: Callable[..., Store], backup: Backup
) -> None:
    erased, other = add_track(store, 1), add_track(store, 2)
    restore = backup()
    erase_tracks(store, [erased], "officer", "request")
    store.close()
    restore()
    old = opened()
    assert {one.number for one in stored_tracks(old)} == {erased, other}
    assert stored_snippets(old, erased) == []
    assert len(stored_snippets(old, other)) == 1
    (left,) = stored_signatures(old, ORIGIN.model_sha256)
    assert left.tracks.tolist() == [other]
    sweep_store(old, moment=NOON)
    assert [one.number for one in stored_tracks(old)] == [other]  # its times are gone again, too


def test_while_somebody_reads_an_erasure_is_pending(
    store: Store, folder: Path, backend: str, request: pytest.FixtureRequest
) -> None:
    track = add_track(store)
    pieces = kept_bytes(store, track)
    finish_reading = request.getfixturevalue("reader")
    (pending,) = erase_tracks(store, [track], "officer", "request")
    assert pending.track == track
    assert pending.rows_deleted is not None
    assert stored_snippets(store, track) == []
    assert found_in(folder, pieces) != []
    assert [one.track for one in finish_erasures(store)] == [track]
    finish_reading()
    for _ in range(50):  # a server takes a moment to notice
        if not finish_erasures(store):
            break
        time.sleep(0.1)
    assert pending_erasures(store) == []
    if backend == "sqlite":
        assert found_in(folder, pieces) == []


def test_an_erasure_that_broke_off_goes_on(
    store: Store, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    track = add_track(store)

    def full(_numbers: object) -> None:
        raise OutputError("the disk is full")

    monkeypatch.setattr(store.keys, "destroy", full)
    with pytest.raises(OutputError):
        erase_tracks(store, [track], "officer", "request")
    later = opened()
    (pending,) = pending_erasures(later)
    assert pending.rows_deleted is None
    assert finish_erasures(later) == []
    assert stored_tracks(later) == []


def test_what_comes_late_for_an_erased_track_is_left_out(
    store: Store, opened: Callable[..., Store]
) -> None:
    batch = WriteBatch()
    track = batch.begin_track("hall", NOON, "follow")
    store.add(batch)
    erase_tracks(opened(), [track], "officer", "request")  # another process
    late = WriteBatch()
    late.add_snippet(track, NOON + 1, frame(), 1)
    assert store.add(late).left_out == 1


def test_many_are_erased_in_parts(
    store: Store, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(erasure, "_AT_ONCE", 2)
    tracks = [add_track(store, seed, NOON + seed) for seed in range(5)]
    assert tracks_before(store, NOON + 3) == tracks[:3]
    assert erase_tracks(store, tracks_before(store, NOON + 3), "officer", "request") == []
    assert [one.number for one in stored_tracks(store)] == tracks[3:]


@pytest.mark.parametrize("missing", [3, 10**17])
def test_what_is_not_there_cannot_be_erased(store: Store, missing: int) -> None:
    track = add_track(store)
    with pytest.raises(StoreError, match=f"there is no track {missing}"):
        erase_tracks(store, [track, missing], "officer", "request")
    assert len(stored_snippets(store, track)) == 1
    assert pending_erasures(store) == []


def test_a_held_track_stays_until_an_officer_lifts_the_hold(store: Store) -> None:
    track, other = add_track(store, 1), add_track(store, 2)
    (hold,) = place_hold(store, [track], "Ms Oda", "case 7")
    with pytest.raises(StoreError, match=r"held by Ms Oda \(case 7\).*nothing was erased"):
        erase_tracks(store, [other, track], "officer", "request")
    assert len(stored_tracks(store)) == 2
    lift_hold(store, hold, "Mr Diaz")
    assert erase_tracks(store, [other, track], "officer", "request") == []
    assert read_holds(store) == []
    (kept,) = read_holds(store, lifted=True)
    assert (kept.officer, kept.lifted_by, kept.track) == ("Ms Oda", "Mr Diaz", track)
    assert [entry.what for entry in read_audit(store)][-3:] == ["place hold", "lift hold", "erase"]


@pytest.mark.parametrize(("officer", "reason"), [("", "case 7"), ("Ms Oda", " ")])
def test_a_hold_needs_an_officer_and_a_reason(store: Store, officer: str, reason: str) -> None:
    with pytest.raises(ConfigError, match="the name of an officer and a reason"):
        place_hold(store, [add_track(store)], officer, reason)


def test_holds_that_cannot_be(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no track 3"):
        place_hold(store, [add_track(store), 3], "Ms Oda", "case 7")
    assert read_holds(store) == []
    with pytest.raises(StoreError, match="there is no hold 3"):
        lift_hold(store, 3, "Ms Oda")
    with pytest.raises(ConfigError, match="give a name"):
        lift_hold(store, 3, "")
