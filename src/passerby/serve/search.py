"""Searches by looks: by a track, or by a picture, which is anonymized first and never kept."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.errors import ConfigError
from passerby.serve.access import Investigator, Visitor
from passerby.serve.approvals import require_approval
from passerby.serve.entered_numbers import PathNumber
from passerby.serve.lookalikes import SearchRange
from passerby.serve.moments import entered_moment
from passerby.serve.pages import render
from passerby.serve.request_body import read_body
from passerby.serve.tracks import visible_cameras
from passerby.site.finding import FoundTrack
from passerby.store.audit import record_alone
from passerby.store.browsing import best_pictures
from passerby.store.reading import stored_track

__all__ = [
    "UPLOAD_BYTES",
    "check_purpose",
    "decoded_purpose",
    "router",
    "search_by_picture",
    "search_by_track",
]

UPLOAD_BYTES = 8_000_000
"""The largest picture that may be uploaded."""

router = APIRouter(include_in_schema=False)


@router.get("/search")
def _search_page(visitor: Investigator) -> Response:
    return render(
        visitor, "search.html", cameras=visible_cameras(visitor), limit=UPLOAD_BYTES // 1_000_000
    )


@router.post("/tracks/{number}/lookalikes")
def _lookalikes(visitor: Investigator, number: PathNumber) -> Response:
    """Find tracks that look like a track."""
    purpose = visitor.form.get("purpose", "")
    where = _range(visitor, visitor.form.get("camera", ""), "", "")
    found = search_by_track(visitor, number, purpose, where)
    return _results(visitor, "results.html", found, number)


@router.post("/search/picture")
async def _by_picture(
    visitor: Investigator, request: Request, camera: str = "", since: str = "", until: str = ""
) -> Response:
    """Find tracks that look like a picture: its file is the body."""
    purpose = decoded_purpose(request.headers.get("x-purpose", ""))
    check_purpose(purpose)
    where = await run_in_threadpool(_range, visitor, camera, since, until)
    content = await read_body(request, UPLOAD_BYTES)
    found = await run_in_threadpool(search_by_picture, visitor, content, purpose, where)
    return await run_in_threadpool(_results, visitor, "found.html", found, None)


def search_by_track(
    visitor: Visitor, number: int, purpose: str, where: SearchRange
) -> list[FoundTrack]:
    """Find the tracks that look like a track; the purpose is in the audit log before.

    Raises:
        ConfigError: If no purpose is given.
        HTTPException: 403 without the role for its camera, 429 if too much was searched.
    """
    console = visitor.console
    visitor.require(stored_track(console.store, number).camera)
    _begin(visitor, "search by track", f"track {number}", purpose)
    return console.lookalikes.like_track(number, where)


def search_by_picture(
    visitor: Visitor, content: bytes, purpose: str, where: SearchRange
) -> list[FoundTrack]:
    """Find the tracks that look like a picture; the purpose is in the audit log before.

    Raises:
        ConfigError: If no purpose is given.
        HTTPException: 429 if too much was searched.
        InputError: If it cannot be read.
        PrivacyError: If it could not be anonymized.
    """
    console = visitor.console
    if not content:
        raise ConfigError("no picture was sent: choose one")
    _begin(visitor, "search by picture", f"{where.count} tracks", purpose)
    return console.lookalikes.like_picture(console.worker.signature(content), where)


def decoded_purpose(header: str) -> str:
    """Read a purpose from a header, in which it is percent-encoded, as in ``case%2012``."""
    return QueryParams(f"purpose={header}").get("purpose", "")


def check_purpose(purpose: str) -> None:
    """Make sure that a purpose is given.

    Raises:
        ConfigError: If none is.
    """
    if not purpose.strip() or len(purpose) > 200:
        raise ConfigError("a search needs its purpose, such as the number of a case: give one")


def _begin(visitor: Visitor, what: str, subject: str, purpose: str) -> None:
    """Write a search down before it is made."""
    check_purpose(purpose)
    if not visitor.console.limits.allows("search", visitor.name):
        raise HTTPException(429, "too many searches in a minute: wait a little")
    require_approval(visitor, what, subject, purpose.strip())
    record_alone(visitor.console.store, visitor.name, what, subject, purpose.strip())


def _range(visitor: Visitor, camera: str, since: str, until: str) -> SearchRange:
    cameras = visitor.cameras()
    if camera:
        visitor.require(camera)
        cameras = [camera]
    zone = visitor.console.zone
    return SearchRange(
        cameras=cameras, since=entered_moment(since, zone), until=entered_moment(until, zone)
    )


def _results(
    visitor: Visitor, template: str, found: list[FoundTrack], number: int | None
) -> Response:
    numbers = [one.track.number for one in found]
    asked = [] if number is None else [number]
    pictures = best_pictures(visitor.console.store, [*numbers, *asked])
    shown = None if number is None else pictures.get(number)
    return render(visitor, template, found=found, pictures=pictures, number=number, asked=shown)
