"""Users: who may do what with which cameras, and the tokens of programs."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from passerby.serve.access import Administrator, Visitor
from passerby.serve.entered_numbers import PathNumber, entered_number
from passerby.serve.pages import render
from passerby.store.sessions import (
    invite_user,
    make_api_token,
    read_api_tokens,
    withdraw_api_token,
)
from passerby.store.users import (
    EVERY_CAMERA,
    ROLES,
    RoleName,
    User,
    add_user,
    disable_user,
    enable_user,
    read_users,
    set_roles,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/users")
def _users(visitor: Administrator) -> Response:
    return _page(visitor)


@router.post("/users")
def _add(visitor: Administrator) -> Response:
    """Make a user, and a link by which they choose a password."""
    console = visitor.console
    user = add_user(console.store, visitor.form.get("name", ""), _roles(visitor), visitor.name)
    return _page(visitor, secret=_invited(visitor, user))


@router.post("/users/{number}/roles")
def _change_roles(visitor: Administrator, number: PathNumber) -> Response:
    """Say anew what a user may do."""
    user = _user(visitor, number)
    set_roles(visitor.console.store, user, _roles(visitor), visitor.name)
    return RedirectResponse("/users", 303)


@router.post("/users/{number}/invite")
def _invite(visitor: Administrator, number: PathNumber) -> Response:
    """Make another link by which a user chooses a password."""
    return _page(visitor, secret=_invited(visitor, _user(visitor, number)))


@router.post("/users/{number}/disable")
def _disable(visitor: Administrator, number: PathNumber) -> Response:
    """Keep a user out."""
    disable_user(visitor.console.store, _user(visitor, number), visitor.name)
    return RedirectResponse("/users", 303)


@router.post("/users/{number}/enable")
def _enable(visitor: Administrator, number: PathNumber) -> Response:
    """Let a user in again."""
    enable_user(visitor.console.store, _user(visitor, number), visitor.name)
    return RedirectResponse("/users", 303)


@router.post("/tokens")
def _make_token(visitor: Administrator) -> Response:
    """Make a token for a program; it has the rights of a user."""
    said = visitor.form.get("days", "")
    days = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0
    user = _user(visitor, entered_number(visitor.form.get("user", "")))
    label = visitor.form.get("label", "")
    token = make_api_token(visitor.console.store, user, label, days, visitor.name)
    return _page(visitor, secret=(f"Token {label.strip()} of {user.name}", token))


@router.post("/tokens/{number}/withdraw")
def _withdraw(visitor: Administrator, number: PathNumber) -> Response:
    """Make a token worthless."""
    withdraw_api_token(visitor.console.store, number, visitor.name)
    return RedirectResponse("/users", 303)


def _page(visitor: Visitor, secret: tuple[str, str] | None = None) -> Response:
    store = visitor.console.store
    return render(
        visitor,
        "users.html",
        users=read_users(store),
        tokens=read_api_tokens(store),
        roles=ROLES,
        groups=[EVERY_CAMERA, *visitor.console.groups],
        secret=secret,
    )


def _invited(visitor: Visitor, user: User) -> tuple[str, str]:
    token = invite_user(visitor.console.store, user, visitor.name)
    return f"Link for {user.name}", f"{visitor.console.options.address}/join?key={token}"


def _user(visitor: Visitor, number: int) -> User:
    for user in read_users(visitor.console.store):
        if user.number == number:
            return user
    raise HTTPException(404, f"there is no user {number}")


def _roles(visitor: Visitor) -> dict[str, RoleName]:
    """The role of each group of cameras, as the form says."""
    chosen: dict[str, RoleName] = {}
    for group in (EVERY_CAMERA, *visitor.console.groups):
        for role in ROLES:
            if visitor.form.get(f"role-{group}") == role:
                chosen[group] = role
    return chosen
