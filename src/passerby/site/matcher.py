"""Links the tracks of neighbouring cameras to persons, as they end.

What has ended lately is weighed as a whole at each step, so that a later track may show that an
earlier decision was wrong. What somebody has confirmed or rejected stays as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from passerby.matching.closed_track import ClosedTrack
from passerby.matching.link_model import LinkModel
from passerby.matching.links import Link, global_identities, link_batch
from passerby.models.lookup import model_sha256, resolve
from passerby.signatures.pooling import pooled
from passerby.site.settings import SiteSettings
from passerby.store.identities import (
    PersonLink,
    link_tracks,
    propose_links,
    read_links,
    withdraw_proposals,
)
from passerby.store.reading import StoredTrack, ended_tracks, newest_end, stored_signatures
from passerby.store.schema import HOLDING
from passerby.store.store import Store
from passerby.store.times import SECOND

__all__ = ["Matcher", "Person", "allowed_links", "outdated", "persons_of"]

_WHO = "matcher"
"""In the history of persons."""

_LEAST_PROPOSED = 0.3
"""Probability from which on a link is proposed to somebody who may decide."""

_LEAST_KEPT = 0.2
"""Probability below which a proposal is withdrawn; lower than that, so that few come and go."""

_CONFIRMED = 1000
"""Tracks that one which somebody has confirmed counts as, when a group takes over a person."""

_SPARE = 60.0
"""Seconds that a track is weighed beyond the longest way."""


@dataclass(frozen=True, slots=True)
class Person:
    """Tracks that are of one person.

    Attributes:
        number: Of the person who is in the store already; None for a new one.
        tracks: Number of each track, and the probability that it belongs here.
    """

    number: int | None
    tracks: Mapping[int, float]


class Matcher:
    """Links what has ended in a store.

    Args:
        site: What its file says.
        store: Of the site.

    Raises:
        ConfigError: If there is no link model for its signatures.
        ModelError: If the network that made them is missing.
    """

    def __init__(self, site: SiteSettings, store: Store) -> None:
        self._store, self._graph = store, site.graph
        self._sha256 = model_sha256(resolve(site.signature_model))
        self._model = LinkModel.named(site.signature_model)
        longest = [one.travel_seconds[1] for one in site.neighbours]
        self._window = round((2 * max([site.return_seconds[1], *longest]) + _SPARE) * SECOND)
        self._known: dict[int, ClosedTrack | None] = {}

    def step(self) -> int:
        """Weigh what has ended lately, and store what follows; returns how many tracks moved."""
        newest = newest_end(self._store)
        if newest is None:
            return 0
        since = newest - self._window  # as the cameras' own time goes
        recent = ended_tracks(self._store, since)
        if all(one.number in self._known for one in recent):
            return 0
        tracks = [one for one in map(self._closed, recent) if one is not None]
        self._known = {one.number: self._known[one.number] for one in recent}
        if not tracks:
            return 0
        links = link_batch(tracks, self._graph, self._model)
        before = read_links(self._store, since=since)
        links = allowed_links(links, before)
        groups = global_identities(tracks, links, self._graph, self._model.same)
        persons = persons_of(groups, links, before)
        moved = self._link(persons, before)
        self._propose(links, groups, since)
        return moved

    def _closed(self, track: StoredTrack) -> ClosedTrack | None:
        """What is known of a track; None if there is no signature of it."""
        if track.number not in self._known:
            self._known[track.number] = self._described(track)
        return self._known[track.number]

    def _described(self, track: StoredTrack) -> ClosedTrack | None:
        found = list(stored_signatures(self._store, self._sha256, track=track.number))
        if not found:
            return None
        rows = np.concatenate([one.vectors for one in found])
        qualities = np.concatenate([one.qualities for one in found])
        began, ended = track.began / SECOND, track.ended / SECOND
        return ClosedTrack(track.number, track.camera, began, ended, pooled(rows, qualities))

    def _link(self, persons: Sequence[Person], before: Sequence[PersonLink]) -> int:
        """Store who is who, as far as it changes."""
        held = {one.track: one for one in before if one.state in HOLDING}
        moved = 0
        for person in persons:
            number = person.number
            left = {
                track: probability
                for track, probability in person.tracks.items()
                if track not in held or held[track].state != "confirmed"
            }
            if number is None and left:
                first = next(iter(left))
                new: list[tuple[int, int | None, float]] = [(first, None, left.pop(first))]
                (number,) = link_tracks(self._store, new, _WHO)
                moved += 1
            changed: list[tuple[int, int | None, float]] = [
                (track, number, probability)
                for track, probability in left.items()
                if track not in held or held[track].person != number
            ]
            if changed:
                link_tracks(self._store, changed, _WHO)
                moved += len(changed)
        return moved

    def _propose(self, links: Iterable[Link], groups: Mapping[int, int], since: int) -> None:
        """Leave links that are likely, but not likely enough, to somebody who may decide.

        What was proposed before and is unlikely by now is withdrawn.
        """
        known = read_links(self._store, since=since)
        person_of = {one.track: one.person for one in known if one.state in HOLDING}
        likely = [
            (link.later, person_of[link.earlier], link.probability)
            for link in links
            if link.probability >= _LEAST_KEPT and groups[link.earlier] != groups[link.later]
        ]
        proposed = [one for one in likely if one[2] >= _LEAST_PROPOSED]
        if proposed:
            propose_links(self._store, proposed, _WHO)
        withdrawn = outdated(known, {one[:2] for one in likely}, groups.keys())
        if withdrawn:
            withdraw_proposals(self._store, withdrawn, _WHO)


def allowed_links(links: Iterable[Link], before: Iterable[PersonLink]) -> list[Link]:
    """Leave out links between a track and a person whom somebody has rejected.

    Args:
        links: Between tracks.
        before: What is known of tracks and persons.
    """
    before = list(before)
    held = {one.track: one.person for one in before if one.state in HOLDING}
    rejected = {(one.track, one.person) for one in before if one.state == "rejected"}
    return [
        link
        for link in links
        if (link.later, held.get(link.earlier)) not in rejected
        and (link.earlier, held.get(link.later)) not in rejected
    ]


def outdated(
    known: Iterable[PersonLink], likely: Set[tuple[int, int]], weighed: Set[int]
) -> set[tuple[int, int]]:
    """Return the proposals that hold no more: track and person of each.

    Args:
        known: Links that hold.
        likely: Pairs of a track and a person that are likely by now.
        weighed: Tracks that were weighed now. A proposal stays as it is if its track was not, or
            if not all tracks of its person were.
    """
    known = list(known)
    beyond = {one.person for one in known if one.state in HOLDING and one.track not in weighed}
    return {
        (one.track, one.person)
        for one in known
        if one.state == "proposed"
        and one.track in weighed
        and one.person not in beyond
        and (one.track, one.person) not in likely
    }


def persons_of(
    groups: Mapping[int, int], links: Iterable[Link], before: Iterable[PersonLink]
) -> list[Person]:
    """Say which person each group of tracks is.

    A group goes on as the person of most of its tracks, unless a larger group does. A track that
    somebody has rejected as that person leaves the group.

    Args:
        groups: By number of the track, its group.
        links: Between the tracks.
        before: What is known of tracks and persons.

    Returns:
        One for each group, the largest first, and one for each track that leaves one.
    """
    of_group: defaultdict[int, list[int]] = defaultdict(list)
    for track, group in groups.items():
        of_group[group].append(track)
    surest: defaultdict[int, float] = defaultdict(float)
    somebody: defaultdict[int, float] = defaultdict(float)
    for link in links:
        somebody[link.later] += link.probability
        if groups[link.earlier] == groups[link.later]:
            surest[link.later] = max(surest[link.later], link.probability)
    holding: dict[int, tuple[int, int]] = {}
    rejected: set[tuple[int, int]] = set()
    for one in before:
        if one.state in HOLDING:
            holding[one.track] = one.person, _CONFIRMED if one.state == "confirmed" else 1
        elif one.state == "rejected":
            rejected.add((one.track, one.person))
    taken: set[int] = set()
    persons = []
    left = sorted(of_group.values(), key=len)
    while left:
        tracks = left.pop()
        number = _favourite([holding[track] for track in tracks if track in holding], taken)
        if number is not None:
            taken.add(number)
        leaving = [track for track in tracks if (track, number) in rejected]
        left[:0] = [[track] for track in leaving]
        probabilities = {
            track: surest[track] if track in surest else max(0.0, 1 - somebody[track])
            for track in tracks
            if track not in leaving
        }
        persons.append(Person(number, probabilities))
    return persons


def _favourite(votes: Iterable[tuple[int, int]], excluded: Set[int]) -> int | None:
    """The person with most votes, each of which has a weight; None if there is none."""
    counted: Counter[int] = Counter()
    for person, weight in votes:
        counted[person] += weight
    allowed = (person for person, _ in counted.most_common() if person not in excluded)
    return next(allowed, None)
