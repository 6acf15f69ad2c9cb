"""Where a person went: the tracks that are linked to them, in order of time."""

from dataclasses import dataclass

from passerby.errors import StoreError
from passerby.store.identities import LinkState, read_links
from passerby.store.reading import StoredTrack, snippet_moments, stored_track
from passerby.store.schema import HOLDING
from passerby.store.store import Store

__all__ = ["Stay", "Whereabouts", "follow_track"]


@dataclass(frozen=True, slots=True)
class Stay:
    """A person before one camera.

    Attributes:
        track: When and where.
        probability: That it belongs to the person, as the matcher said.
        state: What was decided of that; "proposed" if it waits for a decision.
        snippets: Numbers of the pictures of it, in order of time.
        taken: When each was taken, microseconds of UTC.
    """

    track: StoredTrack
    probability: float
    state: LinkState
    snippets: tuple[int, ...]
    taken: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of where a person was.

    Attributes:
        person: Their number; None of a track that is linked to nobody yet.
        stays: Of the person, in order of time.
        proposed: That may be theirs too, the likeliest first.
    """

    person: int | None
    stays: tuple[Stay, ...]
    proposed: tuple[Stay, ...]


def follow_track(store: Store, number: int) -> Whereabouts:
    """Say where the person of a track went.

    Args:
        store: Where to look.
        number: Of the track.

    Raises:
        StoreError: If there is no such track, or it was erased.
    """
    track = stored_track(store, number)
    held = [one for one in read_links(store, of_track=number) if one.state in HOLDING]
    if not held:
        return Whereabouts(None, (_stay(store, track, 1.0, "linked"),), ())
    person = held[0].person
    stays: list[Stay] = []
    proposed: list[Stay] = []
    for link in read_links(store, of_person=person):
        if link.state == "rejected":
            continue
        try:
            found = stored_track(store, link.track)
        except StoreError:  # erased just now
            continue
        stay = _stay(store, found, link.probability, link.state)
        (stays if link.state in HOLDING else proposed).append(stay)
    return Whereabouts(
        person,
        tuple(sorted(stays, key=lambda one: one.track.began)),
        tuple(sorted(proposed, key=lambda one: -one.probability)),
    )


def _stay(store: Store, track: StoredTrack, probability: float, state: LinkState) -> Stay:
    moments = snippet_moments(store, track.number)
    numbers, taken = tuple(one for one, _ in moments), tuple(at for _, at in moments)
    return Stay(track, probability, state, numbers, taken)
