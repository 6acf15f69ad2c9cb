"""The sweeper: erases what was kept for long enough, and says when it could not."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select, update

from passerby.errors import PasserbyError
from passerby.files.partial import REPLACING, write_text
from passerby.store import schema
from passerby.store.audit import audit_head
from passerby.store.clock import note_time, sure_time
from passerby.store.erasure import (
    erase_tracks,
    finish_erasures,
    pending_erasures,
    tracks_without_key,
)
from passerby.store.holds import held_tracks
from passerby.store.retention import COUNT_PURPOSE
from passerby.store.store import Store
from passerby.store.times import SECOND, as_text, now

__all__ = ["DAY", "RetentionStatus", "SweepResult", "retention_status", "sweep_store"]

DAY = 86_400 * SECOND
_AT_ONCE = 500
_PATIENT = 3600 * SECOND
"""How long an erasure may wait for readers without an alarm."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep did.

    Attributes:
        erased: Tracks that it erased.
        pending: Tracks whose bytes are not gone yet.
        overdue: Tracks that should be erased and are not.
        doubt: What is wrong with the clock, in one line; "" if nothing is.
    """

    erased: int
    pending: int
    overdue: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class RetentionStatus:
    """Whether retention works.

    Attributes:
        last: When the last sweep finished, microseconds of UTC; None if none ever did.
        overdue: Tracks that should be erased and are not; those that are held do not count.
        held: Tracks that are held.
        pending: Tracks whose bytes are not gone yet.
        alarms: What an operator must look after, a line each.
    """

    last: int | None
    overdue: int
    held: int
    pending: int
    alarms: tuple[str, ...]


def sweep_store(
    store: Store, *, heads: Path | None = None, moment: int | None = None
) -> SweepResult:
    """Erase every track that was kept for as long as its camera and purpose allow, unless held.

    Args:
        store: Which.
        heads: A folder for the head of the audit log, a file a day.
        moment: What time it is, microseconds of UTC; by default that of the clock, as far as it
            can be believed (`passerby.store.clock`).

    Raises:
        StoreError, StoreUnavailable, OutputError: If it cannot go on; the store says so, if it
            can be written.
    """
    doubt, began = "", now()
    with store.database.writing() as connection:
        number = connection.execute(
            insert(schema.sweep).returning(schema.sweep.c.id), {"began": began}
        ).scalar_one()
        if moment is None:
            moment, reading, doubt = sure_time(connection)
            note_time(connection, reading)
    try:
        result = replace(_swept(store, moment), doubt=doubt)
        if heads is not None:
            _export_head(store, heads)
    except PasserbyError as error:
        with store.database.writing() as connection:
            _finish(connection, number, problem=str(error))
        raise
    with store.database.writing() as connection:
        figures = asdict(result)
        del figures["doubt"]  # of the clock, which `retention_status` tells
        _finish(connection, number, **figures, finished=now())
    return result


def retention_status(store: Store, *, every: int, moment: int | None = None) -> RetentionStatus:
    """Say whether retention works.

    Args:
        store: Which.
        every: Seconds between two sweeps; an alarm is raised when two were missed.
        moment: What time it is; by default that of the clock, as far as it can be believed.
    """
    columns, doubt = schema.sweep.c, ""
    clock = now() if moment is None else moment  # by which sweeps are noted
    with store.database.reading() as connection:
        if moment is None:
            moment, _, doubt = sure_time(connection)
        last = connection.execute(select(func.max(columns.finished))).scalar()
        latest = select(columns.problem).order_by(columns.id.desc()).limit(1)
        problem = connection.execute(latest).scalar()
        overdue = _count(connection, _due(moment - every * SECOND))
        unlimited = _count(connection, _unlimited())
        early = _count(connection, select(schema.track.c.id).where(_is_to_come(clock)))
        held = connection.execute(
            select(func.count()).select_from(held_tracks().distinct().subquery())
        ).scalar_one()
    pending = pending_erasures(store)
    alarms = [doubt] if doubt else []
    if last is None:
        alarms.append("no sweep has ever finished: start the sweeper")
    elif last < clock - 2 * every * SECOND:
        alarms.append(f"the last sweep finished at {as_text(last)}: see whether the sweeper runs")
    if problem:
        alarms.append(f"the last sweep failed: {problem}")
    if overdue:
        alarms.append(f"tracks that should have been erased: {overdue}")
    if unlimited:
        alarms.append(f"tracks without a retention, which no sweep erases: {unlimited}")
    if early:
        alarms.append(
            f"tracks of a time that has not come, which are kept for too long: {early}; the clock "
            "was wrong when they were stored: erase them by hand"
        )
    if late := [one for one in pending if one.asked < clock - _PATIENT]:
        alarms.append(
            f"erasures that wait since {as_text(late[0].asked)} for somebody who reads: {len(late)}"
        )
    return RetentionStatus(last, overdue, held, len(pending), tuple(alarms))


def _swept(store: Store, moment: int) -> SweepResult:
    erased = 0
    while True:
        with store.database.reading() as connection:
            tracks = list(connection.execute(_due(moment).limit(_AT_ONCE)).scalars())
        if not tracks:
            break
        erase_tracks(store, tracks, "sweeper", "retention")
        erased += len(tracks)
    if again := tracks_without_key(store):
        erase_tracks(store, again, "sweeper", "erased before, and brought back by a backup")
    with store.database.writing() as connection:
        _delete_counts(connection, moment)
        connection.execute(delete(schema.batch).where(schema.batch.c.at < moment - DAY))
    pending = finish_erasures(store)
    with store.database.reading() as connection:
        overdue = _count(connection, _due(moment))
    return SweepResult(erased, len(pending), overdue)


def _due(moment: int) -> Select[int]:
    """The tracks that were kept for long enough and are not held, the oldest first."""
    track, retention = schema.track.c, schema.retention.c
    return (
        select(track.id)
        .join(schema.retention, _same_place())
        .where(
            track.ended < moment - retention.seconds * SECOND,
            track.id.not_in(held_tracks()),
        )
        .order_by(track.ended)
    )


def _unlimited() -> Select[int]:
    """The tracks of which nobody says any more how long they are kept."""
    joined = schema.track.outerjoin(schema.retention, _same_place())
    return select(schema.track.c.id).select_from(joined).where(schema.retention.c.camera.is_(None))


def _is_to_come(moment: int) -> ColumnElement[bool]:
    return schema.track.c.ended > moment + DAY


def _same_place() -> ColumnElement[bool]:
    track, retention = schema.track.c, schema.retention.c
    return and_(track.camera == retention.camera, track.purpose == retention.purpose)


def _delete_counts(connection: Connection, moment: int) -> None:
    counted = schema.count_hour.c
    limits = select(schema.retention.c.camera, schema.retention.c.seconds).where(
        schema.retention.c.purpose == COUNT_PURPOSE
    )
    for camera, seconds in connection.execute(limits).all():
        old = counted.hour < moment - seconds * SECOND
        connection.execute(delete(schema.count_hour).where(counted.camera == camera, old))


def _count(connection: Connection, wanted: Select[int]) -> int:
    return connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()


def _finish(connection: Connection, number: int, **values: int | str) -> None:
    connection.execute(update(schema.sweep).where(schema.sweep.c.id == number).values(values))


def _export_head(store: Store, folder: Path) -> None:
    """Write the head of the audit log, once a day, to where nobody of the store changes it."""
    path = folder / f"audit-head-{datetime.now(UTC):%Y-%m-%d}.json"
    if not path.exists():
        write_text(path, json.dumps(asdict(audit_head(store))) + "\n", REPLACING)
