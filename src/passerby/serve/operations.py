"""The same operations for programs, with tokens; each is described by OpenAPI."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.serve import encrypted_matching
from passerby.serve.access import (
    Anyone,
    InvestigatorProgram,
    OfficerProgram,
    SiteOfficerProgram,
    ViewerProgram,
    Visitor,
)
from passerby.serve.cases import archive_of, erase_case, hold_case
from passerby.serve.described_answers import REFUSALS, file_of
from passerby.serve.lookalikes import SearchRange
from passerby.serve.privacy import site_retention
from passerby.serve.request_body import read_body
from passerby.serve.search import (
    UPLOAD_BYTES,
    check_purpose,
    decoded_purpose,
    search_by_picture,
    search_by_track,
)
from passerby.serve.tracks import track_place, visible_cameras
from passerby.site.counting import counts_of
from passerby.site.finding import FoundTrack
from passerby.site.following import Stay, follow_track
from passerby.store.audit import read_audit, record_alone
from passerby.store.browsing import TrackFilter, list_tracks, read_snippet
from passerby.store.identities import confirm_link, reject_link, undo_change
from passerby.store.reading import StoredTrack, stored_track
from passerby.store.times import now

__all__ = ["router"]


router = APIRouter(prefix="/api/v1", responses=REFUSALS)

_Number = Annotated[int, Path(ge=1, lt=2**63)]
_Micros = Annotated[int | None, Query(ge=0, lt=2**62, description="Microseconds of UTC.")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TrackOut(BaseModel):
    """A track; numbers of tracks are text, since they are longer than those of JavaScript."""

    track: str
    camera: str
    began: int = Field(description="Microseconds of UTC.")
    ended: int
    live: bool


class ListedTrackOut(TrackOut):
    """A track in a list."""

    person: int | None


class StayOut(TrackOut):
    """A stay of a person before a camera."""

    probability: float
    state: str
    snippets: list[int]


class WayOut(BaseModel):
    """Where the person of a track was."""

    person: int | None
    stays: list[StayOut]
    proposed: list[StayOut]


class FoundOut(TrackOut):
    """A track that looks like what was asked for."""

    similarity: float


class CountOut(BaseModel):
    """What a camera counted in an hour."""

    camera: str
    hour: int
    entered: int
    left: int
    dwell: float


class RetentionOut(BaseModel):
    """Whether retention works."""

    last: int | None
    overdue: int
    held: int
    pending: int
    alarms: list[str]


class AuditOut(BaseModel):
    """An entry of the audit log."""

    n: int
    at: int
    who: str
    what: str
    purpose: str
    subject: str


class PersonChoice(_Sent):
    """A person that a track is of, or is not of."""

    person: int = Field(ge=1, lt=2**63)


class PurposeGiven(_Sent):
    """What it is for."""

    purpose: str = Field(min_length=1, max_length=200)


class TracksWithReason(_Sent):
    """Tracks, and why."""

    tracks: list[str] = Field(min_length=1, max_length=500)
    reason: str = Field(min_length=1, max_length=200)


class Done(BaseModel):
    """What was done."""

    number: int


@router.get("/openapi.json", include_in_schema=False)
def _openapi(_visitor: Anyone) -> dict[str, Any]:
    routes = [*router.routes, *encrypted_matching.router.routes]
    return get_openapi(title="passerby: the console of a site", version="1", routes=routes)


@router.get("/cameras")
def cameras(visitor: ViewerProgram) -> list[str]:
    """List the cameras that may be seen."""
    return visible_cameras(visitor)


@router.get("/tracks")
def tracks(
    visitor: ViewerProgram,
    camera: str | None = None,
    since: _Micros = None,
    until: _Micros = None,
    before: Annotated[
        str | None,
        Query(
            pattern=r"^[0-9]{1,18}-[0-9]{1,19}$",
            description="Beginning and number of the last track of the page before, as 12-34.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[ListedTrackOut]:
    """List tracks, those that began last first."""
    seen = visitor.cameras()
    if camera is not None:
        visitor.require(camera)
        seen = [camera]
    wanted = TrackFilter(cameras=seen, since=since, until=until)
    place = None if before is None else track_place(before)
    found = list_tracks(visitor.console.store, wanted, before=place, limit=limit)
    return [ListedTrackOut(**_shown(one.track), person=one.person) for one in found]


@router.get("/tracks/{number}/way")
def way_of_track(visitor: ViewerProgram, number: _Number) -> WayOut:
    """Say where the person of a track was, before cameras that may be seen."""
    store = visitor.console.store
    _check_track(visitor, number)
    record_alone(store, visitor.name, "look at track", f"track {number}")
    way = follow_track(store, number)
    return WayOut(
        person=way.person,
        stays=[_stay(one) for one in way.stays if visitor.may("viewer", one.track.camera)],
        proposed=[_stay(one) for one in way.proposed if visitor.may("viewer", one.track.camera)],
    )


@router.get("/snippets/{number}", response_class=Response, responses=file_of("image/jpeg"))
def snippet_picture(visitor: ViewerProgram, number: _Number) -> Response:
    """Return a picture in which people are covered, as JPEG."""
    found, camera = read_snippet(visitor.console.store, number)
    visitor.require(camera)
    return Response(found.jpeg, media_type="image/jpeg")


@router.post("/tracks/{number}/confirm")
def confirm_track_of(visitor: InvestigatorProgram, number: _Number, choice: PersonChoice) -> Done:
    """Say that a track is of a person."""
    _check_track(visitor, number)
    change = confirm_link(visitor.console.store, number, choice.person, visitor.name)
    return Done(number=change)


@router.post("/tracks/{number}/reject")
def reject_track_of(visitor: InvestigatorProgram, number: _Number, choice: PersonChoice) -> Done:
    """Say that a track is not of a person."""
    _check_track(visitor, number)
    change = reject_link(visitor.console.store, number, choice.person, visitor.name)
    return Done(number=change)


@router.post("/changes/{number}/undo")
def undo_change_of(visitor: InvestigatorProgram, number: _Number) -> Done:
    """Take back a decision; this needs the role for all cameras."""
    if not visitor.may("investigator"):
        raise HTTPException(403, "this needs the role investigator for all cameras")
    return Done(number=undo_change(visitor.console.store, number, visitor.name))


@router.post("/tracks/{number}/lookalikes")
def lookalikes(
    visitor: InvestigatorProgram, number: _Number, given: PurposeGiven
) -> list[FoundOut]:
    """Find tracks that look like a track."""
    where = SearchRange(cameras=visitor.cameras())
    return [_found(one) for one in search_by_track(visitor, number, given.purpose, where)]


@router.post(
    "/search",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        },
        "parameters": [
            {
                "name": "x-purpose",
                "in": "header",
                "required": True,
                "description": "What the search is for, percent-encoded.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ],
    },
)
async def search_picture(visitor: InvestigatorProgram, request: Request) -> list[FoundOut]:
    """Find tracks that look like a picture: its file is the body. It is not kept."""
    purpose = decoded_purpose(request.headers.get("x-purpose", ""))
    check_purpose(purpose)
    content = await read_body(request, UPLOAD_BYTES)
    where = SearchRange(cameras=await run_in_threadpool(visitor.cameras))
    found = await run_in_threadpool(search_by_picture, visitor, content, purpose, where)
    return [_found(one) for one in found]


@router.get("/counts")
def counts(visitor: ViewerProgram, since: _Micros = None, until: _Micros = None) -> list[CountOut]:
    """Return what was counted, by camera and hour."""
    seen = visible_cameras(visitor)
    end = now() if until is None else until
    found = counts_of(visitor.console.store, since=since or 0, until=end)
    return [
        CountOut(
            camera=one.camera, hour=one.hour, entered=one.entered, left=one.left, dwell=one.dwell
        )
        for one in found
        if one.camera in seen
    ]


@router.post("/export", response_class=Response, responses=file_of("application/zip"))
def export_case(visitor: InvestigatorProgram, case: TracksWithReason) -> Response:
    """Return an archive of tracks, which was verified; its reason is its purpose."""
    archive = archive_of(visitor, _numbers(case), case.reason)
    return Response(archive, media_type="application/zip")


@router.post("/holds")
def place_holds(visitor: OfficerProgram, case: TracksWithReason) -> list[int]:
    """Keep tracks from being erased; returns the numbers of the holds."""
    return hold_case(visitor, _numbers(case), case.reason)


@router.post("/erase")
def erase_case_of(visitor: OfficerProgram, case: TracksWithReason) -> dict[str, int]:
    """Erase tracks for good; says how many wait for somebody who reads."""
    return {"pending": erase_case(visitor, _numbers(case), case.reason)}


@router.get("/retention")
def retention_of_site(visitor: OfficerProgram) -> RetentionOut:
    """Say whether retention works."""
    one = site_retention(visitor)
    return RetentionOut(
        last=one.last,
        overdue=one.overdue,
        held=one.held,
        pending=one.pending,
        alarms=list(one.alarms),
    )


@router.get("/audit")
def audit_entries(
    visitor: SiteOfficerProgram,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[AuditOut]:
    """List who did what."""
    return [
        AuditOut(
            n=one.n,
            at=one.at,
            who=one.who,
            what=one.what,
            purpose=one.purpose,
            subject=one.subject,
        )
        for one in read_audit(visitor.console.store, after=after, limit=limit)
    ]


def _check_track(visitor: Visitor, number: int) -> None:
    visitor.require(stored_track(visitor.console.store, number).camera)


def _numbers(case: TracksWithReason) -> list[int]:
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in case.tracks):
        raise HTTPException(422, "tracks are numbers, written as text: correct them")
    return [int(one) for one in case.tracks]


def _shown(track: StoredTrack) -> dict[str, Any]:
    return {
        "track": str(track.number),
        "camera": track.camera,
        "began": track.began,
        "ended": track.ended,
        "live": track.live,
    }


def _stay(stay: Stay) -> StayOut:
    return StayOut(
        **_shown(stay.track),
        probability=stay.probability,
        state=stay.state,
        snippets=list(stay.snippets),
    )


def _found(found: FoundTrack) -> FoundOut:
    return FoundOut(**_shown(found.track), similarity=found.similarity)
