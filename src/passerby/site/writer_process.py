"""The process that writes: it opens the store, and sweeps it."""

from pathlib import Path
from time import monotonic
from typing import NamedTuple

from passerby.errors import ConfigError, PasserbyError
from passerby.runtime.counting import counted
from passerby.site.child import Beat, Child, StatusPipe
from passerby.site.machines import Machines
from passerby.site.settings import SiteSettings
from passerby.site.writer import Writer
from passerby.store.leases import claim_cameras, watched_elsewhere
from passerby.store.retention import COUNT_PURPOSE, set_retention
from passerby.store.site_key import read_site_key
from passerby.store.store import Store, open_store
from passerby.store.sweeping import sweep_store

__all__ = ["WriterStart", "run_writer"]

_WHO = "site file"
"""In the audit log."""

_STEP = 0.2
_QUIET = 1.0
"""Seconds without a batch after which nothing more is on its way."""

_SWEEP = 60.0
"""Seconds between two sweeps."""


class WriterStart(NamedTuple):
    """How the writer begins.

    Attributes:
        site: What the site file says.
        cameras: That this machine watches itself.
        address: Of the socket to listen at.
        secret: That the cameras know.
        again: Whether it ran before in this run, whose cameras go on with their tracks.
    """

    site: SiteSettings
    cameras: tuple[str, ...]
    address: str
    secret: bytes
    again: bool = False


def run_writer(start: WriterStart, status: StatusPipe) -> None:
    """Write until the process is told to stop, and then what is still on its way.

    Ends with exit code 1 after a failure that was reported.
    """
    child = Child(status)
    settings = start.site.store
    try:
        key = read_site_key(settings.key_file)
        with open_store(settings.address, key, settings.keys_file, run=True) as store:
            _prepare(store, start, child)
            Path(start.address).unlink(missing_ok=True)
            writer = Writer(store, start.address, start.secret, child.note)
            child.tell(Beat(0))
            machines = Machines(store, start.cameras, child.note)
            _write(writer, machines, store, child, settings.heads_folder)
            writer.close()
            machines.close()
            store.end_open_tracks(_elsewhere(store))  # of cameras that were killed
    except PasserbyError as error:
        child.note(f"the store: {error}")
        raise SystemExit(1) from None


def _prepare(store: Store, start: WriterStart, child: Child) -> None:
    """Set what is kept for how long, and end what a run before this one left open.

    Raises:
        ConfigError: If another machine watches one of this one's cameras.
    """
    site = start.site
    with store.database.writing() as connection:
        for name, machine in claim_cameras(connection, start.cameras, "", 0).items():
            raise ConfigError(f"{name} is watched by machine {machine}: stop it there first")
    for camera in site.cameras:
        set_retention(store, camera.name, camera.purpose, site.retention_seconds(camera), _WHO)
        set_retention(store, camera.name, COUNT_PURPOSE, site.counts_seconds, _WHO)
    ended = 0 if start.again else store.end_open_tracks(_elsewhere(store))
    if ended:
        child.note(f"ended {counted(ended, 'track')} that the last run left open")


def _elsewhere(store: Store) -> set[str]:
    """The cameras whose tracks other machines go on with."""
    with store.database.reading() as connection:
        return watched_elsewhere(connection)


def _write(
    writer: Writer, machines: Machines, store: Store, child: Child, heads: Path | None
) -> None:
    batches, last, swept, doubt = 0, monotonic(), -_SWEEP, ""
    while child.goes_on or monotonic() - last < _QUIET:
        if done := writer.step(0 if machines.busy else _STEP) + machines.step():
            batches, last = batches + done, monotonic()
            child.tell(Beat(batches))
        if monotonic() - swept >= _SWEEP:
            swept = monotonic()
            doubt = _sweep(store, child, heads, doubt)


def _sweep(store: Store, child: Child, heads: Path | None, told: str) -> str:
    """Erase what was kept for long enough; a sweep that fails is told, and the next is tried.

    Returns:
        What is wrong with the clock; it is told once.
    """
    try:
        doubt = sweep_store(store, heads=heads).doubt
    except PasserbyError as error:
        child.note(f"retention: {error}")
        return told
    if bool(doubt) != bool(told):
        child.note(f"retention: {doubt or 'the clock can be believed again'}")
    return doubt
