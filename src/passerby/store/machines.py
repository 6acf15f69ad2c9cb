"""Machines that watch cameras of a site and hold no store: who they are, and what they may."""

import re
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, text

from passerby.errors import ConfigError
from passerby.store.audit import record
from passerby.store.schema import camera_lease, machine_camera, queue_batch, queue_key
from passerby.store.store import Store

__all__ = ["admit_machine", "dismiss_machine", "machines_of"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

_RIGHTS = (
    "SELECT ON machine_camera, queue_key",
    "INSERT ON queue_batch",
    "USAGE ON SEQUENCE queue_batch_id_seq",
    "SELECT, INSERT, UPDATE ON camera_lease",
)
"""All that the role of a machine may do; of these tables, policies let it reach its own rows."""


def admit_machine(store: Store, name: str, cameras: Sequence[str], who: str) -> str:
    """Let a machine hand over what cameras see; returns the password of its new role.

    Args:
        store: In PostgreSQL; who opened it may make roles.
        name: Of the machine, and of its role.
        cameras: All that it may watch.
        who: Decides it.

    Raises:
        ConfigError: If the store is a file, the name does not fit, or no camera is named.
        StoreError: If there is such a role, or this user may make none.
    """
    _check(store, name)
    if not cameras:
        raise ConfigError(f"machine {name} may watch no camera: name some")
    password = secrets.token_hex(24)
    with store.database.writing() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'"))
        schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        for right in (f"USAGE ON SCHEMA {schema}", *_RIGHTS):
            connection.execute(text(f"GRANT {right} TO {name}"))
        rows = [{"machine": name, "camera": one} for one in sorted(set(cameras))]
        connection.execute(insert(machine_camera), rows)
        record(connection, store.site_key, who, "admit machine", f"{name}: {', '.join(cameras)}")
    return password


def dismiss_machine(store: Store, name: str, who: str) -> None:
    """Let a machine in no more: its role is dropped, and what is still on its way cannot be read.

    Raises:
        ConfigError: If there is no such machine.
        StoreError: If this user may drop no role.
        OutputError: If the file of keys cannot be written.
    """
    _check(store, name)
    keys = select(queue_key.c.slot).where(queue_key.c.machine == name)
    with store.database.writing() as connection:
        if name not in _machines(connection):
            raise ConfigError(f"there is no machine {name}: `passerby store machines` lists them")
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))
        store.keys.destroy(connection.execute(keys).scalars())
        for table in (machine_camera, queue_key, queue_batch, camera_lease):
            connection.execute(delete(table).where(table.c.machine == name))
        record(connection, store.site_key, who, "dismiss machine", name)


def machines_of(store: Store) -> dict[str, list[str]]:
    """The machines that were let in, and the cameras of each."""
    with store.database.reading() as connection:
        return _machines(connection)


def _machines(connection: Connection) -> dict[str, list[str]]:
    columns = machine_camera.c
    found: dict[str, list[str]] = {}
    for name, camera in connection.execute(
        select(columns.machine, columns.camera).order_by(columns.machine, columns.camera)
    ):
        found.setdefault(name, []).append(camera)
    return found


def _check(store: Store, name: str) -> None:
    if store.database.path is not None:
        raise ConfigError(
            f"{store.database.name} is a file, which other machines cannot reach: a site on many "
            "machines needs a store in PostgreSQL"
        )
    if _NAME.fullmatch(name) is None:
        raise ConfigError(
            f"{name!r} cannot be a machine: use small letters, digits and _, a letter first"
        )
