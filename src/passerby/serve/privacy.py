"""What the site keeps of people, for how long, and who did what: for those who answer for it."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from passerby.errors import StoreError
from passerby.serve.access import Officer, SiteOfficer, Visitor
from passerby.serve.pages import render
from passerby.store.audit import audit_head, read_audit, verify_audit
from passerby.store.erasure import pending_erasures
from passerby.store.holdings import stored_holdings, stored_protections
from passerby.store.retention import read_retention
from passerby.store.sweeping import RetentionStatus, retention_status

__all__ = ["SWEEP_SECONDS", "router", "site_retention"]

SWEEP_SECONDS = 3600
"""How often a site sweeps."""

router = APIRouter(include_in_schema=False)

_PAGE = 100


@router.get("/privacy")
def _privacy(visitor: Officer) -> Response:
    console = visitor.console
    return render(
        visitor,
        "privacy.html",
        holdings=stored_holdings(console.store),
        protections=stored_protections(console.store),
        retention=sorted(read_retention(console.store).items()),
        sweeps=site_retention(visitor),
        pending=pending_erasures(console.store),
        leak=console.leak,
        audited=audit_head(console.store),
        covers=[(one.name, console.site.settings_of(one).cover) for one in console.site.cameras],
    )


@router.get("/audit")
def _audit(visitor: SiteOfficer, before: int = 0, verified: str = "") -> Response:
    store = visitor.console.store
    last = audit_head(store).n
    end = min(before - 1, last) if before > 0 else last
    start = max(end - _PAGE, 0)
    entries = [*reversed(read_audit(store, after=start, limit=end - start))] if end else []
    return render(
        visitor,
        "audit.html",
        entries=entries,
        older=start + 1 if start else None,
        total=last,
        verified=verified,
        problem=None,
    )


@router.post("/audit/verify")
def _verify(visitor: SiteOfficer) -> Response:
    """Make sure that nobody has changed the log."""
    store = visitor.console.store
    try:
        verified = verify_audit(store)
    except StoreError as error:
        return render(
            visitor,
            "audit.html",
            409,
            entries=[],
            older=None,
            total=audit_head(store).n,
            verified="",
            problem=str(error),
        )
    return RedirectResponse(f"/audit?verified={verified.n}", 303)


def site_retention(visitor: Visitor) -> RetentionStatus:
    """Whether retention works."""
    return retention_status(visitor.console.store, every=SWEEP_SECONDS)
