"""Batches of machines that hold no store: they lie sealed in PostgreSQL until they are taken.

A machine seals a batch to a key of which the store's machine alone has the secret half, in the file
of keys. Each such key is replaced within minutes, and destroyed as soon as its machine seals to the
next: whatever the database, its log or a backup still has of a batch cannot be opened any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError

from passerby.errors import PrivacyError, StoreError
from passerby.store.adding import BatchWriter
from passerby.store.batch_codec import cameras_of, decode_batch, tracks_of
from passerby.store.database import Database
from passerby.store.leases import claim_cameras, release_cameras
from passerby.store.schema import (
    camera,
    erasure,
    machine_camera,
    queue_batch,
    queue_done,
    queue_key,
    track,
)
from passerby.store.sealing import is_signed, public_half, unseal_batch
from passerby.store.store import Store
from passerby.store.times import SECOND, now
from passerby.store.write_batch import WriteBatch

__all__ = [
    "BatchQueue",
    "QueueKey",
    "SealedBatch",
    "Taken",
    "batch_place",
    "renew_keys",
    "take_batches",
]

_AT_ONCE = 64
"""Batches that are taken in one transaction."""
_CONTRADICTS = "it contradicts what is stored, such as a track that has begun already"

_ASKED = 10_000
"""Tracks that are asked for at once: a statement takes some 65,000 values."""

KEY_AGE = 600 * SECOND
"""For how long machines seal to one key, unless somebody waits for an erasure."""
_LEAST_AGE = 10 * SECOND


class QueueKey(NamedTuple):
    """The half of a key that a machine may know.

    Attributes:
        number: By which the store knows it.
        public: 32 bytes.
    """

    number: int
    public: bytes


class SealedBatch(NamedTuple):
    """A batch that only the writer can open.

    Attributes:
        outbox: Of which run of a machine it is.
        number: Which batch of that run; later ones have higher numbers.
        key: Number of the key that it is sealed to.
        content: From `passerby.store.sealing.seal_batch`.
    """

    outbox: int
    number: int
    key: int
    content: bytes


@dataclass(slots=True)
class Taken:
    """What was taken from the queue.

    Attributes:
        batches: How many are in the store now.
        again: How many had come before.
        problems: What could not be stored, a line each.
    """

    batches: int = 0
    again: int = 0
    problems: list[str] = field(default_factory=list)


def batch_place(machine: str, outbox: int, number: int) -> bytes:
    """What a sealed batch is."""
    return f"{number} of {machine}, run {outbox}".encode()


class BatchQueue:
    """The queue, as a machine sees it that may put batches into it and no more.

    Args:
        address: Of PostgreSQL, with the machine's name as user.
        site: The site's public key, 32 bytes: keys that it has not signed are refused.

    Attributes:
        machine: Its name.
    """

    def __init__(self, address: str, site: bytes) -> None:
        self._database, self._site = Database(address), site
        self.machine = self._database.user

    def key(self) -> QueueKey | None:
        """The newest key to seal to; None if the store's machine has made none yet.

        Raises:
            StoreError: If somebody else has made it.
            StoreUnavailable: If the database cannot be reached now.
        """
        columns = queue_key.c
        wanted = (
            select(columns.id, columns.public, columns.signed)
            .where(columns.machine == self.machine)
            .order_by(columns.id.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        if not is_signed(_statement(self.machine, row.public), row.signed, self._site):
            raise StoreError(
                f"{self._database.name} offers a key that this site has not signed: check "
                "`public_key` in the site file, and who can write to the database"
            )
        return QueueKey(row.id, row.public)

    def put(self, batches: Sequence[SealedBatch]) -> None:
        """Hand over batches, in their order; when this returns, they are on the store's disk.

        After a failure, hand over the same batches again: each is stored once.

        Raises:
            StoreError: If this machine may not.
            StoreUnavailable: If the database cannot be written now.
        """
        rows = [
            {
                "machine": self.machine,
                "outbox": one.outbox,
                "number": one.number,
                "key": one.key,
                "sealed": one.content,
            }
            for one in batches
        ]
        with self._database.writing() as connection:
            made = postgresql.insert(queue_batch).values(rows)
            connection.execute(made.on_conflict_do_nothing())

    def claim(self, cameras: Sequence[str], holder: int) -> dict[str, str]:
        """Claim cameras for a minute; returns those that other machines watch, and their names.

        Raises:
            StoreError: If this machine may not watch one of them.
            StoreUnavailable: If the database cannot be written now.
        """
        with self._database.writing() as connection:
            mine = select(machine_camera.c.camera).where(machine_camera.c.machine == self.machine)
            may = set(connection.execute(mine).scalars())
            if foreign := sorted(set(cameras) - may):
                raise StoreError(
                    f"machine {self.machine} may not watch {', '.join(foreign)}: let it, with "
                    "`passerby store admit`"
                )
            return claim_cameras(connection, cameras, self.machine, holder)

    def release(self, holder: int) -> None:
        """Watch no camera any more.

        Raises:
            StoreUnavailable: If the database cannot be written now.
        """
        with self._database.writing() as connection:
            release_cameras(connection, self.machine, holder)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()


def renew_keys(store: Store) -> None:
    """Give each machine a key to seal to, and a new one when the last has lived for long enough.

    Raises:
        StoreUnavailable: If the database cannot be written now.
        OutputError: If the file of keys cannot be written.
    """
    columns = queue_key.c
    machines = select(machine_camera.c.machine).distinct()
    newest = select(func.max(columns.id)).group_by(columns.machine)
    with store.database.reading() as connection:
        names = set(connection.execute(machines).scalars())
        waiting = select(func.max(erasure.c.asked)).where(erasure.c.gone.is_(None))
        asked = connection.execute(waiting).scalar() or 0
        last = {
            row.machine: row
            for row in connection.execute(select(queue_key).where(columns.id.in_(newest)))
        }
    for name in sorted(names):
        if name not in last or _is_old(last[name], asked):
            _make_key(store, name)


def take_batches(store: Store) -> Taken:
    """Take what machines have handed over, in one transaction with what is stored of it.

    Returns:
        What was taken; nothing if the queue is empty.

    Raises:
        StoreUnavailable: If the database cannot be written now; nothing was taken.
        OutputError: If the file of keys cannot be written; nothing was taken.
    """
    wanted = (
        select(queue_batch)
        .order_by(queue_batch.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    taken = Taken()
    with store.adding() as (connection, writer):
        rows = connection.execute(wanted).all()
        machines = _Machines(connection, store, {row.machine for row in rows})
        opened: list[tuple[str, WriteBatch]] = []
        for row in rows:
            if not machines.is_next(row):
                taken.again += 1
                continue
            try:
                opened.append((row.machine, machines.opened(row)))
            except (PrivacyError, StoreError) as error:
                taken.problems.append(_not_stored(row.machine, error))
        foreign = machines.foreign(opened)
        taken.problems += [
            _not_stored(opened[place][0], StoreError("it names tracks of cameras of others"))
            for place in sorted(foreign)
        ]
        own = [one for place, one in enumerate(opened) if place not in foreign]
        taken.problems += _added(connection, writer, own)
        taken.batches = len(rows) - taken.again - len(taken.problems)
        if rows:
            machines.note()
            ids = [row.id for row in rows]
            connection.execute(delete(queue_batch).where(queue_batch.c.id.in_(ids)))
    _destroy_passed_keys(store)
    return taken


def _is_old(key: Row[Any], asked: int) -> bool:
    """Whether a machine should seal to another key; one that it has not used yet is not old."""
    age = now() - key.made
    return bool(key.used) and (age > KEY_AGE or (asked >= key.made and age > _LEAST_AGE) or age < 0)


def _make_key(store: Store, machine: str) -> None:
    slot, secret = store.keys.new_secret()
    public = public_half(secret)
    row = {
        "machine": machine,
        "slot": slot,
        "public": public,
        "signed": store.site_key.sign_publicly(_statement(machine, public)),
        "made": now(),
        "used": False,
    }
    with store.database.writing() as connection:
        connection.execute(insert(queue_key), row)


def _statement(machine: str, public: bytes) -> bytes:
    """What a site says with its signature of a key."""
    return b"passerby queue key of " + machine.encode() + b": " + public


def _added(
    connection: Connection, writer: BatchWriter, batches: Sequence[tuple[str, WriteBatch]]
) -> list[str]:
    """Add batches, together if none is wrong; returns what could not be stored."""
    try:
        with connection.begin_nested():
            writer.add_together(connection, [batch for _, batch in batches])
    except (StoreError, DataError, IntegrityError) as error:
        writer.forget()
        if len(batches) == 1:
            reason = error if isinstance(error, StoreError) else StoreError(_CONTRADICTS)
            return [_not_stored(batches[0][0], reason)]
        return [said for one in batches for said in _added(connection, writer, [one])]
    return []


def _not_stored(machine: str, error: Exception) -> str:
    return f"what machine {machine} saw was not stored: {error}"


class _Machines:
    """What is known of the machines that have handed something over, within one transaction.

    Args:
        connection: Of the transaction.
        store: Whose keys are asked for.
        names: Of the machines.
    """

    def __init__(self, connection: Connection, store: Store, names: Collection[str]) -> None:
        self._connection, self._store = connection, store
        done, key, may = queue_done.c, queue_key.c, machine_camera.c
        numbers = select(done.machine, done.outbox, done.number).where(done.machine.in_(names))
        slots = select(key.machine, key.id, key.slot).where(key.machine.in_(names))
        cameras = select(may.machine, may.camera).where(may.machine.in_(names))
        self._last = {(row[0], row[1]): row[2] for row in connection.execute(numbers)}
        self._slots = {(row[0], row[1]): row[2] for row in connection.execute(slots)}
        self._cameras = {(row[0], row[1]) for row in connection.execute(cameras)}
        self._came: set[tuple[str, int]] = set()
        self._used: set[int] = set()

    def is_next(self, row: Row[Any]) -> bool:
        """Whether a batch has not come before; from now on it has."""
        place = row.machine, row.outbox
        if row.number <= self._last.get(place, 0):
            return False
        self._last[place] = row.number
        self._came.add(place)
        if (row.machine, row.key) in self._slots:
            self._used.add(row.key)
        return True

    def opened(self, row: Row[Any]) -> WriteBatch:
        """A batch that a machine has sealed, if it may send it.

        Raises:
            StoreError: If it cannot be opened, is no batch, or is of a camera of another machine.
            PrivacyError: If it does not say of each picture what hides people in it.
        """
        slot = self._slots.get((row.machine, row.key))
        secret = None if slot is None else self._store.keys.secret(slot)
        if secret is None:
            raise StoreError(f"batch {row.number} is sealed to a key that was destroyed")
        place = batch_place(row.machine, row.outbox, row.number)
        batch = decode_batch(unseal_batch(row.sealed, secret, place))
        foreign = [one for one in cameras_of(batch) if (row.machine, one) not in self._cameras]
        if foreign:
            raise StoreError(f"it may not watch {', '.join(sorted(foreign))}")
        return batch

    def foreign(self, batches: Sequence[tuple[str, WriteBatch]]) -> set[int]:
        """The places of batches that name a track of a camera that their machine may not watch."""
        named = [tracks_of(batch) for _, batch in batches]
        numbers = sorted(set().union(*named))
        owner = select(track.c.id, camera.c.name).join(camera, camera.c.id == track.c.camera)
        cameras: dict[int, str] = {}
        for start in range(0, len(numbers), _ASKED):
            wanted = track.c.id.in_(numbers[start : start + _ASKED])
            cameras |= {row[0]: row[1] for row in self._connection.execute(owner.where(wanted))}
        return {
            place
            for place, (machine, _) in enumerate(batches)
            if any(
                (machine, cameras[one]) not in self._cameras
                for one in named[place] & cameras.keys()
            )
        }

    def note(self) -> None:
        """Write down what has come, and which keys are in use."""
        rows = [
            {"machine": machine, "outbox": outbox, "number": self._last[machine, outbox]}
            for machine, outbox in sorted(self._came)
        ]
        if not rows:
            return
        made = postgresql.insert(queue_done).values(rows)
        self._connection.execute(
            made.on_conflict_do_update(
                index_elements=list(queue_done.primary_key), set_={"number": made.excluded.number}
            )
        )
        used = update(queue_key).where(queue_key.c.id.in_(self._used), ~queue_key.c.used)
        self._connection.execute(used.values(used=True))


def _destroy_passed_keys(store: Store) -> None:
    """Destroy the keys whose machine seals to a newer one, and has nothing on the way to them.

    Machines hand over in order: what was sealed to an older key has come before.
    """
    columns = queue_key.c
    newest = (
        select(columns.machine, func.max(columns.id).label("last"))
        .where(columns.used)
        .group_by(columns.machine)
        .subquery()
    )
    passed = select(columns.id, columns.slot).join(
        newest, (columns.machine == newest.c.machine) & (columns.id < newest.c.last)
    )
    with store.database.reading() as connection:
        rows = connection.execute(passed).all()
    if rows:
        store.keys.destroy([row.slot for row in rows])
        with store.database.writing() as connection:
            connection.execute(delete(queue_key).where(columns.id.in_([row.id for row in rows])))
