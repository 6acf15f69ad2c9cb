"""Two persons: where a site asks for it, somebody else allows what one user wants to do."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.errors import StoreError
from passerby.serve.access import Investigator, Visitor
from passerby.serve.entered_numbers import PathNumber
from passerby.serve.pages import render
from passerby.store.approvals import (
    ApprovalRequest,
    approve_request,
    open_requests,
    request_approval,
)
from passerby.store.reading import stored_track
from passerby.store.users import RoleName

__all__ = ["require_approval", "router"]

router = APIRouter(include_in_schema=False)


@router.get("/approvals")
def _approvals(visitor: Investigator) -> Response:
    waiting = open_requests(visitor.console.store)
    return render(
        visitor, "approvals.html", requests=[one for one in waiting if _may_allow(visitor, one)]
    )


@router.post("/approvals/{number}")
def _approve(visitor: Investigator, number: PathNumber) -> Response:
    """Allow what somebody else asked for, and what one might do oneself."""
    for one in open_requests(visitor.console.store):
        if one.number == number and not _may_allow(visitor, one):
            raise HTTPException(403, f"this needs the right to {one.what} itself")
    approve_request(visitor.console.store, number, visitor.name)
    return RedirectResponse("/approvals", 303)


def _may_allow(visitor: Visitor, request: ApprovalRequest) -> bool:
    """Whether a visitor has the role that this takes, for the cameras of its tracks."""
    role: RoleName = "officer" if request.what == "erase" else "investigator"
    named, _, tracks = request.subject.partition(" ")
    if named != "track":
        return visitor.holds(role)
    numbers = [int(one) for one in tracks.split(",")]
    try:
        cameras = {stored_track(visitor.console.store, one).camera for one in numbers}
    except StoreError:  # one was erased meanwhile
        return False
    return all(visitor.may(role, one) for one in cameras)


def require_approval(visitor: Visitor, what: str, subject: str, purpose: str) -> None:
    """Make sure that somebody else has allowed this, if the site asks for two persons.

    An approval is for one user, one purpose and one subject, and is used up by this.

    Raises:
        HTTPException: 409 if nobody has yet; it is asked for then.
    """
    if not visitor.console.options.two_persons:
        return
    if not request_approval(visitor.console.store, visitor.name, what, subject, purpose):
        raise HTTPException(
            409,
            "this site asks for two persons: somebody else must allow it under Approvals; then do "
            "it again with the same purpose",
        )
