"""Two persons: where a site asks for it, somebody else allows what one user wants to do."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.serve.access import Investigator, Visitor
from passerby.serve.pages import render
from passerby.store.approvals import approve_request, open_requests, request_approval

__all__ = ["require_approval", "router"]

router = APIRouter(include_in_schema=False)


@router.get("/approvals")
def _approvals(visitor: Investigator) -> Response:
    return render(visitor, "approvals.html", requests=open_requests(visitor.console.store))


@router.post("/approvals/{number}")
def _approve(visitor: Investigator, number: int) -> Response:
    """Allow what somebody else asked for."""
    approve_request(visitor.console.store, number, visitor.name)
    return RedirectResponse("/approvals", 303)


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
