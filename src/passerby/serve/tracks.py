"""Tracks: the list with its timeline, one of them with the way of its person, and decisions."""

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.serve.access import Investigator, Viewer, Visitor
from passerby.serve.camera_map import camera_map
from passerby.serve.moments import entered_moment
from passerby.serve.pages import render
from passerby.site.following import Stay, follow_track
from passerby.store.audit import record_alone
from passerby.store.browsing import TrackFilter, list_tracks
from passerby.store.identities import (
    PersonLink,
    confirm_link,
    merge_persons,
    read_changes,
    read_links,
    reject_link,
    split_person,
    undo_change,
)
from passerby.store.reading import stored_track
from passerby.store.schema import HOLDING

__all__ = ["router", "tracks_of_person", "visible_cameras"]

router = APIRouter(include_in_schema=False)

_PAGE = 50
_SHOWN = 12
"""Pictures of a track that a page shows."""


@router.get("/tracks")
def _tracks(
    visitor: Viewer,
    camera: str = "",
    since: str = "",
    until: str = "",
    linked: str = "",
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
        linked={"yes": True, "no": False}.get(linked),
    )
    found = list_tracks(visitor.console.store, wanted, before=_place(before), limit=_PAGE + 1)
    page = found[:_PAGE]
    last = page[-1].track if len(found) > _PAGE else None
    return render(
        visitor,
        "tracks.html",
        tracks=page,
        cameras=visible_cameras(visitor),
        asked={"camera": camera, "since": since, "until": until, "linked": linked},
        next=None if last is None else f"{last.began}-{last.number}",
        is_first=not before,
    )


@router.get("/tracks/{number}")
def _track(visitor: Viewer, number: int, done: str = "") -> Response:
    store = visitor.console.store
    visitor.require(stored_track(store, number).camera)
    way = follow_track(store, number)
    record_alone(store, visitor.name, "look at track", f"track {number}")
    shown = [one for one in way.stays if visitor.may("viewer", one.track.camera)]
    proposed = [one for one in way.proposed if visitor.may("viewer", one.track.camera)]
    changes = _changes_of(visitor, way.person)
    return render(
        visitor,
        "track.html",
        number=number,
        way=way,
        stays=shown,
        proposed=proposed,
        hidden=len(way.stays) - len(shown),
        pictures={one.track.number: _spread(one) for one in [*shown, *proposed]},
        map=camera_map(
            visitor.console.site, visible_cameras(visitor), [one.track.camera for one in shown]
        ),
        changes=changes,
        seen=_newest(_links(visitor, way.person)),
        may_decide=visitor.may("investigator", stored_track(store, number).camera),
        done=_DONE.get(done),
    )


@router.post("/tracks/{number}/{decision}")
def _decide(visitor: Investigator, number: int, decision: str) -> Response:
    """Confirm or reject that a track is of a person."""
    store, person = visitor.console.store, _number(visitor.form, "person")
    visitor.require(stored_track(store, number).camera)
    decide = {"confirm": confirm_link, "reject": reject_link}.get(decision)
    if decide is None:
        raise HTTPException(404, "there is no such decision")
    _check_unchanged(visitor, person)
    decide(store, number, person, visitor.name)
    back = _number(visitor.form, "back") if "back" in visitor.form else number
    return RedirectResponse(f"/tracks/{back}?done={decision}", 303)


@router.post("/persons/{person}/split")
def _split(visitor: Investigator, person: int) -> Response:
    """Say that some tracks of a person are of another one."""
    store = visitor.console.store
    tracks = [_as_number(one) for one in visitor.form.getlist("track")]
    _require_person(visitor, person)
    _check_unchanged(visitor, person)
    split_person(store, person, tracks, visitor.name)
    return RedirectResponse(f"/tracks/{_number(visitor.form, 'back')}?done=split", 303)


@router.post("/persons/{person}/merge")
def _merge(visitor: Investigator, person: int) -> Response:
    """Say that the person of another track is this one."""
    store, other = visitor.console.store, _number(visitor.form, "other")
    _require_person(visitor, person)
    held = [one for one in read_links(store, of_track=other) if one.state in HOLDING]
    if not held:  # a track that nobody has yet
        visitor.require(stored_track(store, other).camera)
        confirm_link(store, other, person, visitor.name)
    else:
        _require_person(visitor, held[0].person)
        _check_unchanged(visitor, person)
        merge_persons(store, person, held[0].person, visitor.name)
    return RedirectResponse(f"/tracks/{_number(visitor.form, 'back')}?done=merge", 303)


@router.post("/changes/{change}/undo")
def _undo(visitor: Investigator, change: int) -> Response:
    """Take back a decision."""
    store = visitor.console.store
    touched = [
        one for one in read_links(store, past=True) if change in (one.opened_by, one.closed_by)
    ]
    for one in touched:
        visitor.require(stored_track(store, one.track).camera)
    undo_change(store, change, visitor.name)
    return RedirectResponse(f"/tracks/{_number(visitor.form, 'back')}?done=undo", 303)


_DONE = {
    "confirm": "Confirmed.",
    "reject": "Rejected: it is a person of its own now.",
    "split": "Split off.",
    "merge": "Joined.",
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


def _newest(links: list[PersonLink]) -> int:
    """The last change that touched a person: two tabs that decide must have seen the same."""
    return max((max(one.opened_by, one.closed_by or 0) for one in links), default=0)


def _check_unchanged(visitor: Visitor, person: int) -> None:
    seen = visitor.form.get("seen", "")
    if seen and _as_number(seen) != _newest(_links(visitor, person)):
        raise HTTPException(
            409, "somebody decided about this person meanwhile: load the page again and look"
        )


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


def _spread(stay: Stay) -> list[int]:
    """Some pictures of a stay, spread over its time."""
    every = max(1, -(-len(stay.snippets) // _SHOWN))
    return list(stay.snippets[::every])


def _place(text: str) -> tuple[int, int] | None:
    began, dash, number = text.partition("-")
    return (_as_number(began), _as_number(number)) if dash else None


def _number(form: QueryParams, name: str) -> int:
    return _as_number(form.get(name, ""))


def _as_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise HTTPException(422, "a number is missing in the form: load the page again")
    return int(text)
