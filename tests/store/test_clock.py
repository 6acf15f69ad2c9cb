"""A clock that jumps erases nobody too early, and a machine that slept sweeps all the same."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.store.conftest import NOON, frame

from passerby.store import clock, sweeping
from passerby.store.audit import read_audit, verify_audit
from passerby.store.clock import (
    LONGEST_OFF,
    TOLERANCE,
    ClockReading,
    SureTime,
    confirm_clock,
    weigh_clock,
)
from passerby.store.database import Database
from passerby.store.reading import stored_tracks
from passerby.store.retention import set_retention
from passerby.store.store import Store
from passerby.store.sweeping import retention_status, sweep_store
from passerby.store.write_batch import WriteBatch

MINUTE = 60_000_000
DAY = 1440 * MINUTE
YEAR = 365 * DAY


class Machine:
    """A machine whose true time is known, and whose clock may be set wrong."""

    def __init__(self) -> None:
        self.true, self.wrong, self.boot, self.started = NOON, 0, 1, NOON - DAY

    def passes(self, microseconds: int, *, off: bool = False) -> None:
        """Let time pass; a machine that is off is started again at the end."""
        self.true += microseconds
        if off:
            self.boot, self.started = self.boot + 1, self.true - 1000

    @property
    def reading(self) -> ClockReading:
        return ClockReading(self.true + self.wrong, str(self.boot), self.true - self.started)


class Sweeper:
    """Weighs the clock of a machine again and again."""

    def __init__(self) -> None:
        self.machine, self.before = Machine(), None

    def sweep(self) -> SureTime:
        sure = weigh_clock(self.machine.reading, self.before)
        self.before = sure.reading
        return sure


@pytest.mark.parametrize("jump", [6 * MINUTE, 60 * MINUTE, DAY, YEAR], ids=str)
def test_a_jump_ahead_is_doubted_and_time_goes_on_as_it_passes(jump: int) -> None:
    one = Sweeper()
    one.sweep()
    one.machine.wrong = jump
    for _ in range(3):
        one.machine.passes(MINUTE)
        sure = one.sweep()
        assert sure.at == one.machine.true  # retention goes on, by the time that passed
        assert "ahead of" in sure.doubt
    one.machine.wrong = 0
    assert one.sweep() == (one.machine.true, one.machine.reading, "")


@pytest.mark.parametrize("jump", [6 * MINUTE, 60 * MINUTE, DAY, YEAR], ids=str)
def test_a_clock_that_goes_back_erases_by_neither_clock_too_early(jump: int) -> None:
    one = Sweeper()
    one.sweep()
    one.machine.wrong = -jump
    one.machine.passes(MINUTE)
    sure = one.sweep()
    assert sure.at == one.machine.true - jump
    assert "behind" in sure.doubt
    one.machine.wrong = 0  # and forward again, which is no jump ahead
    one.machine.passes(MINUTE)
    assert one.sweep() == (one.machine.true, one.machine.reading, "")


@pytest.mark.parametrize("off", [False, True], ids=["asleep", "switched off"])
def test_a_weekend_asleep_or_switched_off_is_no_jump(off: bool) -> None:
    one = Sweeper()
    one.sweep()
    one.machine.passes(63 * 60 * MINUTE, off=off)
    assert one.sweep() == (one.machine.true, one.machine.reading, "")


def test_a_machine_that_was_off_for_long_waits_for_an_officer_and_not_for_ever() -> None:
    one = Sweeper()
    one.sweep()
    stopped = one.machine.true
    one.machine.passes(30 * DAY, off=True)
    one.machine.passes(DAY)
    sure = one.sweep()
    assert sure.at - stopped == DAY + 1000  # what has surely passed
    assert "30 days ahead" in sure.doubt


def test_clocks_put_back_in_autumn_are_the_same_in_utc() -> None:
    one = Sweeper()
    for _ in range(48):
        one.machine.passes(60 * MINUTE)
        assert not one.sweep().doubt


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5 * DAY),
            st.booleans(),
            st.sampled_from([0, 0, -YEAR, -DAY, -60 * MINUTE, 60 * MINUTE, DAY, YEAR, 30 * YEAR]),
        ),
        max_size=20,
    )
)
def test_within_one_start_no_order_of_jumps_makes_it_later_than_it_is(
    steps: list[tuple[int, bool, int]],
) -> None:
    one = Sweeper()
    one.sweep()
    for passed, _, wrong in steps:
        one.machine.wrong = wrong
        one.machine.passes(passed)
        sure = one.sweep()
        assert sure.at <= one.machine.true
        assert bool(sure.doubt) == bool(wrong)
    one.machine.wrong = 0
    assert one.sweep() == (one.machine.true, one.machine.reading, "")


@given(st.lists(st.tuples(st.integers(0, LONGEST_OFF), st.booleans()), max_size=20))
def test_a_right_clock_is_never_doubted(steps: list[tuple[int, bool]]) -> None:
    one = Sweeper()
    one.sweep()
    for passed, off in steps:
        one.machine.passes(passed, off=off)
        assert one.sweep() == (one.machine.true, one.machine.reading, "")


@pytest.mark.parametrize("apart", [-YEAR, -TOLERANCE - 1, TOLERANCE + 1, YEAR])
def test_a_database_with_another_clock_is_heard(apart: int) -> None:
    sure = weigh_clock(Machine().reading, None, NOON - apart)
    assert "that of the database" in sure.doubt
    assert sure.at == min(NOON, NOON - apart + TOLERANCE)
    assert weigh_clock(Machine().reading, None, NOON - TOLERANCE).doubt == ""


def track_of(store: Store, at: int) -> int:
    batch = WriteBatch()
    track = batch.begin_track("hall", at, "follow")
    batch.add_snippet(track, at, frame(), 1)
    batch.end_track(track, at)
    store.add(batch)
    return track


def left(store: Store) -> list[int]:
    return [one.number for one in stored_tracks(store)]


def test_a_store_keeps_its_tracks_when_the_clock_jumps_a_year(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.read_clock()
    track, due = track_of(store, start.at), track_of(store, start.at - 59 * MINUTE)
    assert sweep_store(store).erased == 0

    def set_clock(wall: int, uptime: int) -> None:
        reading = start._replace(at=start.at + wall, uptime=start.uptime + uptime)
        monkeypatch.setattr(clock, "read_clock", lambda: reading)
        monkeypatch.setattr(sweeping, "now", lambda: reading.at)

    set_clock(YEAR + 2 * MINUTE, 2 * MINUTE)
    done = sweep_store(store)
    assert (done.erased, done.overdue) == (1, 0)  # the one whose hour is over all the same
    assert left(store) == [track]
    assert due not in left(store)
    assert "ahead of what has passed" in done.doubt or "that of the database" in done.doubt
    assert done.doubt in retention_status(store, every=60).alarms

    set_clock(3 * MINUTE, 3 * MINUTE)  # somebody has set it
    assert sweep_store(store).doubt == ""
    assert retention_status(store, every=60).alarms == ()
    assert left(store) == [track]


def test_an_officer_confirms_a_clock_that_was_doubted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.read_clock()
    sweep_store(store)
    # Off for a month, and started anew: the clock is right, and nobody can know it.
    later = start._replace(at=start.at, boot="another", uptime=MINUTE)
    with store.database.writing() as connection:
        clock.note_time(connection, start._replace(at=start.at - 30 * DAY))
    monkeypatch.setattr(clock, "read_clock", lambda: later)
    track_of(store, start.at - 2 * 60 * MINUTE)
    assert sweep_store(store).erased == 0
    assert confirm_clock(store, "Ms Oda", "the machine was in repair") == start.at
    assert sweep_store(store).erased == 1
    assert [one.what for one in read_audit(store)].count("confirm clock") == 1
    verify_audit(store)


def test_a_store_that_never_noted_a_clock_compares_with_its_last_sweep(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = clock.read_clock()._replace(uptime=DAY)
    monkeypatch.setattr(clock, "read_clock", lambda: reading)
    track = track_of(store, reading.at - 2 * 60 * MINUTE)
    with store.database.writing() as connection:
        connection.execute(
            text("INSERT INTO sweep (began, finished) VALUES (:at, :at)"),
            {"at": reading.at - 40 * DAY},
        )
    assert "39 days ahead of" in sweep_store(store).doubt
    assert left(store) == [track]


def test_tracks_of_the_future_raise_an_alarm(store: Store) -> None:
    set_retention(store, "hall", "follow", 3600, "officer")
    track_of(store, clock.now() + 2 * DAY)
    sweep_store(store)
    (alarm,) = retention_status(store, every=60).alarms
    assert "of a time that has not come, which are kept for too long: 1" in alarm


def test_both_clocks_of_this_machine_go_on(
    opened: Callable[..., Store], site: SimpleNamespace
) -> None:
    first, second = clock.read_clock(), clock.read_clock()
    assert first.boot == second.boot
    assert second.uptime >= first.uptime > 0
    database = Database(site.address)
    with database.reading() as connection:
        assert clock.sure_time(connection).doubt == ""
    database.close()
