"""Who may do what: a rule for every route, and the visitor whom it lets in.

A function that answers requests takes a visitor, and the type of that parameter is its rule::

    def _tracks(visitor: Viewer) -> Response: ...

`check_rules` makes sure that every function of a router has one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.requests import HTTPConnection
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.datastructures import URL, QueryParams
from starlette.exceptions import HTTPException, WebSocketException

from passerby.errors import ConfigError
from passerby.serve.console import Console
from passerby.serve.request_body import Form
from passerby.store.sessions import UserSession, session_of, user_of_token
from passerby.store.users import EVERY_CAMERA, ROLES, RoleName, User

__all__ = [
    "SESSION_COOKIE",
    "Administrator",
    "AdministratorProgram",
    "Anyone",
    "Investigator",
    "InvestigatorProgram",
    "Monitor",
    "Officer",
    "OfficerProgram",
    "Rule",
    "SiteOfficer",
    "SiteOfficerProgram",
    "SomeUser",
    "Viewer",
    "ViewerProgram",
    "Visitor",
    "check_rules",
    "rule_of",
]

SESSION_COOKIE = "passerby_session"
_SAFE = ("GET", "HEAD")
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who makes a request, as far as the rule of its route lets them in.

    Attributes:
        console: Which is visited.
        rule: That let the visitor in.
        user: Who; None of a route that is open to all, if nobody is logged in.
        form_key: What forms of this session hold; "" without a session.
        form: What the form of the request says.
    """

    console: Console
    rule: "Rule"
    user: User | None
    form_key: str
    form: QueryParams

    @property
    def known(self) -> User:
        """The user.

        Raises:
            HTTPException: 401 if nobody is logged in.
        """
        if self.user is None:
            raise HTTPException(401, "log in first")
        return self.user

    @property
    def name(self) -> str:
        """Of the user, for the audit log."""
        return "" if self.user is None else self.user.name

    def cameras(self, role: RoleName | None = None) -> list[str] | None:
        """The cameras for which a role is held; None for all, those of the past too.

        Args:
            role: This or a higher one; by default the one that the route asks for.
        """
        wanted = ROLES.index(role or self.rule.role or ROLES[0])
        roles = {} if self.user is None else self.user.roles
        groups = [group for group, one in roles.items() if ROLES.index(one) >= wanted]
        if EVERY_CAMERA in groups:
            return None
        known = self.console.groups
        return sorted({camera for group in groups for camera in known.get(group, ())})

    def may(self, role: RoleName, camera: str | None = None) -> bool:
        """Whether a role is held for a camera; for all cameras, if none is named."""
        cameras = self.cameras(role)
        return cameras is None or (camera is not None and camera in cameras)

    def holds(self, role: RoleName) -> bool:
        """Whether a role is held for any camera."""
        return self.cameras(role) != []

    def require(self, *cameras: str, role: RoleName | None = None) -> None:
        """Make sure that a role is held for cameras.

        Args:
            cameras: Names.
            role: By default the one that the route asks for.

        Raises:
            HTTPException: 403 if it is not held for one of them.
        """
        asked = role or self.rule.role or ROLES[0]
        if not all(self.may(asked, camera) for camera in cameras):
            raise HTTPException(403, f"this needs the role {asked} for its camera")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route.

    Attributes:
        role: The lowest role that may; None for everybody.
        everywhere: Whether it must be held for all cameras.
        program: Whether programs call it, by a token, and no browser.
        any_user: Whether every user may, those without a role too.
    """

    role: RoleName | None
    everywhere: bool = False
    program: bool = False
    any_user: bool = False

    def __call__(self, connection: HTTPConnection, form: Form) -> Visitor:
        """Let a request in.

        Raises:
            HTTPException: 401 if nobody is logged in, 403 if the role or the form's key is missing,
                429 if too much was tried.
            WebSocketException: Likewise, of a socket.
        """
        try:
            return self._visitor(connection, form)
        except HTTPException as error:
            if connection.scope["type"] == "websocket":
                raise WebSocketException(1008, error.detail) from None
            raise

    def _visitor(self, connection: HTTPConnection, form: QueryParams) -> Visitor:
        console: Console = connection.app.state.console
        if self.program:
            user = _program(connection, console)
            visitor = Visitor(console, self, user, "", form)
        else:
            session = _session(connection, console)
            _check_origin(connection)
            if session is None:
                visitor = Visitor(console, self, None, "", form)
            else:
                visitor = Visitor(console, self, session.user, session.form_key, form)
                if self.role is not None or self.any_user:
                    _check_form_key(connection, session, form)
        self._check_role(visitor)
        return visitor

    def _check_role(self, visitor: Visitor) -> None:
        if self.role is None and not self.any_user:
            return
        if visitor.user is None:
            raise HTTPException(401, "log in first")
        if self.role is None:
            return
        if not (visitor.may(self.role) if self.everywhere else visitor.holds(self.role)):
            where = " for all cameras" if self.everywhere else ""
            raise HTTPException(403, f"this needs the role {self.role}{where}")


Anyone = Annotated[Visitor, Depends(Rule(None))]
SomeUser = Annotated[Visitor, Depends(Rule(None, any_user=True))]
Viewer = Annotated[Visitor, Depends(Rule("viewer"))]
Investigator = Annotated[Visitor, Depends(Rule("investigator"))]
Officer = Annotated[Visitor, Depends(Rule("officer"))]
SiteOfficer = Annotated[Visitor, Depends(Rule("officer", everywhere=True))]
Administrator = Annotated[Visitor, Depends(Rule("administrator", everywhere=True))]

ViewerProgram = Annotated[Visitor, Depends(Rule("viewer", program=True))]
InvestigatorProgram = Annotated[Visitor, Depends(Rule("investigator", program=True))]
OfficerProgram = Annotated[Visitor, Depends(Rule("officer", program=True))]
SiteOfficerProgram = Annotated[Visitor, Depends(Rule("officer", everywhere=True, program=True))]
AdministratorProgram = Annotated[
    Visitor, Depends(Rule("administrator", everywhere=True, program=True))
]
Monitor = Annotated[Visitor, Depends(Rule("viewer", everywhere=True, program=True))]


def check_rules(routers: Iterable[APIRouter]) -> None:
    """Make sure that every route says who may call it.

    Raises:
        ConfigError: If one does not.
    """
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute | APIWebSocketRoute) or rule_of(route) is None:
                shown = route.path if isinstance(route, APIRoute | APIWebSocketRoute) else route
                raise ConfigError(
                    f"the console's route {shown} has no rule: let its function take a visitor "
                    "whose type says who may call it"
                )


def rule_of(route: APIRoute | APIWebSocketRoute) -> Rule | None:
    """The one rule of a route; None if it has none, or more than one."""
    rules = [one.call for one in route.dependant.dependencies if isinstance(one.call, Rule)]
    return rules[0] if len(rules) == 1 else None


def _session(connection: HTTPConnection, console: Console) -> UserSession | None:
    token = connection.cookies.get(SESSION_COOKIE)
    return session_of(console.store, token) if token else None


def _program(connection: HTTPConnection, console: Console) -> User:
    """The user whose token a program sends."""
    address = connection.client.host if connection.client else ""
    if console.limits.exceeded("use a token", address):
        raise HTTPException(429, "too many wrong tokens: wait for a minute")
    said = connection.headers.get("authorization", "")
    user = None
    if said.lower().startswith(_BEARER):
        user = user_of_token(console.store, said[len(_BEARER) :].strip())
    if user is None:
        console.limits.allows("use a token", address)
        raise HTTPException(
            401, "send a token: Authorization: Bearer ...", {"www-authenticate": "Bearer"}
        )
    return user


def _is_safe(connection: HTTPConnection) -> bool:
    return isinstance(connection, Request) and connection.method in _SAFE


def _check_origin(connection: HTTPConnection) -> None:
    """Make sure that what changes anything, and every socket, comes from a page of this console."""
    if _is_safe(connection):
        return
    origin = URL(connection.headers.get("origin", ""))
    if origin.scheme not in ("http", "https") or origin.netloc != connection.headers.get("host"):
        raise HTTPException(403, "this came from another page: begin on this one")


def _check_form_key(connection: HTTPConnection, session: UserSession, form: QueryParams) -> None:
    """Make sure that a form, a request of a script, or a socket has the key of its session."""
    if _is_safe(connection):
        return
    if connection.scope["type"] == "websocket":
        said = connection.query_params.get("form_key", "")
    else:
        said = connection.headers.get("x-form-key") or form.get("form_key", "")
    if not compare_digest(said.encode(), session.form_key.encode()):
        raise HTTPException(403, "this form is of an earlier session: load the page again")
