"""Logging in and out, and choosing a password by a one-time link."""

from secrets import compare_digest
from threading import Lock

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.errors import ConfigError
from passerby.serve.access import SESSION_COOKIE, Anyone, SomeUser, Visitor
from passerby.serve.pages import render
from passerby.store.audit import record_alone
from passerby.store.sessions import (
    SESSION_SECONDS,
    accept_invitation,
    begin_session,
    end_session,
    invite_user,
    invited_user,
)
from passerby.store.users import (
    EVERY_CAMERA,
    User,
    add_user,
    password_hash,
    set_password,
    user_count,
    user_named,
)

__all__ = ["begin_visit", "router"]

router = APIRouter(include_in_schema=False)

_setting_up = Lock()


@router.get("/login")
def _login_page(visitor: Anyone, next: str = "/") -> Response:  # noqa: A002  (of the address)
    if visitor.user is not None:
        return RedirectResponse(_inside(next), 303)
    if not user_count(visitor.console.store):
        return render(visitor, "not_set_up.html")
    return render(visitor, "login.html", next=_inside(next), problem=None)


@router.post("/login")
def _log_in(visitor: Anyone, request: Request) -> Response:
    console, name = visitor.console, visitor.form.get("name", "").strip()[:64]
    inside = _inside(visitor.form.get("next", "/"))
    allowed = _may_try(visitor, request, "log in by address")
    if not (console.limits.allows("log in by name", name) and allowed):
        problem = "That was tried too often. Wait for a minute."
        return render(visitor, "login.html", 429, next=inside, problem=problem)
    user = user_named(console.store, name)
    known = None if user is None or user.disabled else password_hash(console.store, user)
    if not console.passwords.fits(visitor.form.get("password", ""), known) or user is None:
        if user is not None:  # what else was typed may be a password
            record_alone(console.store, user.name, "failed log in", f"user {user.number}")
        problem = "Name and password do not fit."
        return render(visitor, "login.html", 401, next=inside, problem=problem)
    return _logged_in(visitor, user, inside)


@router.post("/logout")
def _log_out(visitor: SomeUser, request: Request) -> Response:
    token = request.cookies.get(SESSION_COOKIE, "")
    end_session(visitor.console.store, token, visitor.known)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/setup")
def _set_up_page(visitor: Anyone, key: str = "") -> Response:
    _check_set_up(visitor, key)
    return _choose(visitor, "/setup", key, name=None)


@router.post("/setup")
def _set_up(visitor: Anyone, request: Request) -> Response:
    key, name = visitor.form.get("key", ""), visitor.form.get("name", "").strip()
    if not _may_try(visitor, request, "use a link"):
        raise HTTPException(429, "that was tried too often: wait for a minute")
    with _setting_up:
        _check_set_up(visitor, key)
        store = visitor.console.store
        try:
            hashed = visitor.console.passwords.hashed(_chosen(visitor), name)
            user = add_user(store, name, {EVERY_CAMERA: "administrator"}, "first set-up")
        except ConfigError as error:
            return _choose(visitor, "/setup", key, name=None, problem=str(error))
        accept_invitation(store, invite_user(store, user, "first set-up"), hashed)
        visitor.console.set_up_key = None
    return _logged_in(visitor, user, "/")


@router.get("/join")
def _join_page(visitor: Anyone, key: str = "") -> Response:
    return _choose(visitor, "/join", key, name=_invited(visitor, key).name)


@router.post("/join")
def _join(visitor: Anyone, request: Request) -> Response:
    key, console = visitor.form.get("key", ""), visitor.console
    if not _may_try(visitor, request, "use a link"):
        raise HTTPException(429, "that was tried too often: wait for a minute")
    user = _invited(visitor, key)
    try:
        hashed = console.passwords.hashed(_chosen(visitor), user.name)
    except ConfigError as error:
        return _choose(visitor, "/join", key, name=user.name, problem=str(error))
    if accept_invitation(console.store, key, hashed) is None:
        raise HTTPException(404, "this link was used already, or is too old: ask for another one")
    return _logged_in(visitor, user, "/")


@router.get("/account")
def _account_page(visitor: SomeUser) -> Response:
    return render(visitor, "account.html", problem=None)


@router.post("/account/password")
def _change_password(visitor: SomeUser) -> Response:
    console, user = visitor.console, visitor.known
    if not console.limits.allows("log in by name", user.name):
        raise HTTPException(429, "that was tried too often: wait for a minute")
    if not console.passwords.fits(
        visitor.form.get("current", ""), password_hash(console.store, user)
    ):
        problem = "The current password does not fit."
        return render(visitor, "account.html", 422, problem=problem)
    try:
        hashed = console.passwords.hashed(_chosen(visitor), user.name)
    except ConfigError as error:
        return render(visitor, "account.html", 422, problem=str(error))
    set_password(console.store, user, hashed, user.name)
    return _logged_in(visitor, user, "/account")


def _logged_in(visitor: Visitor, user: User, inside: str) -> Response:
    return begin_visit(visitor, user, RedirectResponse(inside, 303))


def begin_visit(visitor: Visitor, user: User, answer: Response) -> Response:
    """Begin a session of somebody who has proved who they are, with this answer."""
    console = visitor.console
    answer.set_cookie(
        SESSION_COOKIE,
        begin_session(console.store, user).token,
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=console.options.secure,
    )
    return answer


def _choose(
    visitor: Visitor, action: str, key: str, *, name: str | None, problem: str | None = None
) -> Response:
    status = 200 if problem is None else 422
    return render(
        visitor, "choose_password.html", status, action=action, key=key, name=name, problem=problem
    )


def _chosen(visitor: Visitor) -> str:
    """The password that was chosen.

    Raises:
        ConfigError: If it was not entered twice.
    """
    password = visitor.form.get("password", "")
    if password != visitor.form.get("again", ""):
        raise ConfigError("the two passwords differ: enter the same one twice")
    return password


def _check_set_up(visitor: Visitor, key: str) -> None:
    known = visitor.console.set_up_key
    if known is None or not compare_digest(key.encode(), known.encode()):
        raise HTTPException(404, "this link was used already, or is of an earlier start")


def _invited(visitor: Visitor, key: str) -> User:
    user = invited_user(visitor.console.store, key)
    if user is None:
        raise HTTPException(404, "this link was used already, or is too old: ask for another one")
    return user


def _may_try(visitor: Visitor, request: Request, what: str) -> bool:
    address = request.client.host if request.client else ""
    return visitor.console.limits.allows(what, address)


def _inside(path: str) -> str:
    """A path of this console; the first page in the place of any other address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
