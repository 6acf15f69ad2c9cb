"""The console as an application: all its routes, with a rule for each."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.errors import (
    ConfigError,
    InputError,
    PasserbyError,
    PrivacyError,
    StoreError,
    StoreUnavailable,
)
from passerby.serve import (
    approvals,
    cases,
    editing,
    encrypted_matching,
    figures,
    live_wall,
    login,
    metrics,
    oidc,
    operations,
    overview,
    privacy,
    search,
    static_files,
    tracks,
    user_pages,
)
from passerby.serve.access import Rule, Visitor, check_rules
from passerby.serve.console import Console
from passerby.serve.pages import render
from passerby.serve.security_headers import SecurityHeaders

__all__ = ["ROUTERS", "console_app"]

ROUTERS: tuple[APIRouter, ...] = (
    static_files.router,
    login.router,
    oidc.router,
    overview.router,
    live_wall.router,
    search.router,  # before tracks, whose paths are like its own
    tracks.router,
    figures.router,
    cases.router,
    approvals.router,
    privacy.router,
    editing.router,
    editing.page_router,
    user_pages.router,
    operations.router,
    encrypted_matching.router,
    metrics.router,
)
"""All that the console answers: whoever adds a page adds its router here."""

_STATUS: dict[type[PasserbyError], int] = {
    ConfigError: 422,
    InputError: 422,
    PrivacyError: 422,
    StoreError: 409,
    StoreUnavailable: 503,
}


def console_app(console: Console, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """Return the application that serves a console.

    Args:
        console: Which.
        routers: What it answers.

    Raises:
        ConfigError: If a route has no rule.
    """
    check_rules(routers)
    app = FastAPI(title="passerby", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.console = console
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(PasserbyError, _failed)
    app.add_exception_handler(Exception, _unforeseen)
    options = console.options
    app.add_middleware(SecurityHeaders, hosts=options.hosts, secure=options.secure)
    app.add_middleware(console.metrics.watched)
    return app


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 401 and not _is_for_programs(request):
        back = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/login?{QueryParams({'next': back})}", 303)
    return _told(request, error.status_code, error.detail, error.headers)


def _not_understood(request: Request, _error: Exception) -> Response:
    return _told(request, 422, "this address or its content cannot be understood: check it")


def _failed(request: Request, error: Exception) -> Response:
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    return _told(request, status, str(error))


def _unforeseen(request: Request, _error: Exception) -> Response:
    return _told(request, 500, "something went wrong that nobody foresaw: tell the administrator")


def _told(
    request: Request, status: int, said: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say what went wrong, as a page or to a program."""
    if _is_for_programs(request):
        return JSONResponse({"detail": said}, status, headers)
    visitor = Visitor(request.app.state.console, Rule(None), None, "", QueryParams())
    title = _TITLES.get(status, "Not done")
    page = render(visitor, "message.html", status, title=title, said=said)
    page.headers.update(headers or {})
    return page


_TITLES = {403: "Not allowed", 404: "Not found", 429: "Wait a little", 503: "Not now"}


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/metrics"))
