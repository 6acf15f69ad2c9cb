"""The process of a camera machine that hands over what its cameras see."""

from pathlib import Path
from time import monotonic
from typing import NamedTuple

from passerby.errors import PasserbyError
from passerby.runtime.counting import counted
from passerby.site.child import Beat, CameraLost, Child, StatusPipe
from passerby.site.disk_outbox import DiskOutbox
from passerby.site.forwarder import Forwarder
from passerby.site.settings import StoreSettings
from passerby.site.writer import Writer
from passerby.store.queue import BatchQueue

__all__ = ["ForwarderStart", "run_forwarder"]

_STEP = 0.2
_QUIET = 1.0
"""Seconds without a batch after which nothing more is on its way."""
_DRAIN = 20.0
"""Seconds in which what is left is handed over; the rest waits on the disk for the next run."""


class ForwarderStart(NamedTuple):
    """How it begins.

    Attributes:
        store: What the site file says of the store.
        queue: Address of the store's database, with the name of this machine.
        cameras: That this machine watches.
        address: Of the socket to listen at.
        secret: That the cameras know.
    """

    store: StoreSettings
    queue: str
    cameras: tuple[str, ...]
    address: str
    secret: bytes


def run_forwarder(start: ForwarderStart, status: StatusPipe) -> None:
    """Hand over until the process is told to stop, and then what is still on its way.

    Ends with exit code 1 after a failure that was reported.
    """
    child = Child(status)
    try:
        outbox = DiskOutbox(start.store.outbox_folder, start.store.outbox_bytes)
        queue = BatchQueue(start.queue, start.store.public)
        if len(outbox):
            child.note(f"{counted(len(outbox), 'batch')} of an earlier run are handed over first")
        lost = lambda camera: child.tell(CameraLost(camera))  # noqa: E731
        forwarder = Forwarder(queue, outbox, start.cameras, child.note, lost)
        Path(start.address).unlink(missing_ok=True)
        writer = Writer(forwarder, start.address, start.secret, child.note)
        child.tell(Beat(0))
        batches, last = 0, monotonic()
        while child.goes_on or monotonic() - last < _QUIET:
            if done := writer.step(_STEP):
                batches, last = batches + done, monotonic()
                child.tell(Beat(batches))
        writer.close()
        if left := forwarder.close(_DRAIN):
            child.note(f"{counted(left, 'batch')} wait on the disk: the next run hands them over")
    except PasserbyError as error:
        child.note(f"the store: {error}")
        raise SystemExit(1) from None
