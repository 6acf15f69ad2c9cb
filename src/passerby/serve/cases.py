"""What is done with a case: exported, held, or erased, each with its reason."""

from datetime import datetime

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.errors import ConfigError
from passerby.serve.access import Investigator, Officer, Visitor
from passerby.serve.approvals import require_approval
from passerby.serve.entered_numbers import PathNumber, entered_number
from passerby.serve.pages import render
from passerby.serve.tracks import tracks_of_person
from passerby.store.erasure import erase_tracks
from passerby.store.export import export_archive
from passerby.store.holds import lift_hold, place_hold, read_holds
from passerby.store.reading import stored_track
from passerby.store.times import SECOND, now

__all__ = ["archive_of", "erase_case", "hold_case", "router"]

router = APIRouter(include_in_schema=False)


@router.post("/export")
def _export(visitor: Investigator) -> Response:
    """Hand out a case as an archive."""
    archive = archive_of(visitor, _chosen_tracks(visitor), visitor.form.get("purpose", ""))
    moment = datetime.fromtimestamp(now() / SECOND, visitor.console.zone)
    name = f"case-{moment:%Y-%m-%d-%H%M}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(archive, media_type="application/zip", headers=headers)


@router.get("/holds")
def _holds(visitor: Officer) -> Response:
    found = [one for one in read_holds(visitor.console.store) if _is_visible(visitor, one.track)]
    return render(visitor, "holds.html", holds=found)


@router.post("/holds")
def _hold(visitor: Officer) -> Response:
    """Keep tracks from being erased."""
    hold_case(visitor, _chosen_tracks(visitor), visitor.form.get("reason", ""))
    return RedirectResponse("/holds", 303)


@router.post("/holds/{number}/lift")
def _lift(visitor: Officer, number: PathNumber) -> Response:
    """Let a track be erased again."""
    for one in read_holds(visitor.console.store):
        if one.number == number:
            visitor.require(stored_track(visitor.console.store, one.track).camera)
    lift_hold(visitor.console.store, number, visitor.name)
    return RedirectResponse("/holds", 303)


@router.post("/erase")
def _erase(visitor: Officer) -> Response:
    """Erase tracks for good."""
    if visitor.form.get("sure") != "yes":
        raise HTTPException(422, "nothing was erased: say that you are sure")
    tracks = _chosen_tracks(visitor)
    pending = erase_case(visitor, tracks, visitor.form.get("reason", ""))
    return render(visitor, "erased.html", tracks=tracks, pending=pending)


def archive_of(visitor: Visitor, tracks: list[int], purpose: str) -> bytes:
    """Make a verified archive of tracks.

    Raises:
        ConfigError: If no purpose is given.
        HTTPException: 403 without the role for a camera.
    """
    reason = _said(purpose, "an export needs its purpose, such as the number of a request")
    _require(visitor, tracks)
    require_approval(visitor, "export", _listed(tracks), reason)
    console = visitor.console
    return export_archive(console.store, tracks, visitor.name, reason, console.zone)


def hold_case(visitor: Visitor, tracks: list[int], reason: str) -> list[int]:
    """Hold tracks; returns the numbers of the holds.

    Raises:
        ConfigError: If no reason is given.
        HTTPException: 403 without the role for a camera.
    """
    _require(visitor, tracks)
    return place_hold(visitor.console.store, tracks, visitor.name, reason)


def erase_case(visitor: Visitor, tracks: list[int], reason: str) -> int:
    """Erase tracks; returns how many wait for somebody who reads.

    Raises:
        ConfigError: If no reason is given.
        HTTPException: 403 without the role for a camera.
    """
    why = _said(reason, "an erasure needs its reason, such as the number of a request")
    _require(visitor, tracks)
    require_approval(visitor, "erase", _listed(tracks), why)
    left = {one.track for one in erase_tracks(visitor.console.store, tracks, visitor.name, why)}
    return len(left & set(tracks))


def _chosen_tracks(visitor: Visitor) -> list[int]:
    """Tracks that a form names, or all of the person whom it names."""
    said, person = visitor.form.getlist("track"), visitor.form.get("person", "")
    tracks = [entered_number(one) for one in said]
    return tracks or (tracks_of_person(visitor, entered_number(person)) if person else [])


def _require(visitor: Visitor, tracks: list[int]) -> None:
    visitor.require(*{stored_track(visitor.console.store, one).camera for one in tracks})


def _is_visible(visitor: Visitor, track: int) -> bool:
    return visitor.may("officer", stored_track(visitor.console.store, track).camera)


def _said(text: str, missing: str) -> str:
    if not text.strip() or len(text) > 200:
        raise ConfigError(f"{missing}: give one")
    return text.strip()


def _listed(tracks: list[int]) -> str:
    return "track " + ", ".join(map(str, sorted(tracks)))
