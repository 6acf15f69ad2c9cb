"""Who is who: persons that tracks are linked to, with every change kept and undone on demand.

A person is a number that links tracks, and nothing else. A change closes links and opens others,
and is kept with who made it. To undo it closes what it has opened and opens what it has closed.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, text, update

from passerby.errors import StoreError
from passerby.store.audit import record
from passerby.store.schema import HOLDING, identity_change, link, person, track
from passerby.store.store import Store
from passerby.store.times import now

__all__ = [
    "IdentityChange",
    "LinkState",
    "PersonLink",
    "SeenPerson",
    "confirm_link",
    "join_tracks",
    "link_tracks",
    "merge_persons",
    "newest_change",
    "propose_links",
    "read_changes",
    "read_links",
    "reject_link",
    "split_person",
    "undo_change",
    "withdraw_proposals",
]

LinkState = Literal["linked", "proposed", "confirmed", "rejected"]
"""``linked``: the matcher decided; ``proposed``: it left the decision to somebody; ``confirmed``
and ``rejected``: somebody decided. A track has one link at most that is linked or confirmed."""

_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A track and a person.

    Attributes:
        track: Number of the track.
        person: Number of the person.
        probability: That they are the same, 0-1, as the matcher said.
        state: What was decided.
        opened_by: Number of the change that made the link.
        closed_by: Number of the change that ended it; None if it holds.
    """

    track: int
    person: int
    probability: float
    state: LinkState
    opened_by: int
    closed_by: int | None


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """Something that was decided.

    Attributes:
        number: Of the change.
        at: When, microseconds of UTC.
        who: Decided it.
        kind: ``link``, ``propose``, ``withdraw``, ``confirm``, ``reject``, ``merge``, ``join``,
            ``split`` or ``undo``.
        undone_by: Number of the change that took it back; None if it holds.
    """

    number: int
    at: int
    who: str
    kind: str
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """What somebody who decides has seen of a person: a decision that came later is not undone.

    Attributes:
        person: Number of the person.
        change: Number of the last change that touched them then, as `newest_change` says.
    """

    person: int
    change: int


def link_tracks(
    store: Store, links: Sequence[tuple[int, int | None, float]], who: str
) -> list[int]:
    """Link tracks to persons as the matcher decides; returns the person of each.

    Args:
        store: Where.
        links: Track, person (None for a new one) and the probability that this is right. A track
            that was linked before is linked anew.
        who: Decides it.

    Raises:
        StoreError: If a track or a person is not there, somebody has confirmed another person of
            the track, or has rejected this one; then none is linked.
    """
    with _change(store, who, "link") as change:
        return [change.assign(*one) for one in links]


def propose_links(store: Store, links: Sequence[tuple[int, int, float]], who: str) -> None:
    """Leave it to somebody whether tracks are of persons.

    Args:
        store: Where.
        links: Track, person and the probability that they belong together. Pairs of which
            something is known already are left as they are.
        who: Proposes it.

    Raises:
        StoreError: If a track or a person is not there.
    """
    with _change(store, who, "propose") as change:
        for number, whom, probability in links:
            change.check(number, whom)
            if not change.pair(number, whom):
                change.add(number, whom, probability, "proposed")


def withdraw_proposals(store: Store, pairs: Collection[tuple[int, int]], who: str) -> int:
    """Take back proposals that are unlikely by now; whatever somebody decided stays.

    Args:
        store: Where.
        pairs: Track and person of each.
        who: Withdraws them.

    Returns:
        How many there were.
    """
    with _change(store, who, "withdraw") as change:
        theirs = change.active(
            link.c.state == "proposed", link.c.track.in_({track for track, _ in pairs})
        )
        withdrawn = [one for one in theirs if (one.track, one.person) in pairs]
        change.close(*withdrawn)
        return len(withdrawn)


def confirm_link(
    store: Store, number: int, whom: int, who: str, seen: SeenPerson | None = None
) -> int:
    """Say that a track is of a person; whatever else it was linked to ends. Returns the change.

    Args:
        store: Where.
        number: Of the track.
        whom: Number of the person.
        who: Says so.
        seen: What they have seen; None if it does not matter.

    Raises:
        StoreError: If there is no such track or person, or somebody decided meanwhile.
    """
    with _change(store, who, "confirm", f"track {number} person {whom}", seen) as change:
        change.check(number, whom)
        change.confirm(number, whom)
        return change.number


def reject_link(
    store: Store, number: int, whom: int, who: str, seen: SeenPerson | None = None
) -> int:
    """Say that a track is not of a person; it is a person of its own then. Returns the change.

    Args:
        store: Where.
        number: Of the track.
        whom: Number of the person.
        who: Says so.
        seen: What they have seen; None if it does not matter.

    Raises:
        StoreError: If nothing links the two, or somebody decided meanwhile.
    """
    with _change(store, who, "reject", f"track {number} person {whom}", seen) as change:
        before = change.pair(number, whom)
        if not before or before[0].state == "rejected":
            raise StoreError(f"nothing links track {number} to person {whom}: list its links")
        change.close(*before)
        change.add(number, whom, before[0].probability, "rejected")
        if before[0].state in HOLDING:
            change.add(number, change.new_person(), 1.0, "linked")
        return change.number


def merge_persons(store: Store, kept: int, other: int, who: str) -> int:
    """Say that two persons are one: what was the other's is the first's. Returns the change.

    Raises:
        StoreError: If one of them is not there, or they are one.
    """
    with _change(store, who, "merge", f"person {other} into person {kept}") as change:
        seen = [change.active(link.c.person == one) for one in (kept, other)]
        if kept == other or not all(seen):
            raise StoreError(f"persons {kept} and {other} cannot be merged: name two that are seen")
        change.merge(kept, other)
        return change.number


def join_tracks(
    store: Store, number: int, other: int, who: str, seen: SeenPerson | None = None
) -> int:
    """Say that two tracks are of one person, whoever they were linked to. Returns the change.

    If both have a person, all that was the second one's becomes the first one's; if one has, the
    other track is confirmed as theirs; if none has, a person begins with both.

    Args:
        store: Where.
        number: Of a track.
        other: Of another one.
        who: Says so.
        seen: What they have seen; None if it does not matter.

    Raises:
        StoreError: If a track is not there, they are of one person already, or somebody decided
            meanwhile.
    """
    with _change(store, who, "join", f"tracks {number} and {other}", seen) as change:
        for one in (number, other):
            change.check(one, None)
        persons = [change.person_of(number), change.person_of(other)]
        if number == other or (persons[0] is not None and persons[0] == persons[1]):
            raise StoreError(f"tracks {number} and {other} are of one person already")
        match persons:
            case [int(kept), int(joined)]:
                change.merge(kept, joined)
            case [int(kept), None]:
                change.confirm(other, kept)
            case [None, int(kept)]:
                change.confirm(number, kept)
            case _:
                begun = change.new_person()
                change.confirm(number, begun)
                change.confirm(other, begun)
        return change.number


def split_person(
    store: Store, whom: int, tracks: Sequence[int], who: str, seen: SeenPerson | None = None
) -> int:
    """Say that some tracks of a person are of another one; returns the new person.

    Args:
        store: Where.
        whom: Number of the person.
        tracks: Some of theirs.
        who: Says so.
        seen: What they have seen; None if it does not matter.

    Raises:
        StoreError: If a track is not the person's, or all are, or somebody decided meanwhile.
    """
    subject = f"person {whom}: track " + ", ".join(map(str, tracks))
    with _change(store, who, "split", subject, seen) as change:
        theirs = change.active(link.c.person == whom, link.c.state.in_(HOLDING))
        moved = [one for one in theirs if one.track in tracks]
        if len(moved) < len(set(tracks)) or not moved or len(moved) == len(theirs):
            raise StoreError(
                f"person {whom} cannot be split like this: name some of its tracks, and not all"
            )
        new = change.new_person()
        change.close(*moved)
        for one in moved:
            change.add(one.track, new, one.probability, one.state)
        return new


def undo_change(store: Store, number: int, who: str) -> int:
    """Take back a change; returns the number of the change that does.

    Raises:
        StoreError: If there is none, it is undone or an undo itself, or a later one stands on it.
    """
    with _change(store, who, "undo", f"change {number}") as change:
        change.undo(number)
        return change.number


def newest_change(store: Store, whom: int) -> int:
    """Return the number of the last change that touched a person; 0 if none did."""
    with store.database.reading() as connection:
        return _newest_change(connection, whom)


def read_links(
    store: Store,
    *,
    of_track: int | None = None,
    of_person: int | None = None,
    of_change: int | None = None,
    since: int | None = None,
    past: bool = False,
) -> list[PersonLink]:
    """Return links in the order in which they were made.

    Args:
        store: Where.
        of_track: Only those of a track.
        of_person: Only those of a person.
        of_change: Only those that a change has made or ended.
        since: Only those of persons of whom a track ended then or later, or may be one of theirs;
            microseconds of UTC.
        past: Those that were closed, too.
    """
    wanted = select(
        link.c.track,
        link.c.person,
        link.c.probability,
        link.c.state,
        link.c.opened_by,
        link.c.closed_by,
    ).order_by(link.c.id)
    if of_track is not None:
        wanted = wanted.where(link.c.track == of_track)
    if of_person is not None:
        wanted = wanted.where(link.c.person == of_person)
    if of_change is not None:
        wanted = wanted.where(or_(link.c.opened_by == of_change, link.c.closed_by == of_change))
    if since is not None:
        recent = select(link.c.person).join(track, link.c.track == track.c.id)
        wanted = wanted.where(link.c.person.in_(recent.where(track.c.ended >= since)))
    if not past:
        wanted = wanted.where(link.c.closed_by.is_(None))
    with store.database.reading() as connection:
        return [PersonLink(*row) for row in connection.execute(wanted)]


def read_changes(store: Store, *, after: int = 0, limit: int = 1000) -> list[IdentityChange]:
    """Return changes in their order.

    Args:
        store: Where.
        after: Only those with a higher number.
        limit: How many.
    """
    wanted = select(identity_change).where(identity_change.c.id > after)
    wanted = wanted.order_by(identity_change.c.id).limit(limit)
    with store.database.reading() as connection:
        return [IdentityChange(*row) for row in connection.execute(wanted)]


class _Change:
    """A change that is being made."""

    def __init__(self, connection: Connection, who: str, kind: str) -> None:
        self._connection = connection
        row = {"at": now(), "who": who, "kind": kind}
        made = insert(identity_change).returning(identity_change.c.id)
        self.number: int = connection.execute(made, row).scalar_one()

    def active(self, *conditions: ColumnElement[bool]) -> Sequence[_Row]:
        """Links that hold."""
        wanted = select(link).where(link.c.closed_by.is_(None), *conditions).order_by(link.c.id)
        return self._connection.execute(wanted).all()

    def pair(self, number: int, whom: int) -> Sequence[_Row]:
        return self.active(link.c.track == number, link.c.person == whom)

    def holding(self, number: int) -> Sequence[_Row]:
        return self.active(link.c.track == number, link.c.state.in_(HOLDING))

    def check(self, number: int, whom: int | None) -> None:
        """Make sure that a track and a person are there."""
        for table, wanted in ((track, number), (person, whom)):
            found = select(table.c.id).where(table.c.id == wanted)
            if wanted is not None and self._connection.execute(found).first() is None:
                raise StoreError(
                    f"there is no {table.name} {wanted} in the store: it was erased, or never was"
                )

    def assign(self, number: int, whom: int | None, probability: float) -> int:
        self.check(number, whom)
        before = self.holding(number)
        if any(one.state == "confirmed" and one.person != whom for one in before):
            raise StoreError(
                f"track {number} was confirmed as of person {before[0].person}: undo that first"
            )
        if whom is not None:
            known = self.pair(number, whom)
            if any(one.state == "rejected" for one in known):
                raise StoreError(
                    f"track {number} was rejected as of person {whom}: undo that first"
                )
            if any(one.state == "confirmed" for one in known):
                return whom
            before = [*before, *(one for one in known if one.state == "proposed")]
        self.close(*before)
        whom = self.new_person() if whom is None else whom
        self.add(number, whom, probability, "linked")
        return whom

    def person_of(self, number: int) -> int | None:
        """Whom a track is linked to; None if it is not."""
        held = self.holding(number)
        return held[0].person if held else None

    def confirm(self, number: int, whom: int) -> None:
        before = self.pair(number, whom)
        probability = before[0].probability if before else 1.0
        self.close(*before, *self.holding(number))
        self.add(number, whom, probability, "confirmed")

    def merge(self, kept: int, other: int) -> None:
        """Let all that is the other's be the kept one's."""
        for one in self.active(link.c.person == other):
            self.close(one)
            known = self.pair(one.track, kept)
            if one.state in HOLDING or not known:  # who holds it decides, whatever was proposed
                self.close(*known)
                self.add(one.track, kept, one.probability, one.state)

    def new_person(self) -> int:
        made = insert(person).returning(person.c.id)
        return int(self._connection.execute(made, {"created": now()}).scalar_one())

    def add(self, number: int, whom: int, probability: float, state: str) -> None:
        row = {
            "track": number,
            "person": whom,
            "probability": probability,
            "state": state,
            "opened_by": self.number,
        }
        self._connection.execute(insert(link), row)

    def close(self, *links: _Row) -> None:
        numbers = [one.id for one in links]
        closed = update(link).where(link.c.id.in_(numbers)).values(closed_by=self.number)
        self._connection.execute(closed)

    def undo(self, number: int) -> None:
        changes = identity_change.c
        wanted = select(identity_change).where(changes.id == number)
        change = self._connection.execute(wanted).first()
        if change is None or change.undone_by is not None:
            raise StoreError(f"there is no change {number} to undo: it is undone, or never was")
        if change.kind == "undo":
            raise StoreError(f"change {number} is an undo itself: decide anew")
        either = or_(link.c.opened_by == number, link.c.closed_by == number)
        touched = self._connection.execute(select(link).where(either).order_by(link.c.id)).all()
        opened = [one for one in touched if one.opened_by == number]
        ended = [one for one in touched if one.opened_by != number]
        again = [other for one in ended for other in self.pair(one.track, one.person)]
        later = {one.closed_by for one in opened} - {None, number}
        later |= {one.opened_by for one in again} - {number}
        if later:
            raise StoreError(f"change {number} cannot be undone before change {max(later)}")
        self.close(*(one for one in opened if one.closed_by is None))
        reopened = update(link).where(link.c.id.in_([one.id for one in ended]))
        self._connection.execute(reopened.values(closed_by=None))
        undone = update(identity_change).where(changes.id == number)
        self._connection.execute(undone.values(undone_by=self.number))


@contextmanager
def _change(
    store: Store,
    who: str,
    kind: str,
    subject: str | None = None,
    seen: SeenPerson | None = None,
) -> Iterator[_Change]:
    """Make a change in a transaction of its own; one with a subject is written to the audit log."""
    with store.database.writing() as connection:
        if connection.dialect.name != "sqlite":  # there, whoever writes is alone
            connection.execute(text("LOCK TABLE identity_change IN EXCLUSIVE MODE"))
        if seen is not None and _newest_change(connection, seen.person) != seen.change:
            raise StoreError(
                "somebody decided about this person meanwhile: load the page again and look"
            )
        yield _Change(connection, who, kind)
        if subject is not None:
            record(connection, store.site_key, who, kind, subject)


def _newest_change(connection: Connection, whom: int) -> int:
    last = select(func.max(link.c.opened_by), func.max(link.c.closed_by))
    numbers = connection.execute(last.where(link.c.person == whom)).one()
    return max((number for number in numbers if number is not None), default=0)
