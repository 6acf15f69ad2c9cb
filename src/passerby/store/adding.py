"""Rows of the store, made of batches."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, case, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from passerby.errors import StoreError
from passerby.store import schema
from passerby.store.data_keys import DataKey, DataKeys
from passerby.store.schema import hold, link
from passerby.store.times import now
from passerby.store.write_batch import JoinedPart, SignatureEntry, SnippetEntry, WriteBatch

__all__ = ["Added", "BatchWriter", "end_all_tracks", "place_of"]

_NEVER = 2**62
"""Later than any time."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch.

    Attributes:
        tracks, snippets, signatures: How many are new in the store.
        left_out: Snippets, signatures and ends of tracks that were erased, or never began.
        again: Whether the store had the batch already; the figures are 0 then.
    """

    tracks: int = 0
    snippets: int = 0
    signatures: int = 0
    left_out: int = 0
    again: bool = False


class BatchWriter:
    """Writes batches within transactions, and remembers the numbers of cameras, networks, recipes.

    Args:
        keys: Of the tracks.
    """

    def __init__(self, keys: DataKeys) -> None:
        self._keys = keys
        self._numbers: dict[tuple[str, str], int] = {}

    def forget(self) -> None:
        """Forget the numbers, of which a transaction that failed took some back."""
        self._numbers.clear()

    def add(self, connection: Connection, batch: WriteBatch) -> Added:
        """Write a batch, unless it was written before.

        Raises:
            StoreError: If a track begins for a purpose without a retention.
            OutputError: If the file of keys cannot be written.
        """
        if not self._noted(connection, [batch]):
            return Added(again=True)
        return self._write(connection, batch)

    def add_together(self, connection: Connection, batches: Sequence[WriteBatch]) -> None:
        """Write batches that came one after the other, in few statements.

        Raises:
            StoreError: If a track begins for a purpose without a retention; add them one by one.
            OutputError: If the file of keys cannot be written.
        """
        fresh = self._noted(connection, batches)
        starts = [0, *(at for at, one in enumerate(fresh) if at and one.started is not None)]
        for start, end in pairwise([*starts, len(fresh)]):
            if start < end:
                self._write(connection, _merged(fresh[start:end]))

    def _noted(self, connection: Connection, batches: Sequence[WriteBatch]) -> Sequence[WriteBatch]:
        """Note that batches are written; returns those that were not before."""
        offered = {one.number: one for one in batches}
        column = schema.batch.c.id
        known = set(connection.execute(select(column).where(column.in_(list(offered)))).scalars())
        fresh = [one for number, one in offered.items() if number not in known]
        if fresh:
            moment = now()
            rows = [{"id": one.number, "at": moment} for one in fresh]
            connection.execute(insert(schema.batch), rows)
        return fresh

    def _write(self, connection: Connection, batch: WriteBatch) -> Added:
        if batch.started is not None:
            end_all_tracks(connection, batch.started)
        keys = self._begin(connection, batch)
        keys |= self._keys_of(connection, _touched(batch) - set(keys))
        snippets = [
            {
                **_row(one, keys[one.track], "snippet"),
                "protection": self._number(connection, schema.protection, recipe=one.protection),
            }
            for one in batch.snippets
            if one.track in keys
        ]
        signatures = [
            {
                **_row(one, keys[one.track], "signature"),
                "protection": self._number(connection, schema.protection, recipe=one.protection),
                "model": self._number(
                    connection,
                    schema.model,
                    sha256=one.model_sha256,
                    name=one.model,
                    dimension=len(one.content) // 4,
                ),
            }
            for one in batch.signatures
            if one.track in keys
        ]
        for table, rows in ((schema.snippet, snippets), (schema.signature, signatures)):
            if rows:
                connection.execute(insert(table), rows)
        _see(connection, batch, keys)
        for part in batch.joined:
            self._join(connection, part)
        _erase_now(connection, batch.withdrawn, "shows nobody")
        self._count(connection, batch)
        offered = len(batch.snippets) + len(batch.signatures) + len(batch.ended)
        ends = sum(track in keys for track in batch.ended)
        left_out = offered - len(snippets) - len(signatures) - ends
        return Added(len(batch.begun), len(snippets), len(signatures), left_out)

    def _begin(self, connection: Connection, batch: WriteBatch) -> dict[int, DataKey]:
        """Write the tracks that begin; returns their keys."""
        for camera, purpose in {(one.camera, one.purpose) for one in batch.begun}:
            _check_retention(connection, camera, purpose)
        keys = self._keys.new(len(batch.begun))
        rows = [
            {
                "id": one.number,
                "camera": self._number(connection, schema.camera, name=one.camera),
                "began": one.at,
                "ended": one.at,
                "live": True,
                "purpose": one.purpose,
                "key": key.number,
            }
            for one, key in zip(batch.begun, keys, strict=True)
        ]
        if rows:
            connection.execute(insert(schema.track), rows)
        return {one.number: key for one, key in zip(batch.begun, keys, strict=True)}

    def _join(self, connection: Connection, part: JoinedPart) -> None:
        """Keep a track as a part of another one, under the key of that one.

        If one of the two was erased meanwhile, so is the other, unless it is held.
        """
        keys = self._keys_of(connection, {part.track, part.into})
        if len(keys) < 2:
            why = f"of one person with track {_other(part, keys)}, which was erased"
            _erase_now(connection, list(keys), why)
            return
        for kind, table in (("snippet", schema.snippet), ("signature", schema.signature)):
            columns = table.c
            wanted = select(table).where(
                columns.track == part.track, columns.at.not_in(part.without)
            )
            rows = [
                _moved(row._asdict(), keys, part, kind)
                for row in connection.execute(wanted.order_by(columns.id))
            ]
            if rows:
                connection.execute(insert(table), rows)
        _move_decisions(connection, part)
        _erase_now(connection, [part.track], f"joined to track {part.into}")

    def _keys_of(self, connection: Connection, tracks: Iterable[int]) -> dict[int, DataKey]:
        """The keys of tracks that are in the store and not being erased."""
        columns = schema.track.c
        erased = select(schema.erasure.c.track)
        wanted = (
            select(columns.id, columns.key)
            .where(columns.id.in_(list(tracks)), columns.id.not_in(erased))
            .with_for_update(read=True)  # who erases them meanwhile waits
        )
        found = {track: self._keys.get(key) for track, key in connection.execute(wanted)}
        return {track: key for track, key in found.items() if key is not None}

    def _number(self, connection: Connection, table: Table, **values: str | int) -> int:
        """The number of a camera, a network or a recipe, by its first value, made if it is new."""
        (name, value), *_ = values.items()
        key = (table.name, str(value))
        if key not in self._numbers:
            column: Column[str] = table.c[name]
            found = connection.execute(select(table.c.id).where(column == value)).scalar()
            if found is None:
                found = connection.execute(insert(table).returning(table.c.id), values).scalar_one()
            self._numbers[key] = int(found)
        return self._numbers[key]

    def _count(self, connection: Connection, batch: WriteBatch) -> None:
        """Add to what was counted in an hour."""
        table = schema.count_hour
        make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        for (camera, zone, kind, hour), number in batch.counted.items():
            row = {
                "camera": self._number(connection, schema.camera, name=camera),
                "zone": zone,
                "kind": kind,
                "hour": hour,
                "number": number,
            }
            made = make(table).values(row)
            connection.execute(
                made.on_conflict_do_update(
                    index_elements=list(table.primary_key),
                    set_={"number": table.c.number + made.excluded.number},
                )
            )


def end_all_tracks(
    connection: Connection, camera: str | None = None, but_of: Collection[str] = ()
) -> int:
    """End the open tracks of a camera, or of all but some, at their last sign; returns how many."""
    columns = schema.track.c
    ended = update(schema.track).where(columns.live).values(live=False)
    if camera is not None:
        number = select(schema.camera.c.id).where(schema.camera.c.name == camera)
        ended = ended.where(columns.camera == number.scalar_subquery())
    if but_of:
        others = select(schema.camera.c.id).where(schema.camera.c.name.in_(but_of))
        ended = ended.where(columns.camera.not_in(others))
    return connection.execute(ended).rowcount


def place_of(kind: str, track: int, at: int) -> bytes:
    """What an encrypted row is: it can be decrypted as nothing else."""
    return f"{kind} of track {track} at {at}".encode()


def _merged(batches: Sequence[WriteBatch]) -> WriteBatch:
    """One batch of several; of these, the first alone may say that a process has started."""
    merged = WriteBatch(started=batches[0].started)
    for one in batches:
        merged.begun += one.begun
        merged.joined += one.joined
        merged.withdrawn += one.withdrawn
        merged.ended |= one.ended
        merged.snippets += one.snippets
        merged.signatures += one.signatures
        for key, number in one.counted.items():
            merged.counted[key] = merged.counted.get(key, 0) + number
    return merged


def _touched(batch: WriteBatch) -> set[int]:
    """The tracks that a batch says something of."""
    return {one.track for one in _entries(batch)} | set(batch.ended)


def _entries(batch: WriteBatch) -> Iterator[SnippetEntry | SignatureEntry]:
    yield from batch.snippets
    yield from batch.signatures


def _row(one: SnippetEntry | SignatureEntry, key: DataKey, kind: str) -> dict[str, object]:
    content = key.encrypted(one.content, place_of(kind, one.track, one.at))
    return {"track": one.track, "at": one.at, "quality": one.quality, "content": content}


def _check_retention(connection: Connection, camera: str, purpose: str) -> None:
    """Nothing is kept of which nobody has said for how long."""
    wanted = (
        select(schema.retention.c.seconds)
        .join(schema.camera)
        .where(schema.camera.c.name == camera, schema.retention.c.purpose == purpose)
    )
    if connection.execute(wanted).first() is None:
        raise StoreError(
            f"camera {camera!r} has no retention for the purpose {purpose!r}: say how long its "
            "tracks are kept before it adds any"
        )


def _see(connection: Connection, batch: WriteBatch, keys: dict[int, DataKey]) -> None:
    """Note the last sign of each track, and which have ended."""
    last = {track: at for track, (_, at) in batch.ended.items()}
    for one in _entries(batch):
        last[one.track] = max(last.get(one.track, one.at), one.at)
    began = {track: first for track, (first, _) in batch.ended.items() if first is not None}
    rows = [
        {
            "number": track,
            "first": began.get(track, _NEVER),
            "last": at,
            "still": track not in batch.ended,
        }
        for track, at in last.items()
        if track in keys
    ]
    if not rows:
        return
    columns = schema.track.c
    earlier = case((columns.began > bindparam("first"), bindparam("first")), else_=columns.began)
    later = case((columns.ended < bindparam("last"), bindparam("last")), else_=columns.ended)
    still = columns.live & bindparam("still", type_=columns.live.type)
    connection.execute(
        update(schema.track)
        .where(columns.id == bindparam("number"))
        .values({"began": earlier, "ended": later, "live": still}),
        rows,
    )


def _other(part: JoinedPart, found: Collection[int]) -> int:
    return part.track if part.into in found else part.into


def _moved(
    row: dict[str, Any], keys: dict[int, DataKey], part: JoinedPart, kind: str
) -> dict[str, Any]:
    """A row of a part as one of the track that it belongs to, with a number of its own."""
    at = row["at"]
    content = keys[part.track].decrypted(row["content"], place_of(kind, part.track, at))
    content = keys[part.into].encrypted(content, place_of(kind, part.into, at))
    moved = {**row, "track": part.into, "content": content}
    del moved["id"]
    return moved


def _move_decisions(connection: Connection, part: JoinedPart) -> None:
    """Let holds and links of a part be those of its track, unless that has a person already."""
    of_track = (hold.c.track == part.track, link.c.track == part.track)
    connection.execute(update(hold).where(of_track[0]).values(track=part.into))
    holding = link.c.closed_by.is_(None) & link.c.state.in_(schema.HOLDING)
    known = select(link.c.id).where(link.c.track == part.into, holding)
    moved = update(link).where(of_track[1]).values(track=part.into)
    if connection.execute(known).first() is not None:
        moved = moved.where(~holding)
    connection.execute(moved)


def _erase_now(connection: Connection, tracks: Sequence[int], why: str) -> None:
    """Delete the rows of tracks that are not held; the next sweep destroys their keys."""
    columns = schema.track.c
    held = select(hold.c.track).where(hold.c.lifted.is_(None))
    asked = select(schema.erasure.c.track)
    wanted = select(columns.id, columns.key, columns.camera).where(
        columns.id.in_(tracks), columns.id.not_in(held)
    )
    rows = [
        {
            "track": row.id,
            "key": row.key,
            "camera": row.camera,
            "asked": now(),
            "who": "writer",
            "why": why,
        }
        for row in connection.execute(wanted.where(columns.id.not_in(asked)))
    ]
    if rows:
        connection.execute(insert(schema.erasure), rows)
        numbers = [row["track"] for row in rows]
        connection.execute(delete(schema.track).where(columns.id.in_(numbers)))
