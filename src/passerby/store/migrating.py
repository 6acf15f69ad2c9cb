"""A store's tables, brought up to what this version of passerby uses."""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from passerby.errors import StoreError

__all__ = ["check_current", "migrate"]

_STEPS = ScriptDirectory(str(Path(__file__).with_name("migrations")))


def migrate(connection: Connection) -> None:
    """Make all tables of a new store, or bring an older one up to date.

    Raises:
        StoreError: If a newer version of passerby has made it.
    """
    context = MigrationContext.configure(connection)
    for step in reversed(_missing(context)):
        with Operations.context(context):
            step.module.upgrade()
        context.stamp(_STEPS, step.revision)


def check_current(connection: Connection) -> None:
    """Make sure that the tables are those that this version uses.

    Raises:
        StoreError: If they are not.
    """
    context = MigrationContext.configure(connection)
    if context.get_current_revision() is None:
        raise StoreError("there is no store in this database: make one with `passerby store new`")
    if _missing(context):
        raise StoreError("an older passerby made this store: run `passerby store migrate` on it")


def _missing(context: MigrationContext) -> list[Script]:
    current = context.get_current_revision()
    try:
        if current is not None:
            _STEPS.get_revision(current)
        return list(_STEPS.iterate_revisions("heads", current or "base"))
    except CommandError:
        raise StoreError(
            f"a newer passerby made this store (its tables are of version {current}): install "
            "that version"
        ) from None
