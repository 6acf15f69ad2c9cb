"""Sessions of the console, and the tokens of programs: of each, the store has only a hash."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, Select, delete, insert, select, update

from passerby.errors import ConfigError, StoreError, StoreUnavailable
from passerby.store.audit import record
from passerby.store.schema import api_token, console_session, console_user, invitation
from passerby.store.store import Store
from passerby.store.times import SECOND, now
from passerby.store.users import User, read_user

__all__ = [
    "IDLE_SECONDS",
    "SESSION_SECONDS",
    "ApiToken",
    "BegunSession",
    "UserSession",
    "accept_invitation",
    "begin_session",
    "end_session",
    "invite_user",
    "invited_user",
    "make_api_token",
    "read_api_tokens",
    "session_of",
    "user_of_token",
    "withdraw_api_token",
]

IDLE_SECONDS = 30 * 60
"""After which a session that nobody uses has ended."""
SESSION_SECONDS = 12 * 3600
"""After which every session has ended."""
INVITATION_SECONDS = 24 * 3600

_NOTED_EVERY = 60 * SECOND
"""How often the store is told that a session is used."""


@dataclass(frozen=True, slots=True)
class BegunSession:
    """What a browser is told of a session that begins.

    Attributes:
        token: For its cookie.
    """

    token: str


@dataclass(frozen=True, slots=True)
class UserSession:
    """A session that goes on.

    Attributes:
        user: Whose, with the roles of this moment.
        form_key: What each form of the session must hold, against forms of other sites.
    """

    user: User
    form_key: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token of a program.

    Attributes:
        number: Of the token.
        user: Name of whose rights it has.
        label: What it is for.
        created, expires: Microseconds of UTC.
    """

    number: int
    user: str
    label: str
    created: int
    expires: int


def begin_session(store: Store, user: User) -> BegunSession:
    """Begin a session of somebody who has proved who they are; those that are over are deleted."""
    token, moment = secrets.token_urlsafe(32), now()
    with store.database.writing() as connection:
        connection.execute(delete(console_session).where(_is_over(moment)))
        row = {
            "token": _hashed(token),
            "user": user.number,
            "form_key": secrets.token_urlsafe(32),
            "began": moment,
            "used": moment,
        }
        connection.execute(insert(console_session), row)
        record(connection, store.site_key, user.name, "log in", f"user {user.number}")
    return BegunSession(token)


def session_of(store: Store, token: str) -> UserSession | None:
    """Return the session of a token; None if there is none, or it is over."""
    moment, columns = now(), console_session.c
    place = columns.token == _hashed(token)
    wanted = select(columns.user, columns.form_key, columns.used).where(place, ~_is_over(moment))
    with store.database.reading() as connection:
        row = connection.execute(wanted).first()
        user = None if row is None else read_user(connection, row.user)
    if row is None or user is None or user.disabled:
        return None
    if row.used < moment - _NOTED_EVERY:
        with suppress(StoreUnavailable), store.database.writing() as connection:
            # On a full disk, pages can be read: such a session ends earlier, not later.
            connection.execute(update(console_session).where(place).values(used=moment))
    return UserSession(user, row.form_key)


def end_session(store: Store, token: str, user: User) -> None:
    """End a session; one that is over already stays over."""
    with store.database.writing() as connection:
        place = console_session.c.token == _hashed(token)
        connection.execute(delete(console_session).where(place))
        record(connection, store.site_key, user.name, "log out", f"user {user.number}")


def make_api_token(store: Store, user: User, label: str, days: int, who: str) -> str:
    """Make a token by which a program may do what a user may; it is shown once.

    Raises:
        ConfigError: If it has no label, or its days are none.
    """
    if not label.strip() or not 1 <= days <= 366:
        raise ConfigError("a token needs a label, and 1 to 366 days: give both")
    token, moment = f"passerby_{secrets.token_urlsafe(32)}", now()
    with store.database.writing() as connection:
        row = {
            "token": _hashed(token),
            "user": user.number,
            "label": label.strip(),
            "created": moment,
            "expires": moment + days * 86_400 * SECOND,
        }
        number = connection.execute(insert(api_token).returning(api_token.c.id), row).scalar_one()
        subject = f"token {number} of user {user.number}"
        record(connection, store.site_key, who, "make token", subject)
    return token


def user_of_token(store: Store, token: str) -> User | None:
    """Return whose rights a token has; None if it is unknown, withdrawn or over."""
    wanted = select(api_token.c.user).where(
        api_token.c.token == _hashed(token), api_token.c.expires > now()
    )
    return _admitted(store, wanted)


def read_api_tokens(store: Store) -> list[ApiToken]:
    """Return all tokens that were not withdrawn."""
    columns = api_token.c
    wanted = (
        select(columns.id, console_user.c.name, columns.label, columns.created, columns.expires)
        .join(console_user)
        .order_by(columns.id)
    )
    with store.database.reading() as connection:
        return [ApiToken(*row) for row in connection.execute(wanted)]


def withdraw_api_token(store: Store, number: int, who: str) -> None:
    """Make a token worthless.

    Raises:
        StoreError: If there is none.
    """
    with store.database.writing() as connection:
        gone = connection.execute(delete(api_token).where(api_token.c.id == number))
        if not gone.rowcount:
            raise StoreError(f"there is no token {number}: it was withdrawn, or never was")
        record(connection, store.site_key, who, "withdraw token", f"token {number}")


def invite_user(store: Store, user: User, who: str) -> str:
    """Make the secret of a one-time link by which a user chooses a password; earlier ones end."""
    token = secrets.token_urlsafe(32)
    with store.database.writing() as connection:
        connection.execute(delete(invitation).where(invitation.c.user == user.number))
        expires = now() + INVITATION_SECONDS * SECOND
        row = {"token": _hashed(token), "user": user.number, "expires": expires}
        connection.execute(insert(invitation), row)
        record(connection, store.site_key, who, "invite user", f"user {user.number}")
    return token


def invited_user(store: Store, token: str) -> User | None:
    """Return whom a one-time link is for; None if it was used, or is over."""
    wanted = select(invitation.c.user).where(
        invitation.c.token == _hashed(token), invitation.c.expires > now()
    )
    return _admitted(store, wanted)


def accept_invitation(store: Store, token: str, hashed: str) -> User | None:
    """Keep the password of whoever follows a one-time link; None if it was used meanwhile."""
    place = invitation.c.token == _hashed(token)
    with store.database.writing() as connection:
        wanted = select(invitation.c.user).where(place, invitation.c.expires > now())
        number = connection.execute(wanted).scalar()
        if number is None:
            return None
        connection.execute(delete(invitation).where(place))
        chosen = update(console_user).where(console_user.c.id == number).values(password=hashed)
        connection.execute(chosen)
        connection.execute(delete(console_session).where(console_session.c.user == number))
        user = read_user(connection, number)
        record(connection, store.site_key, user.name, "set password", f"user {number}")
    return user


def _is_over(moment: int) -> ColumnElement[bool]:
    columns = console_session.c
    idle = columns.used < moment - IDLE_SECONDS * SECOND
    return idle | (columns.began < moment - SESSION_SECONDS * SECOND)


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _admitted(store: Store, wanted: Select[int]) -> User | None:
    """The user whose number is found, unless that user is kept out."""
    with store.database.reading() as connection:
        number = connection.execute(wanted).scalar()
        user = None if number is None else read_user(connection, number)
    return None if user is None or user.disabled else user
