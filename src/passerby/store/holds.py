"""Legal holds: tracks that are not erased until an officer lifts the hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, insert, select, update

from passerby.errors import ConfigError, StoreError
from passerby.store.audit import record
from passerby.store.schema import hold, track
from passerby.store.store import Store
from passerby.store.times import now

__all__ = ["Hold", "check_not_held", "held_tracks", "lift_hold", "place_hold", "read_holds"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold.

    Attributes:
        number: Of the hold.
        track: Which it keeps.
        officer: Who placed it.
        reason: Why.
        placed: When, microseconds of UTC.
        lifted: When it was lifted; None while it holds.
        lifted_by: Who lifted it.
    """

    number: int
    track: int
    officer: str
    reason: str
    placed: int
    lifted: int | None
    lifted_by: str | None


def place_hold(store: Store, tracks: Sequence[int], officer: str, reason: str) -> list[int]:
    """Keep tracks from being erased, by the sweeper and by hand; returns the holds' numbers.

    Args:
        store: Where.
        tracks: Which.
        officer: Name of whoever answers for it.
        reason: Why, such as the number of a case.

    Raises:
        ConfigError: If no officer or no reason is named.
        StoreError: If a track is not there, or is being erased; then none is held.
    """
    if not officer.strip() or not reason.strip():
        raise ConfigError("a hold needs the name of an officer and a reason: give both")
    if not tracks:
        raise ConfigError("no track is named that is to be held: name one, or a person")
    with store.database.writing() as connection:
        there = select(track.c.id).where(track.c.id.in_(tracks)).with_for_update(read=True)
        missing = set(tracks) - set(connection.execute(there).scalars())
        if missing:
            raise StoreError(f"there is no track {min(missing)} in the store: it cannot be held")
        numbers = [
            connection.execute(
                insert(hold).returning(hold.c.id),
                {"track": one, "officer": officer, "reason": reason, "placed": now()},
            ).scalar_one()
            for one in tracks
        ]
        subject = f"hold {_listed(numbers)} of track {_listed(tracks)}"
        record(connection, store.site_key, officer, "place hold", subject, reason)
    return numbers


def lift_hold(store: Store, number: int, officer: str) -> None:
    """Let a track be erased again; other holds of it stay.

    Raises:
        ConfigError: If no officer is named.
        StoreError: If there is no such hold, or it was lifted.
    """
    if not officer.strip():
        raise ConfigError("a hold is lifted by an officer: give a name")
    with store.database.writing() as connection:
        lifted = connection.execute(
            update(hold)
            .where(hold.c.id == number, hold.c.lifted.is_(None))
            .values(lifted=now(), lifted_by=officer)
        )
        if not lifted.rowcount:
            raise StoreError(f"there is no hold {number}, or it was lifted: list the holds")
        record(connection, store.site_key, officer, "lift hold", f"hold {number}")


def read_holds(store: Store, *, lifted: bool = False) -> list[Hold]:
    """Return the holds, without or with those that were lifted."""
    wanted = select(hold).order_by(hold.c.id)
    if not lifted:
        wanted = wanted.where(hold.c.lifted.is_(None))
    with store.database.reading() as connection:
        return [Hold(*row) for row in connection.execute(wanted)]


def held_tracks() -> Select[int]:
    """The query for the numbers of all tracks that are held."""
    return select(hold.c.track).where(hold.c.lifted.is_(None))


def check_not_held(connection: Connection, tracks: Sequence[int]) -> None:
    """Make sure that tracks may be erased.

    Raises:
        StoreError: If one is held.
    """
    wanted = select(hold).where(hold.c.track.in_(tracks), hold.c.lifted.is_(None)).limit(1)
    row = connection.execute(wanted).first()
    if row is not None:
        raise StoreError(
            f"track {row.track} is held by {row.officer} ({row.reason}): an officer must lift hold "
            f"{row.id} first; nothing was erased"
        )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
