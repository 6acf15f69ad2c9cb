"""The process that writes: it opens the store, and sweeps it."""

from pathlib import Path
from time import monotonic
from typing import NamedTuple

from passerby.errors import PasserbyError
from passerby.runtime.counting import counted
from passerby.site.child import Beat, Child, StatusPipe
from passerby.site.settings import SiteSettings
from passerby.site.writer import Writer
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
        address: Of the socket to listen at.
        secret: That the cameras know.
        again: Whether it ran before in this run, whose cameras go on with their tracks.
    """

    site: SiteSettings
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
            _write(writer, store, child, settings.heads_folder)
            writer.close()
            store.end_open_tracks()  # of cameras that were killed
    except PasserbyError as error:
        child.note(f"the store: {error}")
        raise SystemExit(1) from None


def _prepare(store: Store, start: WriterStart, child: Child) -> None:
    """Set what is kept for how long, and end what a run before this one left open."""
    site = start.site
    for camera in site.cameras:
        set_retention(store, camera.name, camera.purpose, site.retention_seconds(camera), _WHO)
        set_retention(store, camera.name, COUNT_PURPOSE, site.counts_seconds, _WHO)
    ended = 0 if start.again else store.end_open_tracks()
    if ended:
        child.note(f"ended {counted(ended, 'track')} that the last run left open")


def _write(writer: Writer, store: Store, child: Child, heads: Path | None) -> None:
    batches, last, swept, doubt = 0, monotonic(), -_SWEEP, ""
    while child.goes_on or monotonic() - last < _QUIET:
        if done := writer.step(_STEP):
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
