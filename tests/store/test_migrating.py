"""The tables that migrations make are those of the schema, and other versions are told apart."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from passerby.errors import StoreError
from passerby.store import schema
from passerby.store.database import Database
from passerby.store.store import migrate_store, open_store


@pytest.fixture(autouse=True)
def _made_anew(backend: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no other test have the tables that these change."""
    yield
    if backend == "postgresql":
        request.getfixturevalue("server").has_tables = False


def write(site: SimpleNamespace, *commands: str) -> None:
    database = Database(site.address)
    with database.writing() as connection:
        for command in commands:
            connection.execute(text(command))
    database.close()


def differences(site: SimpleNamespace) -> list[object]:
    database = Database(site.address)
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, schema.metadata)
    database.close()
    return found


def test_migrations_make_the_tables_of_the_schema(site: SimpleNamespace) -> None:
    assert differences(site) == []


def test_a_table_that_no_migration_makes_would_be_found(site: SimpleNamespace) -> None:
    write(site, "DROP TABLE sweep", "ALTER TABLE hold DROP COLUMN reason")
    assert len(differences(site)) == 2


def test_a_store_of_a_newer_version_is_refused(site: SimpleNamespace) -> None:
    write(site, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="a newer passerby made this store"):
        open_store(site.address, site.key, site.keys)
    with pytest.raises(StoreError, match="a newer passerby made this store"):
        migrate_store(site.address)


def test_a_database_without_a_store_is_refused(site: SimpleNamespace) -> None:
    write(site, "DROP TABLE alembic_version")
    with pytest.raises(StoreError, match="there is no store in this database"):
        open_store(site.address, site.key, site.keys)


def test_migrating_what_is_current_changes_nothing(site: SimpleNamespace) -> None:
    migrate_store(site.address)
    assert differences(site) == []
    open_store(site.address, site.key, site.keys).close()
