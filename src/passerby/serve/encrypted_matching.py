"""Matching under encryption, for programs: the site sees neither signatures nor scores.

There is no operation that takes a score or a decision: what a query found stays with who asked.
"""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.serve.access import InvestigatorProgram, Visitor
from passerby.serve.approvals import require_approval
from passerby.serve.described_answers import REFUSALS, file_of
from passerby.serve.lookalikes import SearchRange
from passerby.serve.request_body import read_body
from passerby.serve.search import check_purpose, decoded_purpose
from passerby.store.audit import audited_since, record_alone
from passerby.store.times import SECOND, now

if TYPE_CHECKING:
    from passerby.serve.encrypted_gallery import EncryptedGallery

__all__ = ["KEY_BYTES", "QUERY_BYTES", "WHAT", "router"]

KEY_BYTES = 40_000_000
"""The largest set of keys: of signatures of 2,048 numbers it takes 32 MB."""
QUERY_BYTES = 200_000
"""The largest query: it takes 95 kB."""
WHAT = "match under encryption"
"""What the audit log calls a query."""

_DAY = 86_400 * SECOND
_BINARY = {"application/octet-stream": {"schema": {"type": "string"}}}
_Micros = Annotated[int | None, Query(ge=0, lt=2**62, description="Microseconds of UTC.")]

router = APIRouter(prefix="/api/v1/encrypted", responses=REFUSALS)


class TermsOut(BaseModel):
    """How this site matches under encryption."""

    scheme: str
    model: str
    model_sha256: str
    dimension: int
    queries_left: int


class KeysOut(BaseModel):
    """What keys are called."""

    keys: str


@router.get("")
def terms_of_matching(visitor: InvestigatorProgram) -> TermsOut:
    """Say what a query must be like, and how many are still answered today."""
    gallery = _gallery(visitor)
    return TermsOut(
        scheme=gallery.scheme,
        model=gallery.model,
        model_sha256=gallery.model_sha256,
        dimension=gallery.dimension(),
        queries_left=_queries_left(visitor, gallery),
    )


@router.post("/keys", openapi_extra={"requestBody": {"required": True, "content": _BINARY}})
async def take_keys(
    visitor: InvestigatorProgram, request: Request, model_sha256: str = ""
) -> KeysOut:
    """Take the keys that this site computes with; none of them opens anything."""
    gallery = _gallery(visitor)
    if model_sha256 != gallery.model_sha256:
        raise HTTPException(
            409,
            f"the signatures here are of {gallery.model} ({gallery.model_sha256[:12]}): describe "
            "the query with that network",
        )
    content = await read_body(request, KEY_BYTES)
    if not visitor.console.limits.allows("send keys", visitor.name):
        raise HTTPException(429, "too many keys in a minute: wait a little")
    name = await run_in_threadpool(gallery.take_keys, visitor.known.number, content)
    return KeysOut(keys=name)


@router.post(
    "/scores",
    response_class=Response,
    responses=file_of("application/octet-stream"),
    openapi_extra={
        "requestBody": {"required": True, "content": _BINARY},
        "parameters": [
            {
                "name": "x-purpose",
                "in": "header",
                "required": True,
                "description": "What the query is for, percent-encoded.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ],
    },
)
async def match_encrypted(
    visitor: InvestigatorProgram,
    request: Request,
    keys: str = "",
    camera: Annotated[list[str] | None, Query()] = None,
    since: _Micros = None,
    until: _Micros = None,
) -> Response:
    """Compare an encrypted signature, the body, with all tracks of a range that are over."""
    gallery = _gallery(visitor)
    purpose = decoded_purpose(request.headers.get("x-purpose", ""))
    check_purpose(purpose)
    query = await read_body(request, QUERY_BYTES)
    if camera:
        await run_in_threadpool(visitor.require, *camera)
    cameras = camera or await run_in_threadpool(visitor.cameras)
    where = SearchRange(cameras=cameras, since=since, until=until)
    answer = await run_in_threadpool(_answer, visitor, gallery, keys, query, where, purpose.strip())
    return Response(answer, media_type="application/octet-stream")


def _answer(
    visitor: Visitor,
    gallery: "EncryptedGallery",
    keys: str,
    query: bytes,
    where: SearchRange,
    purpose: str,
) -> bytes:
    """Answer a query that is in the limits; it is in the audit log before it is computed."""
    if not visitor.console.limits.allows("match", visitor.name):
        raise HTTPException(429, "too many queries in a minute: wait a little")
    with gallery.turn:
        if _queries_left(visitor, gallery) < 1:
            raise HTTPException(
                429,
                f"this gallery answers {gallery.options.queries_a_day} queries a day, of all users "
                "together, and has: ask tomorrow",
            )
        require_approval(visitor, WHAT, "a query", purpose)
        chosen = gallery.chosen(where)
        subject = f"{len(chosen.tracks)} tracks"
        record_alone(visitor.console.store, visitor.name, WHAT, subject, purpose)
        return gallery.answer(visitor.known.number, keys, query, chosen)


def _gallery(visitor: Visitor) -> "EncryptedGallery":
    if visitor.console.gallery is None:
        raise HTTPException(
            404, "this site does not match under encryption: serve it with --encrypted-matching"
        )
    return visitor.console.gallery


def _queries_left(visitor: Visitor, gallery: "EncryptedGallery") -> int:
    asked = audited_since(visitor.console.store, WHAT, now() - _DAY)
    return max(0, gallery.options.queries_a_day - asked)
