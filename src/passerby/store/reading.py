"""What is in a store: tracks, snippets, signatures, counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, select

from passerby.errors import StoreError
from passerby.store import schema
from passerby.store.adding import place_of
from passerby.store.store import Store

__all__ = [
    "StoredSignatures",
    "StoredSnippet",
    "StoredTrack",
    "camera_numbers",
    "ended_tracks",
    "newest_end",
    "snippet_moments",
    "stored_counts",
    "stored_signatures",
    "stored_snippets",
    "stored_track",
    "stored_tracks",
]

_Row = Row[*tuple[Any, ...]]

_CHUNK = 20_000
"""Signatures that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """A track in the store.

    Attributes:
        number: Of the track.
        camera: Name of the camera.
        began, ended: When it was first and last seen, microseconds of UTC.
        live: Whether it may still go on.
        purpose: What the camera is watched for.
    """

    number: int
    camera: str
    began: int
    ended: int
    live: bool
    purpose: str


@dataclass(frozen=True, slots=True)
class StoredSnippet:
    """A picture of a track's person.

    Attributes:
        number: Of the snippet.
        track: Whose.
        at: When it was taken, microseconds of UTC.
        quality: How good it is.
        recipe: What was done to hide people, as JSON of `passerby.protection.Protection`.
        jpeg: The picture, encoded.
    """

    number: int
    track: int
    at: int
    quality: float
    recipe: str
    jpeg: bytes


@dataclass(frozen=True, slots=True, eq=False)
class StoredSignatures:
    """Signatures that one network made, in order of their numbers.

    Attributes:
        numbers: Shape (n,), of the signatures.
        tracks: Shape (n,), whose.
        cameras: Shape (n,), numbers of cameras.
        at: Shape (n,), microseconds of UTC.
        qualities: Shape (n,).
        vectors: Shape (n, d).
    """

    numbers: npt.NDArray[np.int64]
    tracks: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    qualities: npt.NDArray[np.float64]
    vectors: npt.NDArray[np.float32]


def camera_numbers(store: Store) -> dict[str, int]:
    """Return the numbers of all cameras, by name."""
    wanted = select(schema.camera.c.name, schema.camera.c.id)
    with store.database.reading() as connection:
        return {row.name: row.id for row in connection.execute(wanted)}


def stored_track(store: Store, number: int) -> StoredTrack:
    """Return a track.

    Raises:
        StoreError: If there is none, or it was erased.
    """
    with store.database.reading() as connection:
        found = connection.execute(_TRACKS.where(schema.track.c.id == number)).first()
    if found is None:
        raise StoreError(f"there is no track {number} in the store: it was erased, or never was")
    return _track(found)


def stored_tracks(
    store: Store,
    *,
    cameras: Sequence[str] | None = None,
    since: int | None = None,
    until: int | None = None,
    live: bool | None = None,
    after: int = 0,
    limit: int = 1000,
) -> list[StoredTrack]:
    """Return tracks in order of their numbers, which is that of their beginnings.

    Args:
        store: Where to look.
        cameras: Of these alone.
        since: Last seen then or later, microseconds of UTC.
        until: First seen before.
        live: Only those that may go on (true), or only those that have ended (false).
        after: Only those with a higher number: the last of the page before.
        limit: How many.
    """
    columns = schema.track.c
    wanted = _TRACKS.where(columns.id > after).order_by(columns.id).limit(limit)
    if cameras is not None:
        wanted = wanted.where(schema.camera.c.name.in_(cameras))
    if since is not None:
        wanted = wanted.where(columns.ended >= since)
    if until is not None:
        wanted = wanted.where(columns.began < until)
    if live is not None:
        wanted = wanted.where(columns.live == live)
    with store.database.reading() as connection:
        return [_track(row) for row in connection.execute(wanted)]


def newest_end(store: Store) -> int | None:
    """Return when the last of the tracks that have ended did, microseconds of UTC; None if none."""
    ended = schema.track.c.ended
    wanted = select(ended).where(~schema.track.c.live).order_by(ended.desc()).limit(1)
    with store.database.reading() as connection:
        newest: int | None = connection.execute(wanted).scalar()
    return newest


def ended_tracks(store: Store, since: int) -> list[StoredTrack]:
    """Return the tracks that ended then or later, in order of their numbers.

    Args:
        store: Where to look.
        since: Microseconds of UTC.
    """
    wanted = _TRACKS.where(~schema.track.c.live, schema.track.c.ended >= since)
    with store.database.reading() as connection:
        found = [_track(row) for row in connection.execute(wanted)]
    return sorted(found, key=lambda one: one.number)


def snippet_moments(store: Store, track: int) -> list[tuple[int, int]]:
    """Return the numbers and times of a track's pictures, in order of time; none is decrypted."""
    columns = schema.snippet.c
    wanted = (
        select(columns.id, columns.at, schema.track.c.key)
        .join(schema.track)
        .where(columns.track == track)
        .order_by(columns.at, columns.id)
    )
    with store.database.reading() as connection:
        rows = connection.execute(wanted).all()
    return [(row.id, row.at) for row in rows if store.keys.get(row.key) is not None]


def stored_snippets(store: Store, track: int, *, best: int | None = None) -> list[StoredSnippet]:
    """Return the pictures of a track in order of time, decrypted.

    Args:
        store: Where to look.
        track: Whose.
        best: Only so many, those of the highest quality.

    Raises:
        StoreError: If one was changed by somebody else.
    """
    columns = schema.snippet.c
    wanted = (
        select(
            columns.id,
            columns.at,
            columns.quality,
            columns.content,
            schema.protection.c.recipe,
            schema.track.c.key,
        )
        .join(schema.protection)
        .join(schema.track)
        .where(columns.track == track)
        .order_by(columns.quality.desc(), columns.at)
        .limit(best)
    )
    with store.database.reading() as connection:
        rows = connection.execute(wanted).all()
    found = []
    for row in rows:
        if (key := store.keys.get(row.key)) is not None:  # it may be destroyed since
            jpeg = key.decrypted(row.content, place_of("snippet", track, row.at))
            found.append(StoredSnippet(row.id, track, row.at, row.quality, row.recipe, jpeg))
    return sorted(found, key=lambda one: (one.at, one.number))


def stored_signatures(
    store: Store, model_sha256: str, *, after: int = 0, track: int | None = None
) -> Iterator[StoredSignatures]:
    """Yield all signatures that a network made, decrypted, some at a time.

    Args:
        store: Where to look.
        model_sha256: Hash of the network's file.
        after: Only those with a higher number.
        track: Only those of one track.

    Raises:
        StoreError: If one was changed by somebody else.
    """
    columns = schema.signature.c
    wanted = (
        select(
            columns.id,
            columns.track,
            schema.track.c.camera,
            columns.at,
            columns.quality,
            schema.track.c.key,
            columns.content,
        )
        .join(schema.track)
        .join(schema.model)
        .where(schema.model.c.sha256 == model_sha256)
        .order_by(columns.id)
        .limit(_CHUNK)
    )
    if track is not None:
        wanted = wanted.where(columns.track == track)
    while True:
        with store.database.reading() as connection:
            rows = connection.execute(wanted.where(columns.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        found = _decrypted(store, rows)
        if len(found.numbers):
            yield found


def stored_counts(store: Store, *, since: int, until: int) -> list[tuple[str, str, str, int, int]]:
    """Return what was counted: camera, zone, kind, hour and number, in order of hours.

    Args:
        store: Where to look.
        since: Hours that begin then or later, microseconds of UTC.
        until: Hours that begin before.
    """
    columns = schema.count_hour.c
    wanted = (
        select(schema.camera.c.name, columns.zone, columns.kind, columns.hour, columns.number)
        .join(schema.camera)
        .where(columns.hour >= since, columns.hour < until)
        .order_by(columns.hour, schema.camera.c.name, columns.zone, columns.kind)
    )
    with store.database.reading() as connection:
        return [(*row,) for row in connection.execute(wanted)]


_TRACKS = select(
    schema.track.c.id,
    schema.camera.c.name,
    schema.track.c.began,
    schema.track.c.ended,
    schema.track.c.live,
    schema.track.c.purpose,
).join(schema.camera)


def _track(row: _Row) -> StoredTrack:
    return StoredTrack(*row)


def _decrypted(store: Store, rows: Sequence[_Row]) -> StoredSignatures:
    keys = {number: store.keys.get(number) for number in {row.key for row in rows}}
    kept, vectors = [], []
    for row in rows:
        if (key := keys[row.key]) is not None:  # it may be destroyed since
            content = key.decrypted(row.content, place_of("signature", row.track, row.at))
            kept.append(row)
            vectors.append(np.frombuffer(content, "<f4"))
    whole = np.array([(row.id, row.track, row.camera, row.at) for row in kept], np.int64).reshape(
        -1, 4
    )
    qualities = np.array([row.quality for row in kept], np.float64)
    stacked = np.stack(vectors) if vectors else np.empty((0, 0), np.float32)
    numbers, tracks, cameras, at = whole.T
    return StoredSignatures(numbers, tracks, cameras, at, qualities, stacked)
