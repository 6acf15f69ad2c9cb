"""A PostgreSQL of its own, on loopback, for tests and benchmarks."""

import os
import pwd
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from passerby.store.schema import metadata
from passerby.store.site_key import SiteKey
from passerby.store.store import create_store

__all__ = ["SERVERS", "Server"]

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
"""Where Debian puts its programs, by version."""


class Server:
    """A server that was started.

    Args:
        folder: An empty folder, into which any user may go.
        durable: Whether what was committed outlives a power cut; tests do not wait for the disk.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._durable = durable
        self.folder, self.data = folder, folder / "data"
        self._programs = SERVERS[-1]
        self.has_tables = False
        self._user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if self._user:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", self.data, "-U", "passerby", "-A", "trust", "-N", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is there."""
        options = f"-h 127.0.0.1 -p {self.port} -k ''{'' if self._durable else ' -F'}"
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """Stop it as a crash does."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def processor_time(self) -> float:
        """Seconds of a processor that its processes have had since each of them began."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has ended
                words = path.read_text().rpartition(")")[2].split()
                if first in (int(words[1]), int(path.parent.name)):
                    ticks += int(words[11]) + int(words[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @property
    def address(self) -> str:
        """Of its database."""
        return f"postgresql://passerby@127.0.0.1:{self.port}/postgres"

    def empty(self) -> None:
        """Drop all tables."""
        self._execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.has_tables = False

    def renew(self, key: SiteKey, keys: Path) -> None:
        """Have a store without rows; its tables are made once, since that takes longest."""
        if not self.has_tables:
            self.empty()
            keys.unlink(missing_ok=True)
            create_store(self.address, key, keys)
            self.has_tables = True
        names = ", ".join(name for name in metadata.tables if name != "store_info")
        self._execute(f"TRUNCATE {names} RESTART IDENTITY")
        self._execute("DELETE FROM store_info WHERE name <> 'id'")

    def dump(self) -> Path:
        """Make a backup, as an operator does."""
        self._run("pg_dump", "-d", self.address, "-f", self.folder / "backup.sql")
        return self.folder / "backup.sql"

    def restore(self, backup: Path) -> None:
        """Have what a backup holds, and no more."""
        self.empty()
        self._run("psql", "-d", self.address, "-q", "-f", backup)

    def _execute(self, command: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(command.encode())

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [self._programs / program, *map(str, words)],
            check=True,
            user=self._user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
