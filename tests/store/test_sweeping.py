"""The sweeper erases what is due, leaves what is held, and says when it did not run."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from tests.store.conftest import HOUR, NOON, frame

from passerby.errors import ConfigError, OutputError
from passerby.store import schema, sweeping
from passerby.store.audit import audit_head
from passerby.store.erasure import erase_tracks
from passerby.store.holds import place_hold
from passerby.store.reading import stored_counts, stored_tracks
from passerby.store.retention import COUNT_PURPOSE, read_retention, set_retention
from passerby.store.store import Store
from passerby.store.sweeping import SweepResult, retention_status, sweep_store
from passerby.store.write_batch import WriteBatch


def add_track(store: Store, at: int, camera: str = "hall", *, ends: bool = True) -> int:
    batch = WriteBatch()
    track = batch.begin_track(camera, at, "follow")
    batch.add_snippet(track, at, frame(), 1)
    if ends:
        batch.end_track(track, at)
    store.add(batch)
    return track


def left(store: Store) -> list[int]:
    return [one.number for one in stored_tracks(store)]


def test_each_camera_keeps_for_as_long_as_it_may(store: Store) -> None:
    set_retention(store, "door", "follow", 7200, "officer")
    first, second = add_track(store, NOON), add_track(store, NOON, "door")
    assert sweep_store(store, moment=NOON + HOUR) == SweepResult(erased=0, pending=0, overdue=0)
    assert left(store) == [first, second]
    assert sweep_store(store, moment=NOON + HOUR + 1).erased == 1
    assert left(store) == [second]
    assert sweep_store(store, moment=NOON + 2 * HOUR + 1).erased == 1
    assert left(store) == []


def test_a_track_that_never_ended_counts_from_its_last_sign(store: Store) -> None:
    add_track(store, NOON, ends=False)
    assert sweep_store(store, moment=NOON + HOUR + 1).erased == 1


def test_what_is_held_is_neither_erased_nor_overdue(store: Store) -> None:
    track = add_track(store, NOON)
    place_hold(store, [track], "Ms Oda", "case 7")
    assert sweep_store(store, moment=NOON + 9 * HOUR) == SweepResult(0, 0, 0)
    status = retention_status(store, every=60, moment=NOON + 9 * HOUR)
    assert (status.held, status.overdue) == (1, 0)


def test_more_than_a_part_is_swept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_AT_ONCE", 2)
    for second in range(5):
        add_track(store, NOON + second)
    assert sweep_store(store, moment=NOON + 2 * HOUR).erased == 5


def test_counts_are_kept_by_a_retention_of_their_own(store: Store) -> None:
    set_retention(store, "hall", COUNT_PURPOSE, 3600, "officer")
    batch = WriteBatch()
    for camera in ("hall", "door"):
        batch.count(camera, "", "enter", NOON)
    store.add(batch)
    sweep_store(store, moment=NOON + 2 * HOUR)
    assert [row[0] for row in stored_counts(store, since=0, until=2 * NOON)] == ["door"]


def test_batches_are_forgotten_after_a_day(store: Store) -> None:
    add_track(store, NOON)

    def known() -> int:
        with store.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(schema.batch)).scalar_one()

    sweep_store(store, moment=NOON)
    assert known() == 1
    sweep_store(store, moment=sweeping.now() + sweeping.DAY + 1)
    assert known() == 0


def test_a_sweeper_that_does_not_run_raises_an_alarm(store: Store) -> None:
    add_track(store, NOON)
    status = retention_status(store, every=600, moment=NOON + HOUR + 600_000_002)
    assert status.last is None
    assert status.overdue == 1
    assert status.alarms == (
        "no sweep has ever finished: start the sweeper",
        "tracks that should have been erased: 1",
    )
    sweep_store(store, moment=NOON + 2 * HOUR)
    now = sweeping.now()
    assert retention_status(store, every=600, moment=now).alarms == ()
    (alarm,) = retention_status(store, every=600, moment=now + 1_300_000_000).alarms
    assert alarm.startswith("the last sweep finished at 20")


def test_a_sweep_that_fails_says_so_in_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_track(store, NOON)

    def full(_numbers: object) -> None:
        raise OutputError("site.keys: the disk is full")

    monkeypatch.setattr(store.keys, "destroy", full)
    with pytest.raises(OutputError):
        sweep_store(store, moment=NOON + 2 * HOUR)
    alarms = retention_status(store, every=10**9, moment=NOON).alarms
    assert "the last sweep failed: site.keys: the disk is full" in alarms
    monkeypatch.undo()
    assert sweep_store(store, moment=NOON + 2 * HOUR).pending == 0
    assert left(store) == []


def test_an_erasure_that_waits_for_long_raises_an_alarm(
    store: Store, site: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "cleared", lambda since=None: False)  # somebody reads
    assert len(erase_tracks(store, [add_track(store, NOON)], "officer", "request")) == 1
    now = sweeping.now()
    assert retention_status(store, every=600, moment=now).pending == 1
    assert any(
        "for somebody who reads: 1" in alarm
        for alarm in retention_status(store, every=10**9, moment=now + 2 * HOUR).alarms
    )


def test_tracks_without_a_retention_raise_an_alarm(store: Store) -> None:
    add_track(store, NOON)
    with store.database.writing() as connection:
        connection.execute(schema.retention.delete())
    assert any(
        "without a retention" in alarm
        for alarm in retention_status(store, every=60, moment=NOON).alarms
    )


def test_the_head_of_the_audit_log_is_exported_once_a_day(store: Store, tmp_path: Path) -> None:
    head = audit_head(store)
    sweep_store(store, heads=tmp_path / "heads", moment=NOON)
    (path,) = (tmp_path / "heads").iterdir()
    assert json.loads(path.read_text())["hash"] == head.hash
    set_retention(store, "door", "other", 60, "officer")
    sweep_store(store, heads=tmp_path / "heads", moment=NOON)
    assert json.loads(path.read_text())["hash"] == head.hash


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_retention_is_no_time(store: Store, seconds: int) -> None:
    with pytest.raises(ConfigError, match="longer than nothing"):
        set_retention(store, "hall", "follow", seconds, "officer")
    assert read_retention(store)[("hall", "follow")] == 3600
