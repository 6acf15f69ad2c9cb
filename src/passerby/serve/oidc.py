"""Logging in by OpenID Connect, where the site file names a provider."""

from collections.abc import Mapping
from secrets import compare_digest
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.serve.access import Anyone, Visitor
from passerby.serve.login import begin_visit
from passerby.serve.oidc_log_ins import LOG_IN_SECONDS
from passerby.serve.pages import render
from passerby.site.settings import OidcSettings
from passerby.store.audit import record_alone
from passerby.store.users import RoleName, User, add_user, password_hash, set_roles, user_named

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_COOKIE = "passerby_oidc"


@router.get("/oidc/login")
def _go_to_provider(visitor: Anyone, request: Request) -> Response:
    """Send a browser to the provider."""
    console = visitor.console
    _settings(visitor)
    if not console.limits.allows("log in by address", _address(request)):
        raise HTTPException(429, "that was tried too often: wait for a minute")
    state, begun = console.log_ins.begin()
    there = console.provider.address(_back(visitor, request), state, begun.nonce, begun.verifier)
    answer = RedirectResponse(there, 303)
    answer.set_cookie(
        _COOKIE,
        state,
        max_age=LOG_IN_SECONDS,
        path="/oidc",
        httponly=True,
        samesite="lax",  # it must come back from the provider
        secure=console.options.secure,
    )
    return answer


@router.get("/oidc/callback")
def _come_back(visitor: Anyone, request: Request, state: str = "", code: str = "") -> Response:
    """Let in whom the provider vouches for."""
    settings = _settings(visitor)
    kept = request.cookies.get(_COOKIE, "")
    begun = None
    if state and compare_digest(state.encode(), kept.encode()):
        begun = visitor.console.log_ins.end(state)
    if begun is None or not code:
        raise HTTPException(403, "this log-in did not begin here, or took too long: log in again")
    claims = visitor.console.provider.claims(
        _back(visitor, request), code, begun.nonce, begun.verifier
    )
    user = _user(visitor, settings, claims)
    # A page, and no redirection: the cookie is for requests that begin on this site.
    page = render(visitor, "logged_in.html", name=user.name)
    page.delete_cookie(_COOKIE, path="/oidc")
    return begin_visit(visitor, user, page)


def _user(visitor: Visitor, settings: OidcSettings, claims: Mapping[str, Any]) -> User:
    """The user whom the provider names, with the roles that its claim gives; made if new."""
    store, name = visitor.console.store, str(claims.get(settings.name_claim, ""))
    host = URL(settings.issuer).netloc
    roles = _roles(settings, claims.get(settings.roles_claim))
    if not name or not roles:
        raise HTTPException(403, "the provider gives you no role here: ask an administrator")
    full = f"{name}@{host}"
    user = user_named(store, full)
    if user is None:
        return add_user(store, full, roles, "provider")
    if user.disabled or password_hash(store, user) is not None:
        record_alone(store, user.name, "failed log in", f"user {user.number}")
        raise HTTPException(403, "this user is kept out, or has a password: ask an administrator")
    if dict(user.roles) != roles:
        set_roles(store, user, roles, "provider")
    return user_named(store, full) or user


def _roles(settings: OidcSettings, said: object) -> dict[str, RoleName]:
    """The roles of a claim: of two for one group of cameras, the one that is listed later."""
    values = {said} if isinstance(said, str) else set()
    if isinstance(said, list):
        values = {one for one in said if isinstance(one, str)}
    return {one.cameras: one.role for one in settings.roles if one.value in values}


def _settings(visitor: Visitor) -> OidcSettings:
    if visitor.console.site.oidc is None:
        raise HTTPException(404, "this site names no provider")
    return visitor.console.site.oidc


def _back(visitor: Visitor, request: Request) -> str:
    scheme = "https" if visitor.console.options.secure else "http"
    return f"{scheme}://{request.headers['host']}/oidc/callback"  # a name of ours: it was checked


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
