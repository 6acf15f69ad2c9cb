"""Tracks: the list with its timeline, one of them with the way of its person, and decisions."""

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.serve.access import Investigator, Viewer, Visitor
from passerby.serve.camera_map import camera_map
from passerby.serve.entered_numbers import PathNumber, entered_number
from passerby.serve.moments import entered_moment
from passerby.serve.pages import render
from passerby.serve.timeline import timeline_of
from passerby.site.following import Stay, follow_track
from passerby.store.audit import record_alone
from passerby.store.browsing import TrackFilter, list_tracks
from passerby.store.identities import (
    PersonLink,
    SeenPerson,
    confirm_link,
    join_tracks,
    newest_change,
    read_changes,
    read_links,
    reject_link,
    split_person,
    undo_change,
)
from passerby.store.reading import stored_track
from passerby.store.schema import HOLDING

__all__ = ["router", "track_place", "tracks_of_person", "visible_cameras"]

router = APIRouter(include_in_schema=False)

_PAGE = 50
_SHOWN = 12
"""Pictures of a track that a page shows."""
_STAYS = 40
"""Stays of a person that a page lists."""


@router.get("/tracks")
def _tracks(
    visitor: Viewer,
    camera: str = "",
    since: str = "",
    until: str = "",
    person: str = "",
    before: str = "",
) -> Response:
    cameras = visitor.cameras()
    if camera:
        visitor.require(camera)
        cameras = [camera]
    zone = visitor.console.zone
    wanted = TrackFilter(
        cameras=cameras,
        since=entered_moment(since, zone),
        until=entered_moment(until, zone),
        linked={"linked": True, "not linked": False}.get(person),
        proposed=person == "to decide",
    )
    found = list_tracks(visitor.console.store, wanted, before=track_place(before), limit=_PAGE + 1)
    page = found[:_PAGE]
    last = page[-1].track if len(found) > _PAGE else None
    lanes = [one for one in visible_cameras(visitor) if camera in ("", one)]
    return render(
        visitor,
        "tracks.html",
        tracks=page,
        cameras=visible_cameras(visitor),
        timeline=timeline_of(page, lanes, zone) if page else None,
        asked={"camera": camera, "since": since, "until": until, "person": person},
        next=None if last is None else f"{last.began}-{last.number}",
        is_first=not before,
    )


@router.get("/tracks/{number}")
def _track(visitor: Viewer, number: PathNumber, done: str = "") -> Response:
    store = visitor.console.store
    visitor.require(stored_track(store, number).camera)
    way = follow_track(store, number)
    record_alone(store, visitor.name, "look at track", f"track {number}")
    shown = [one for one in way.stays if visitor.may("viewer", one.track.camera)]
    proposed = [one for one in way.proposed if visitor.may("viewer", one.track.camera)]
    first = _first_listed(shown, number)
    changes = _changes_of(visitor, way.person)
    return render(
        visitor,
        "track.html",
        number=number,
        way=way,
        stays=shown,
        first=first,
        listed=shown[first : first + _STAYS],
        proposed=proposed[:_STAYS],
        hidden=len(way.stays) - len(shown),
        pictures={one.track.number: _spread(one) for one in [*shown, *proposed]},
        map=camera_map(
            visitor.console.site, visible_cameras(visitor), [one.track for one in shown]
        ),
        changes=changes,
        seen=0 if way.person is None else newest_change(store, way.person),
        may_decide=visitor.may("investigator", stored_track(store, number).camera),
        done=_DONE.get(done),
    )


@router.post("/persons/{person}/split")
def _split(visitor: Investigator, person: PathNumber) -> Response:
    """Say that some tracks of a person are of another one."""
    store = visitor.console.store
    tracks = [entered_number(one) for one in visitor.form.getlist("track")]
    _require_person(visitor, person)
    split_person(store, person, tracks, visitor.name, _seen(visitor, person))
    return RedirectResponse(f"/tracks/{_number(visitor.form, 'back')}?done=split", 303)


@router.post("/tracks/{number}/join")
def _join(visitor: Investigator, number: PathNumber) -> Response:
    """Say that another track is of the same person, whoever the two were linked to."""
    store, other = visitor.console.store, _number(visitor.form, "other")
    seen = None
    for one in (number, other):
        visitor.require(stored_track(store, one).camera)
        for link in read_links(store, of_track=one):
            if link.state in HOLDING:
                _require_person(visitor, link.person)
                seen = _seen(visitor, link.person) if one == number else seen
    join_tracks(store, number, other, visitor.name, seen)
    return RedirectResponse(f"/tracks/{number}?done=join", 303)


@router.post("/tracks/{number}/{decision}")
def _decide(visitor: Investigator, number: PathNumber, decision: str) -> Response:
    """Confirm or reject that a track is of a person."""
    store, person = visitor.console.store, _number(visitor.form, "person")
    visitor.require(stored_track(store, number).camera)
    decide = {"confirm": confirm_link, "reject": reject_link}.get(decision)
    if decide is None:
        raise HTTPException(404, "there is no such decision")
    decide(store, number, person, visitor.name, _seen(visitor, person))
    back = _number(visitor.form, "back") if "back" in visitor.form else number
    return RedirectResponse(f"/tracks/{back}?done={decision}", 303)


@router.post("/changes/{change}/undo")
def _undo(visitor: Investigator, change: PathNumber) -> Response:
    """Take back a decision."""
    store = visitor.console.store
    for one in read_links(store, of_change=change, past=True):
        visitor.require(stored_track(store, one.track).camera)
    undo_change(store, change, visitor.name)
    return RedirectResponse(f"/tracks/{_number(visitor.form, 'back')}?done=undo", 303)


_DONE = {
    "confirm": "Confirmed.",
    "reject": "Rejected: it is a person of its own now.",
    "split": "Split off.",
    "join": "Joined.",
    "undo": "Taken back.",
}


def tracks_of_person(visitor: Visitor, person: int) -> list[int]:
    """The tracks of a person in order of their numbers, which is that of their beginnings.

    Raises:
        HTTPException: 404 if there is none, 403 if one is of a camera that may not be used.
    """
    store = visitor.console.store
    held = [one for one in read_links(store, of_person=person) if one.state in HOLDING]
    if not held:
        raise HTTPException(404, f"no track is linked to person {person}")
    visitor.require(*{stored_track(store, one.track).camera for one in held})
    return sorted(one.track for one in held)


def visible_cameras(visitor: Visitor) -> list[str]:
    """The cameras of the site file that a visitor may see, in its order."""
    seen = visitor.cameras("viewer")
    return [name for name in visitor.console.cameras if seen is None or name in seen]


def _require_person(visitor: Visitor, person: int) -> None:
    tracks_of_person(visitor, person)


def _links(visitor: Visitor, person: int | None) -> list[PersonLink]:
    if person is None:
        return []
    return read_links(visitor.console.store, of_person=person, past=True)


def _seen(visitor: Visitor, person: int) -> SeenPerson | None:
    """What the form says that its page has shown of a person: two tabs must have seen the same."""
    said = visitor.form.get("seen", "")
    return SeenPerson(person, entered_number(said)) if said else None


def _changes_of(visitor: Visitor, person: int | None) -> list[object]:
    """Decisions about a person, the newest first."""
    links = _links(visitor, person)
    numbers = {one.opened_by for one in links} | {one.closed_by for one in links} - {None}
    known = [
        change
        for number in sorted(n for n in numbers if n is not None)
        for change in read_changes(visitor.console.store, after=number - 1, limit=1)
    ]
    return [*reversed(known)]


def _first_listed(stays: list[Stay], number: int) -> int:
    """From which stay on a page lists them, so that one of them is on it."""
    place = next((n for n, one in enumerate(stays) if one.track.number == number), 0)
    return max(0, min(place - _STAYS // 2, len(stays) - _STAYS))


def _spread(stay: Stay) -> list[tuple[int, int]]:
    """Some pictures of a stay and their times, spread over its time."""
    every = max(1, -(-len(stay.snippets) // _SHOWN))
    return [*zip(stay.snippets, stay.taken, strict=True)][::every]


def track_place(text: str) -> tuple[int, int] | None:
    """Read where a page of tracks ended: a beginning and a number, as 12-34; None if it is none.

    Raises:
        HTTPException: 422 if a part is no number.
    """
    began, dash, number = text.partition("-")
    return (entered_number(began), entered_number(number)) if dash else None


def _number(form: QueryParams, name: str) -> int:
    return entered_number(form.get(name, ""))
