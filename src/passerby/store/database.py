"""The database of a store: SQLite or PostgreSQL, transactions, and what went wrong in one line."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from passerby.errors import ConfigError, PasserbyError, StoreError, StoreUnavailable

__all__ = ["Database"]

_PATIENCE = 10
"""Seconds to wait for another process that writes, or for a server that does not answer."""

_CLAIM = 0x7061737365726279
"""What PostgreSQL knows the claim of a run by."""

_SHORT_PATIENCE = 2
"""Seconds to wait for readers before what they still see is cleared away, and for a run to end."""

_SETTINGS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged outlives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # deleted rows are overwritten
)

_UNAVAILABLE = re.compile(
    r"database (?:table )?is locked|unable to open|disk i/o|readonly|attempt to write",
    re.IGNORECASE,
)
_FULL = re.compile(r"database or disk is full|no space left|could not extend file", re.IGNORECASE)
_DAMAGED = re.compile(r"malformed|not a database", re.IGNORECASE)


class Database:
    """A connection to where a store's tables are.

    Args:
        address: Path of an SQLite file, or an address that begins with ``postgresql://``.
        make: Whether an SQLite file may be made.

    Attributes:
        name: The address without its password, for messages.
        path: Of the SQLite file; None of PostgreSQL.
        user: Who is logged in at PostgreSQL, if the address says it; else "".

    Raises:
        ConfigError: If the address is none of these.
        StoreError: If there is no such file.
    """

    def __init__(self, address: str, *, make: bool = False) -> None:
        url = _url(address)
        self.name = address if "://" not in address else url.render_as_string(hide_password=True)
        self.user = url.username or ""
        self.path = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
        if self.path is not None and not make and not self.path.is_file():
            raise StoreError(
                f"there is no store {self.name}: check the path, or make one with "
                "`passerby store new`"
            )
        self._claim: Connection | None = None
        self._engine = _sqlite(url) if self.path is not None else _postgresql(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that reads; keep it short, since erased bytes wait for its end.

        Raises:
            StoreError: If the database is damaged or refuses.
            StoreUnavailable: If it cannot be reached now.
        """
        with self._told(), self._engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction that writes; it is on the disk when the block has ended.

        Raises:
            StoreError: If the database is damaged or refuses.
            StoreUnavailable: If it cannot be reached or written now; nothing of it is kept.
        """
        with (
            self._told(),
            self._engine.connect().execution_options(begins="BEGIN IMMEDIATE") as connection,
            connection.begin(),
        ):
            yield connection

    def cleared(self, since: int | None = None) -> bool:
        """Try to clear away the bytes of rows that were deleted.

        SQLite's log is copied into the database and cut to nothing, which waits for all who read.
        PostgreSQL lets go of the rows, once nobody reads who began before they were deleted.

        Args:
            since: The last transaction that deleted any, of PostgreSQL.

        Returns:
            Whether it could be done; if not, try again when readers have finished.

        Raises:
            StoreUnavailable: If the database cannot be reached now.
        """
        with self._told(), self._engine.connect() as connection:
            if self.path is None:
                return _vacuumed(connection, since)
            alone = connection.execution_options(begins="")
            alone.execute(text(f"PRAGMA busy_timeout={1000 * _SHORT_PATIENCE}"))
            busy, *_ = alone.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            alone.execute(text(f"PRAGMA busy_timeout={1000 * _PATIENCE}"))
            return not busy

    def claim(self) -> bool:
        """Keep other machines out of a database of PostgreSQL until this one is closed.

        The server lets them in again when the connection ends, a moment after a run was killed; so
        this tries for two seconds. A server that was started again keeps nobody out.

        Returns:
            Whether nobody else has claimed it.

        Raises:
            StoreUnavailable: If the database cannot be reached now.
        """
        with self._told():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._claim = connection
            wanted = text("SELECT pg_try_advisory_lock(:number)")
            end = time.monotonic() + _SHORT_PATIENCE
            while not connection.execute(wanted, {"number": _CLAIM}).scalar_one():
                if time.monotonic() > end:
                    return False
                time.sleep(0.05)
            return True

    def close(self) -> None:
        """Close all connections."""
        if self._claim is not None:
            self._claim.invalidate()  # the server lets go of what was claimed
            self._claim.close()
            self._claim = None
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into our own errors."""
        try:
            yield
        except PasserbyError:
            raise
        except DBAPIError as error:
            raise self._error(error) from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self.name}: {_first_line(error)}") from error

    def _error(self, error: DBAPIError) -> PasserbyError:
        said = _first_line(error.orig)
        if _FULL.search(said):
            return StoreUnavailable(
                f"{self.name}: the disk is full: free some space; nothing of this batch was kept"
            )
        if _DAMAGED.search(said):
            return StoreError(f"{self.name} is damaged ({said}): bring back a backup")
        away = self.path is None and type(error.orig).__name__ in _AWAY
        if error.connection_invalidated or away or _UNAVAILABLE.search(said):
            return StoreUnavailable(f"{self.name} cannot be used now ({said}): try again")
        return StoreError(f"{self.name}: {said}")


_LINE = {
    "connect_timeout": _PATIENCE,
    "keepalives_idle": _PATIENCE,  # a line that was cut says nothing
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 2000 * _PATIENCE,
    "options": f"-c idle_in_transaction_session_timeout={6 * _PATIENCE}s",
}
"""How soon a server is known to be gone, and how soon it lets go of what we had begun."""

_AWAY = ("OperationalError", "AdminShutdown", "CrashShutdown", "CannotConnectNow")
"""What the client of PostgreSQL raises if there is no server, or it is going or coming."""


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except ArgumentError:
        raise ConfigError("the store's address cannot be understood: check it") from None
    match url.get_backend_name():
        case "sqlite" if url.database:
            return URL.create("sqlite", database=url.database)
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
    raise ConfigError(
        f"a store is a file of SQLite or an address of PostgreSQL, not {url.drivername}: name "
        "a path, or begin with postgresql://"
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _PATIENCE, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401  (of any driver)
        connection.isolation_level = None  # transactions begin where we say so
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if command := connection.get_execution_options().get("begins", "BEGIN"):
            connection.exec_driver_sql(command)

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args=_LINE)


def _vacuumed(connection: Connection, since: int | None) -> bool:
    alone = connection.execution_options(isolation_level="AUTOCOMMIT")
    earlier = text(
        "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND age(backend_xmin) "
        ">= age(CAST(CAST(:since AS text) AS xid)) AND datname = current_database()"
    )
    if since is not None and alone.execute(earlier, {"since": str(since % 2**32)}).scalar_one():
        return False
    alone.execute(text("VACUUM snippet, signature, link, track"))
    return True


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
