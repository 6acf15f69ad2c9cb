"""Users of the console: who they are, and what they may do with which cameras.

A role is held for a group of cameras, which the site file names, or for all. Passwords are kept as
hashes that whoever calls has made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from sqlalchemy import Connection, delete, func, insert, select, update

from passerby.errors import ConfigError, StoreError
from passerby.store.audit import record
from passerby.store.schema import api_token, console_role, console_session, console_user
from passerby.store.store import Store
from passerby.store.times import now

__all__ = [
    "EVERY_CAMERA",
    "ROLES",
    "RoleName",
    "User",
    "add_user",
    "disable_user",
    "enable_user",
    "password_hash",
    "read_user",
    "read_users",
    "set_password",
    "set_roles",
    "user_count",
    "user_named",
]

RoleName = Literal["viewer", "investigator", "officer", "administrator"]
ROLES: tuple[RoleName, ...] = get_args(RoleName)
"""Each may do all that those before it may."""

EVERY_CAMERA = ""
"""In the place of a group of cameras: all of them, those of the future too."""

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works with the console.

    Attributes:
        number: Of the user.
        name: By which the user logs in, and which the audit log has.
        disabled: Whether the user is kept out.
        invited: Whether no password was chosen yet.
        roles: By group of cameras.
    """

    number: int
    name: str
    disabled: bool
    invited: bool
    roles: Mapping[str, RoleName] = field(default_factory=dict)


def user_count(store: Store) -> int:
    """How many users there are who have a password and are not kept out."""
    columns = console_user.c
    wanted = select(func.count()).where(~columns.disabled, columns.password.is_not(None))
    with store.database.reading() as connection:
        return connection.execute(wanted).scalar_one()


def read_users(store: Store) -> list[User]:
    """Return all users in order of their names."""
    with store.database.reading() as connection:
        rows = connection.execute(select(console_user.c.id).order_by(console_user.c.name))
        return [_user(connection, number) for number in rows.scalars().all()]


def read_user(connection: Connection, number: int) -> User:
    """Return a user, in a transaction that reads.

    Raises:
        StoreError: If there is none.
    """
    return _user(connection, number)


def user_named(store: Store, name: str) -> User | None:
    """Return the user of a name; None if there is none."""
    wanted = select(console_user.c.id).where(console_user.c.name == name)
    with store.database.reading() as connection:
        number = connection.execute(wanted).scalar()
        return None if number is None else _user(connection, number)


def password_hash(store: Store, user: User) -> str | None:
    """Return the hash of a user's password; None if none was chosen."""
    wanted = select(console_user.c.password).where(console_user.c.id == user.number)
    with store.database.reading() as connection:
        found: str | None = connection.execute(wanted).scalar()
    return found


def add_user(store: Store, name: str, roles: Mapping[str, RoleName], who: str) -> User:
    """Make a user, who cannot log in until a password is chosen.

    Args:
        store: Where.
        name: A new one, of up to 64 characters.
        roles: By group of cameras.
        who: Does it.

    Raises:
        ConfigError: If the name is none, or a role is unknown.
        StoreError: If there is such a user.
    """
    wanted = name.strip()
    if not wanted or len(wanted) > _LONGEST_NAME or not wanted.isprintable():
        raise ConfigError(f"a user needs a name of 1 to {_LONGEST_NAME} characters: choose one")
    with store.database.writing() as connection:
        known = select(console_user.c.id).where(console_user.c.name == wanted)
        if connection.execute(known).first() is not None:
            raise StoreError(f"there is a user {wanted} already: choose another name")
        row = {"name": wanted, "disabled": False, "created": now()}
        made = insert(console_user).returning(console_user.c.id)
        number = connection.execute(made, row).scalar_one()
        _give(connection, number, roles)
        record(connection, store.site_key, who, "add user", f"user {number}: {_listed(roles)}")
        return _user(connection, number)


def set_password(store: Store, user: User, hashed: str, who: str) -> None:
    """Keep the hash of a password, and end all sessions that the user has."""
    with store.database.writing() as connection:
        place = console_user.c.id == user.number
        connection.execute(update(console_user).where(place).values(password=hashed))
        connection.execute(delete(console_session).where(console_session.c.user == user.number))
        record(connection, store.site_key, who, "set password", f"user {user.number}")


def set_roles(store: Store, user: User, roles: Mapping[str, RoleName], who: str) -> None:
    """Say anew what a user may do; it holds from the next request on.

    Raises:
        ConfigError: If a role is unknown.
        StoreError: If nobody would be left who looks after users.
    """
    with store.database.writing() as connection:
        connection.execute(delete(console_role).where(console_role.c.user == user.number))
        _give(connection, user.number, roles)
        _check_administered(connection)
        subject = f"user {user.number}: {_listed(user.roles)} -> {_listed(roles)}"
        record(connection, store.site_key, who, "set roles", subject)


def disable_user(store: Store, user: User, who: str) -> None:
    """Keep a user out: sessions end, and tokens are withdrawn.

    Raises:
        StoreError: If nobody would be left who looks after users.
    """
    with store.database.writing() as connection:
        place = console_user.c.id == user.number
        connection.execute(update(console_user).where(place).values(disabled=True))
        for table in (console_session, api_token):
            connection.execute(delete(table).where(table.c.user == user.number))
        _check_administered(connection)
        record(connection, store.site_key, who, "disable user", f"user {user.number}")


def enable_user(store: Store, user: User, who: str) -> None:
    """Let a user in again."""
    with store.database.writing() as connection:
        place = console_user.c.id == user.number
        connection.execute(update(console_user).where(place).values(disabled=False))
        record(connection, store.site_key, who, "enable user", f"user {user.number}")


def _user(connection: Connection, number: int) -> User:
    columns = console_user.c
    wanted = select(columns.id, columns.name, columns.disabled, columns.password)
    row = connection.execute(wanted.where(columns.id == number)).first()
    if row is None:
        raise StoreError(f"there is no user {number}: list the users")
    given = select(console_role.c.cameras, console_role.c.role)
    roles = connection.execute(given.where(console_role.c.user == number)).all()
    held = {one.cameras: one.role for one in roles}
    return User(row.id, row.name, row.disabled, row.password is None, held)


def _give(connection: Connection, number: int, roles: Mapping[str, RoleName]) -> None:
    if unknown := set(roles.values()) - set(ROLES):
        raise ConfigError(f"there is no role {min(unknown)}: choose one of {', '.join(ROLES)}")
    rows = [{"user": number, "cameras": group, "role": role} for group, role in roles.items()]
    if rows:
        connection.execute(insert(console_role), rows)


def _check_administered(connection: Connection) -> None:
    """Make sure that somebody can still look after users."""
    joined = console_user.join(console_role)
    wanted = select(func.count()).select_from(joined)
    wanted = wanted.where(
        console_role.c.role == "administrator",
        console_role.c.cameras == EVERY_CAMERA,
        ~console_user.c.disabled,
        console_user.c.password.is_not(None),
    )
    if not connection.execute(wanted).scalar_one():
        raise StoreError(
            "nobody would be left who looks after users: make another administrator first"
        )


def _listed(roles: Mapping[str, RoleName]) -> str:
    return ", ".join(f"{role} of {group or 'all'}" for group, role in roles.items()) or "no role"
