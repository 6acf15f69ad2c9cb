"""Erasing tracks: first their keys, then their rows, then the bytes that rows leave behind.

Each step is written down before it is done, so that a run that dies between two of them is followed
by one that goes on (`finish_erasures`). A track is gone when its key is overwritten, its rows are
deleted, and the database has let go of their bytes. The last has to wait for whoever reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text, update

from passerby.errors import StoreError
from passerby.store import schema
from passerby.store.audit import record
from passerby.store.holds import check_not_held
from passerby.store.schema import link, person
from passerby.store.store import Store
from passerby.store.times import now

__all__ = [
    "PendingErasure",
    "erase_tracks",
    "erased_since",
    "finish_erasures",
    "pending_erasures",
    "tracks_before",
    "tracks_without_key",
]

_AT_ONCE = 500
"""Tracks that are erased in one transaction."""
_NEVER = 2**62
"""Later than any time."""


@dataclass(frozen=True, slots=True)
class PendingErasure:
    """A track that is being erased.

    Attributes:
        track: Its number.
        asked: When it was asked for, microseconds of UTC.
        rows_deleted: When its key was overwritten and its rows were deleted: since then nothing of
            it can be read, and what is left are encrypted bytes. None if that is still to be done.
    """

    track: int
    asked: int
    rows_deleted: int | None


def erase_tracks(store: Store, tracks: Sequence[int], who: str, why: str) -> list[PendingErasure]:
    """Erase all that the store has of tracks.

    Args:
        store: Where.
        tracks: Which.
        who: Asks for it.
        why: Such as "retention", or the number of a request.

    Returns:
        What is not gone yet, of these and of others, since somebody reads: `finish_erasures`
        goes on.

    Raises:
        StoreError: If one is not there, or is held; then none is erased.
        StoreUnavailable: If the database cannot be written now.
        OutputError: If the file of keys cannot be written.
    """
    with store.database.writing() as connection:
        for start in range(0, len(tracks), _AT_ONCE):
            _ask(connection, store, tracks[start : start + _AT_ONCE], who, why)
    return finish_erasures(store)


def finish_erasures(store: Store) -> list[PendingErasure]:
    """Go on with all erasures that were asked for; returns those that are not gone yet.

    Raises:
        StoreUnavailable: If the database cannot be written now.
        OutputError: If the file of keys cannot be written.
    """
    columns = schema.erasure.c
    while rows := _unfinished(store):
        store.keys.destroy([key for _, _, key in rows])
        with store.database.writing() as connection:
            _delete(connection, [number for number, _, _ in rows], [track for _, track, _ in rows])
    with store.database.reading() as connection:
        left = select(columns.id, columns.deleted_in).where(columns.gone.is_(None))
        waiting = connection.execute(left).all()
    if not waiting:
        return []
    transactions = [row.deleted_in for row in waiting if row.deleted_in is not None]
    if store.database.cleared(max(transactions, default=None)):
        with store.database.writing() as connection:
            known = columns.id.in_([row.id for row in waiting])
            gone = update(schema.erasure).where(known, columns.asked < _sealed_since(connection))
            connection.execute(gone.values(gone=now()))
    return pending_erasures(store)


def pending_erasures(store: Store) -> list[PendingErasure]:
    """Return the tracks that are not gone yet, the longest waiting first."""
    columns = schema.erasure.c
    wanted = (
        select(columns.track, columns.asked, columns.rows_deleted)
        .where(columns.gone.is_(None))
        .order_by(columns.asked, columns.id)
    )
    with store.database.reading() as connection:
        return [PendingErasure(*row) for row in connection.execute(wanted)]


def erased_since(store: Store, number: int) -> tuple[int, list[int]]:
    """Return tracks whose rows were deleted, for those who keep anything of them in memory.

    Args:
        store: Where.
        number: Of the last erasure that is known; 0 for none.

    Returns:
        The number of the last erasure, and the tracks.
    """
    columns = schema.erasure.c
    wanted = select(columns.id, columns.track).where(columns.id > number).order_by(columns.id)
    with store.database.reading() as connection:
        rows = connection.execute(wanted).all()
    return (rows[-1].id if rows else number), [row.track for row in rows]


def tracks_before(store: Store, moment: int) -> list[int]:
    """Return the tracks that were last seen before a moment, microseconds of UTC."""
    columns = schema.track.c
    wanted = select(columns.id).where(columns.ended < moment).order_by(columns.id)
    with store.database.reading() as connection:
        return list(connection.execute(wanted).scalars())


def tracks_without_key(store: Store) -> list[int]:
    """Return the tracks whose keys are destroyed: a backup that was restored has brought them back.

    Nothing of them can be read, but their times are there.
    """
    columns = schema.track.c
    with store.database.reading() as connection:
        rows = connection.execute(select(columns.id, columns.key)).all()
    return [row.id for row in rows if store.keys.is_destroyed(row.key)]


def _sealed_since(connection: Connection) -> int:
    """Since when keys are in use to which machines seal what they hand over.

    What the database's log and its backups have of such batches can be opened until then.
    """
    key = schema.queue_key.c
    made = connection.execute(select(func.min(key.made)).where(key.used)).scalar()
    return _NEVER if made is None else made


def _ask(connection: Connection, store: Store, tracks: Sequence[int], who: str, why: str) -> None:
    """Write down that tracks are to be erased."""
    check_not_held(connection, tracks)
    columns = schema.track.c
    wanted = (
        select(columns.id, columns.key, columns.camera)
        .where(columns.id.in_(tracks))
        .with_for_update()
    )
    found = {row.id: row for row in connection.execute(wanted)}
    if missing := set(tracks) - set(found):
        raise StoreError(
            f"there is no track {min(missing)} in the store: it was erased, or never was; nothing "
            "was erased now"
        )
    asked = select(schema.erasure.c.track).where(schema.erasure.c.track.in_(tracks))
    known = set(connection.execute(asked).scalars())
    moment = now()
    rows = [
        {
            "track": row.id,
            "key": row.key,
            "camera": row.camera,
            "asked": moment,
            "who": who,
            "why": why,
        }
        for row in found.values()
        if row.id not in known
    ]
    if rows:
        connection.execute(insert(schema.erasure), rows)
        subject = "track " + ", ".join(str(row["track"]) for row in rows)
        record(connection, store.site_key, who, "erase", subject, why)


def _unfinished(store: Store) -> list[tuple[int, int, int]]:
    """Number, track and key of some erasures whose rows are still there."""
    columns = schema.erasure.c
    wanted = (
        select(columns.id, columns.track, columns.key)
        .where(columns.rows_deleted.is_(None))
        .limit(_AT_ONCE)
    )
    with store.database.reading() as connection:
        return [(number, track, key) for number, track, key in connection.execute(wanted)]


def _delete(connection: Connection, erasures: Sequence[int], tracks: Sequence[int]) -> None:
    """Delete the rows of tracks whose keys are destroyed, and of persons who have no other."""
    theirs = select(link.c.person).where(link.c.track.in_(tracks))
    persons = set(connection.execute(theirs).scalars())
    connection.execute(delete(schema.track).where(schema.track.c.id.in_(tracks)))
    connection.execute(
        delete(person).where(person.c.id.in_(persons), person.c.id.not_in(select(link.c.person)))
    )
    transaction = None
    if connection.dialect.name != "sqlite":
        transaction = connection.execute(text("SELECT txid_current()")).scalar_one()
    connection.execute(
        update(schema.erasure)
        .where(schema.erasure.c.id.in_(erasures))
        .values(rows_deleted=now(), deleted_in=transaction)
    )
