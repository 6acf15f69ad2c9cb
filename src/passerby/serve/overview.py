"""The first page: what each camera saw last."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.serve.access import Viewer, Visitor
from passerby.serve.entered_numbers import PathNumber
from passerby.serve.moments import local_midnight
from passerby.serve.pages import render
from passerby.serve.privacy import site_retention
from passerby.serve.tracks import visible_cameras
from passerby.site.counting import counts_of
from passerby.store.browsing import (
    ListedTrack,
    TrackFilter,
    camera_activity,
    latest_snippet,
    list_tracks,
    proposed_count,
    read_snippet,
)
from passerby.store.times import now

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
def _overview(visitor: Viewer) -> Response:
    store = visitor.console.store
    cameras = visible_cameras(visitor)
    return render(
        visitor,
        "overview.html",
        cameras=camera_activity(store, cameras),
        tracks=_recent(visitor),
        came=_came_today(visitor, cameras),
        undecided=proposed_count(store, visitor.cameras()),
        sweeps=site_retention(visitor) if visitor.holds("officer") else None,
    )


@router.get("/recent")
def _recent_tracks(visitor: Viewer) -> Response:
    """The part of the first page that it asks for again while it is open."""
    return render(visitor, "recent.html", tracks=_recent(visitor))


@router.get("/cameras/{camera}/latest.jpg")
def _latest(visitor: Viewer, camera: str) -> Response:
    visitor.require(camera)
    found = latest_snippet(visitor.console.store, camera)
    if found is None:
        raise HTTPException(404, "this camera has no picture yet")
    return Response(found.jpeg, media_type="image/jpeg")


@router.get("/snippets/{number}.jpg")
def _snippet(visitor: Viewer, number: PathNumber) -> Response:
    found, camera = read_snippet(visitor.console.store, number)
    visitor.require(camera)
    return Response(found.jpeg, media_type="image/jpeg")


def _recent(visitor: Visitor) -> list[ListedTrack]:
    return list_tracks(visitor.console.store, TrackFilter(cameras=visitor.cameras()), limit=8)


def _came_today(visitor: Visitor, cameras: list[str]) -> int:
    """How many people came into view today; who passes two cameras counts twice."""
    moment, zone = now(), visitor.console.zone
    counted = counts_of(visitor.console.store, since=local_midnight(moment, zone), until=moment)
    return sum(one.entered for one in counted if one.camera in cameras and not one.zone)
