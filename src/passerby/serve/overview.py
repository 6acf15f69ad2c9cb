"""The first page: what each camera saw last."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.serve.access import Viewer
from passerby.serve.pages import render
from passerby.serve.tracks import visible_cameras
from passerby.store.browsing import (
    TrackFilter,
    camera_activity,
    latest_snippet,
    list_tracks,
    read_snippet,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
def _overview(visitor: Viewer) -> Response:
    store = visitor.console.store
    activity = camera_activity(store, visible_cameras(visitor))
    recent = list_tracks(store, TrackFilter(cameras=visitor.cameras()), limit=8)
    return render(visitor, "overview.html", cameras=activity, tracks=recent)


@router.get("/cameras/{camera}/latest.jpg")
def _latest(visitor: Viewer, camera: str) -> Response:
    visitor.require(camera)
    found = latest_snippet(visitor.console.store, camera)
    if found is None:
        raise HTTPException(404, "this camera has no picture yet")
    return Response(found.jpeg, media_type="image/jpeg")


@router.get("/snippets/{number}.jpg")
def _snippet(visitor: Viewer, number: int) -> Response:
    found, camera = read_snippet(visitor.console.store, number)
    visitor.require(camera)
    return Response(found.jpeg, media_type="image/jpeg")
