"""Which machine watches which camera: it says so again and again, or another one may."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from passerby.store.adding import end_all_tracks
from passerby.store.schema import camera_lease
from passerby.store.times import SECOND, now

__all__ = ["LEASE", "claim_cameras", "end_tracks_of_gone", "release_cameras", "watched_elsewhere"]

LEASE = 60
"""Seconds for which a camera is claimed at a time."""


def claim_cameras(
    connection: Connection, cameras: Collection[str], machine: str, holder: int
) -> dict[str, str]:
    """Claim cameras for a minute, or go on with a claim.

    Args:
        connection: Within a transaction that writes.
        cameras: Which.
        machine: Name of this machine; "" for the one that holds the store.
        holder: Tells two machines of one name apart.

    Returns:
        The cameras that another machine watches, and its name; none of these is claimed.
    """
    lease = camera_lease.c
    others = (lease.machine != machine) | (lease.holder != holder)
    wanted = select(lease.camera, lease.machine).where(
        lease.camera.in_(cameras), others, lease.until >= _time(connection)
    )
    taken = {row.camera: row.machine for row in connection.execute(wanted)}
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for camera in sorted(set(cameras) - set(taken)):
        until = _time(connection) + LEASE * SECOND
        made = make(camera_lease).values(camera=camera, machine=machine, holder=holder, until=until)
        replaced = {name: made.excluded[name] for name in ("machine", "holder", "until")}
        connection.execute(made.on_conflict_do_update(index_elements=[lease.camera], set_=replaced))
    return taken


def release_cameras(connection: Connection, machine: str, holder: int) -> None:
    """Watch no camera any more: others may, and what is open ends."""
    lease = camera_lease.c
    mine = (lease.machine == machine) & (lease.holder == holder)
    connection.execute(update(camera_lease).where(mine).values(until=0))


def end_tracks_of_gone(connection: Connection) -> list[str]:
    """End the open tracks of cameras whose machine has gone; returns these cameras.

    What such a machine hands over when it comes back is added to its tracks all the same.
    """
    lease = camera_lease.c
    gone = lease.until < _time(connection) - LEASE * SECOND  # it may just be coming back
    cameras: Sequence[str] = connection.execute(select(lease.camera).where(gone)).scalars().all()
    for camera in cameras:
        end_all_tracks(connection, camera)
    connection.execute(delete(camera_lease).where(lease.camera.in_(cameras)))
    return list(cameras)


def watched_elsewhere(connection: Connection) -> set[str]:
    """The cameras that other machines watch, or may just come back to."""
    lease = camera_lease.c
    claimed = (lease.machine != "") & (lease.until >= _time(connection) - LEASE * SECOND)
    return set(connection.execute(select(lease.camera).where(claimed)).scalars())


def _time(connection: Connection) -> ColumnElement[int]:
    """The time of the database, by which all machines go."""
    if connection.dialect.name == "sqlite":
        return literal(now())
    seconds = func.extract("epoch", func.clock_timestamp())
    return func.cast(seconds * SECOND, camera_lease.c.until.type)
