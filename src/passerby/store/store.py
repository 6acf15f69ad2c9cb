"""A store: made, opened, written in batches, closed."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, insert, inspect, select

from passerby.errors import ConfigError, InputError, PasserbyError, StoreError
from passerby.files.secret import write_secret
from passerby.store.adding import Added, BatchWriter, end_all_tracks
from passerby.store.data_keys import DataKeys
from passerby.store.database import Database
from passerby.store.migrating import check_current, migrate
from passerby.store.run_lock import RunLock
from passerby.store.schema import metadata, queue_key, store_info, track
from passerby.store.site_key import SiteKey
from passerby.store.write_batch import WriteBatch

__all__ = ["Store", "create_store", "keys_beside", "migrate_store", "open_store"]


class Store:
    """An open store. `create_store` and `open_store` give one; close it, or use ``with``.

    Args:
        database: Where its rows are.
        keys: Of its tracks.
        site_key: Wraps them and signs the audit log.
        lock: Keeps other runs out; None if this is no run.
    """

    def __init__(
        self, database: Database, keys: DataKeys, site_key: SiteKey, lock: RunLock | None = None
    ) -> None:
        self.database, self.keys, self.site_key = database, keys, site_key
        self._lock = lock
        self._writer = BatchWriter(keys)

    def add(self, batch: WriteBatch) -> Added:
        """Keep a batch; when this returns, it is on the disk.

        After a `StoreUnavailable` or an `OutputError`, add the same batch again: all of it was
        kept, or nothing, and it is never kept twice.

        Raises:
            ConfigError: If the store was not opened for a run.
            StoreError: If a track begins for a purpose without a retention.
            StoreUnavailable: If the database cannot be written now.
            OutputError: If the file of keys cannot be written now.
        """
        return self.add_all([batch])[0]

    def add_all(self, batches: Sequence[WriteBatch]) -> list[Added]:
        """Keep batches in one transaction, one after the other: all of them, or none.

        Raises:
            ConfigError, StoreError, StoreUnavailable, OutputError: As for `add`.
        """
        with self.adding() as (connection, writer):
            return [writer.add(connection, one) for one in batches]

    @contextmanager
    def adding(self) -> Iterator[tuple[Connection, BatchWriter]]:
        """Begin a transaction that adds batches; it is on the disk when the block has ended.

        Raises:
            ConfigError, StoreError, StoreUnavailable, OutputError: As for `add`.
        """
        self._check_run()
        try:
            with self.database.writing() as connection:
                yield connection, self._writer
        except PasserbyError:
            self._writer.forget()
            raise

    def end_open_tracks(self, but_of: Collection[str] = ()) -> int:
        """End the tracks that nobody goes on with, at their last sign; returns how many.

        Args:
            but_of: Cameras that other machines watch, whose tracks may go on.

        Raises:
            ConfigError: If the store was not opened for a run.
            StoreUnavailable: If the database cannot be written now.
        """
        self._check_run()
        with self.database.writing() as connection:
            return end_all_tracks(connection, but_of=but_of)

    def _check_run(self) -> None:
        if self._lock is None:
            raise ConfigError("only the run of a site adds to its store: open it for a run")

    def close(self) -> None:
        """Close everything; calling it twice does no harm."""
        self.database.close()
        self.keys.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def keys_beside(address: str) -> Path:
    """Where the keys of a store are unless it is said: ``site.keys`` for ``site.sqlite``.

    Raises:
        ConfigError: If it is in PostgreSQL, and beside nothing.
    """
    if "://" in address:
        raise ConfigError(
            "the keys of a store in PostgreSQL lie in a file of their own, outside its backups: "
            "say where"
        )
    return Path(address).with_suffix(".keys")


def create_store(address: str, site_key: SiteKey, keys: Path | None = None) -> None:
    """Make a new store.

    Args:
        address: Path of a new file of SQLite, or an address of PostgreSQL with an empty database.
        site_key: The site's key. Without it, nothing in the store can be read.
        keys: Path of the new file of keys; by default beside the file of SQLite.

    Raises:
        ConfigError: If the address is none, or the place of the keys is not known.
        StoreError: If there is anything already.
        OutputError: If the file of keys cannot be made.
    """
    database = Database(address, make=True)
    try:
        place = keys or keys_beside(address)
        if database.path is not None and not database.path.exists():
            write_secret(database.path, "")  # nobody else may read it, or its log
        with database.writing() as connection:
            there = set(inspect(connection).get_table_names()) & set(metadata.tables)
            if there:
                raise StoreError(f"there is a store in {database.name} already: name another")
            data_keys = DataKeys.made(place, site_key)
            migrate(connection)
            store_id = data_keys.store_id.hex()
            connection.execute(insert(store_info), {"name": "id", "value": store_id})
            data_keys.close()
    finally:
        database.close()


def open_store(
    address: str, site_key: SiteKey, keys: Path | None = None, *, run: bool = False
) -> Store:
    """Open a store to read and to administer it, or for the run of a site.

    Args:
        address: As for `create_store`.
        site_key: The site's key.
        keys: Path of the file of keys; by default beside the file of SQLite.
        run: Whether batches will be added; one process at a time may.

    Raises:
        ConfigError: If the key does not fit, or the place of the keys is not known.
        StoreError: If there is no store, a newer version made it, the file of keys belongs to
            another one, or another run has it.
        StoreUnavailable: If it cannot be reached now.
    """
    database = Database(address)
    with ExitStack() as opened:
        opened.callback(database.close)
        place = keys or keys_beside(address)
        with database.reading() as connection:
            check_current(connection)
            store_id, last_key = _identity(connection)
        data_keys = _opened_keys(place, site_key, database.name)
        opened.callback(data_keys.close)
        if data_keys.store_id.hex() != store_id:
            raise _other_keys(f"the keys in {place} are not those of {database.name}")
        if last_key >= len(data_keys):
            raise _other_keys(f"the keys in {place} are older than the rows of {database.name}")
        lock = _locked(database, place) if run else None
        opened.pop_all()
    return Store(database, data_keys, site_key, lock)


def migrate_store(address: str) -> None:
    """Bring the tables of a store up to date, while no run uses it.

    Raises:
        StoreError: If there is none, or a newer version made it.
    """
    database = Database(address)
    try:
        with database.writing() as connection:
            migrate(connection)
    finally:
        database.close()


def _opened_keys(place: Path, site_key: SiteKey, name: str) -> DataKeys:
    try:
        return DataKeys.opened(place, site_key)
    except InputError as error:
        raise StoreError(
            f"the keys of {name} are not in {place}: say where they are; without them nothing in "
            "the store can be read"
        ) from error


def _locked(database: Database, keys: Path) -> RunLock:
    """Keep other runs out."""
    beside = database.path or keys
    lock = RunLock(beside.with_name(f"{beside.name}.lock"), database.name)
    if database.path is None and not database.claim():
        lock.release()
        raise StoreError(f"{database.name} is in use by a run on another machine: stop that run")
    return lock


def _other_keys(what: str) -> StoreError:
    return StoreError(f"{what}: say where the right ones are")


def _identity(connection: Connection) -> tuple[str, int]:
    """What tells a store from others, and the highest number of a key that its rows name."""
    wanted = select(store_info.c.value).where(store_info.c.name == "id")
    store_id = str(connection.execute(wanted).scalar_one())
    last = [
        connection.execute(select(func.max(column))).scalar()
        for column in (track.c.key, queue_key.c.slot)
    ]
    return store_id, max(-1 if one is None else one for one in last)
