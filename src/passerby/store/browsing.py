"""What people look through: pages of tracks, the newest first, and what each camera saw last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from passerby.errors import StoreError
from passerby.store import schema
from passerby.store.adding import place_of
from passerby.store.reading import StoredSnippet, StoredTrack
from passerby.store.schema import HOLDING, link
from passerby.store.store import Store

__all__ = [
    "CameraActivity",
    "ListedTrack",
    "TrackFilter",
    "best_pictures",
    "camera_activity",
    "latest_snippet",
    "linked_visits",
    "list_tracks",
    "proposed_count",
    "read_snippet",
]

_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CameraActivity:
    """What is known of a camera at a glance.

    Attributes:
        name: Of the camera.
        last: When somebody was last seen, microseconds of UTC; None if nobody was.
        picture: Number of the newest snippet of its newest tracks; None if there is none.
    """

    name: str
    last: int | None
    picture: int | None


@dataclass(frozen=True, slots=True)
class ListedTrack:
    """A track in a list.

    Attributes:
        track: When and where.
        person: Whom it is linked to; None if it is not.
        picture: Number of its best snippet; None if it has none.
    """

    track: StoredTrack
    person: int | None
    picture: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFilter:
    """Which tracks are wanted.

    Attributes:
        cameras: Of these alone; None for all.
        since: Last seen then or later, microseconds of UTC.
        until: First seen before.
        linked: Only those that are linked to somebody (true), or not (false).
        proposed: Only those of which somebody has to decide whom they are of.
    """

    cameras: Sequence[str] | None = None
    since: int | None = None
    until: int | None = None
    linked: bool | None = None
    proposed: bool = False


def list_tracks(
    store: Store, wanted: TrackFilter, *, before: tuple[int, int] | None = None, limit: int = 50
) -> list[ListedTrack]:
    """Return a page of tracks, those that began last first.

    Args:
        store: Where to look.
        wanted: Which.
        before: Beginning and number of the last track of the page before.
        limit: How many.
    """
    columns = schema.track.c
    query = _tracks(wanted).order_by(columns.began.desc(), columns.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(columns.began, columns.id) < before)
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
        numbers = [row.id for row in rows]
        held = select(link.c.track, link.c.person).where(link.c.track.in_(numbers), _holds())
        persons = {row.track: row.person for row in connection.execute(held)}
        pictures = _best(connection, numbers)
    return [
        ListedTrack(StoredTrack(*row), persons.get(row.id), pictures.get(row.id)) for row in rows
    ]


def best_pictures(store: Store, tracks: Sequence[int]) -> dict[int, int]:
    """Return the number of the best snippet of each track that has one."""
    with store.database.reading() as connection:
        return _best(connection, tracks)


def camera_activity(store: Store, cameras: Sequence[str]) -> list[CameraActivity]:
    """Return what each camera saw last, in the order of their names as given."""
    newest = [(name, _newest(store, name)) for name in cameras]
    return [CameraActivity(name, last, picture) for name, (last, picture) in newest]


def proposed_count(store: Store, cameras: Sequence[str] | None) -> int:
    """Return how many tracks wait for somebody's decision, of some cameras or of all (None)."""
    wanted = select(func.count()).select_from(schema.track.join(schema.camera))
    wanted = wanted.where(schema.track.c.id.in_(_proposed()))
    if cameras is not None:
        wanted = wanted.where(schema.camera.c.name.in_(cameras))
    with store.database.reading() as connection:
        return connection.execute(wanted).scalar_one()


def linked_visits(store: Store, *, since: int, until: int) -> list[tuple[int, str, int]]:
    """Return person, camera and beginning of linked tracks, by person and in order of time.

    Args:
        store: Where.
        since: All tracks of those persons of whom one began then or later, microseconds of UTC.
        until: And before.
    """
    columns = schema.track.c
    joined = link.join(schema.track).join(schema.camera)
    there = select(link.c.person).select_from(link.join(schema.track))
    there = there.where(_holds(), columns.began >= since, columns.began < until)
    wanted = (
        select(link.c.person, schema.camera.c.name, columns.began)
        .select_from(joined)
        .where(_holds(), link.c.person.in_(there))
        .order_by(link.c.person, columns.began, columns.id)
    )
    with store.database.reading() as connection:
        return [(*row,) for row in connection.execute(wanted)]


def latest_snippet(store: Store, camera: str) -> StoredSnippet | None:
    """Return the newest picture of a camera's newest tracks, decrypted; None if there is none."""
    _, number = _newest(store, camera)
    return None if number is None else read_snippet(store, number)[0]


def read_snippet(store: Store, number: int) -> tuple[StoredSnippet, str]:
    """Return a picture, decrypted, and the name of its camera.

    Raises:
        StoreError: If there is none, it was erased, or somebody else has changed it.
    """
    columns = schema.snippet.c
    wanted = (
        select(
            columns.track,
            columns.at,
            columns.quality,
            columns.content,
            schema.protection.c.recipe,
            schema.track.c.key,
            schema.camera.c.name,
        )
        .select_from(schema.snippet.join(schema.protection).join(schema.track).join(schema.camera))
        .where(columns.id == number)
    )
    with store.database.reading() as connection:
        row = connection.execute(wanted).first()
    key = None if row is None else store.keys.get(row.key)
    if row is None or key is None:
        raise StoreError(f"there is no picture {number} in the store: it was erased, or never was")
    jpeg = key.decrypted(row.content, place_of("snippet", row.track, row.at))
    return StoredSnippet(number, row.track, row.at, row.quality, row.recipe, jpeg), row.name


_RECENT = 20
"""Tracks of a camera that are looked at for a picture."""


def _newest(store: Store, camera: str) -> tuple[int | None, int | None]:
    """When a camera last saw somebody, and the number of its newest picture."""
    columns = schema.track.c
    with store.database.reading() as connection:
        number = connection.execute(
            select(schema.camera.c.id).where(schema.camera.c.name == camera)
        ).scalar()
        recent = (
            select(columns.id, columns.ended)
            .where(columns.camera == number)
            .order_by(columns.began.desc())
            .limit(_RECENT)
        )
        rows = connection.execute(recent).all()
        picture = (
            select(schema.snippet.c.id)
            .where(schema.snippet.c.track.in_([row.id for row in rows]))
            .order_by(schema.snippet.c.at.desc())
            .limit(1)
        )
        return max((row.ended for row in rows), default=None), connection.execute(picture).scalar()


def _best(connection: Connection, tracks: Sequence[int]) -> dict[int, int]:
    columns = schema.snippet.c
    wanted = select(columns.track, columns.id).where(columns.track.in_(tracks))
    rows = connection.execute(wanted.order_by(columns.quality))
    return {row.track: row.id for row in rows}  # of each, the last is the best


def _tracks(wanted: TrackFilter) -> Select[*tuple[Any, ...]]:
    columns = schema.track.c
    query = select(
        columns.id,
        schema.camera.c.name,
        columns.began,
        columns.ended,
        columns.live,
        columns.purpose,
    ).join(schema.camera)
    if wanted.cameras is not None:
        query = query.where(schema.camera.c.name.in_(wanted.cameras))
    if wanted.since is not None:
        query = query.where(columns.ended >= wanted.since)
    if wanted.until is not None:
        query = query.where(columns.began < wanted.until)
    if wanted.linked is not None:
        linked = select(link.c.id).where(link.c.track == columns.id, _holds())
        query = query.where(linked.exists() if wanted.linked else ~linked.exists())
    if wanted.proposed:
        query = query.where(columns.id.in_(_proposed()))
    return query


def _proposed() -> Select[int]:
    return select(link.c.track).where(link.c.closed_by.is_(None), link.c.state == "proposed")


def _holds() -> ColumnElement[bool]:
    return link.c.closed_by.is_(None) & link.c.state.in_(HOLDING)
