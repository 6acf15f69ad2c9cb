"""What the store's machine does for the machines that hold none: takes, gives keys, misses them."""

from collections.abc import Callable, Sequence
from time import monotonic

from passerby.errors import OutputError, PasserbyError, StoreUnavailable
from passerby.store.leases import LEASE, claim_cameras, end_tracks_of_gone, release_cameras
from passerby.store.queue import renew_keys, take_batches
from passerby.store.store import Store

__all__ = ["Machines"]

_RENEWAL = LEASE / 12
"""Seconds between two looks at keys and claims."""
_PAUSE = 0.2
"""Seconds between two looks at a queue that was empty."""


class Machines:
    """The other machines of a site, as the writer sees them.

    Args:
        store: Opened for a run.
        cameras: That this machine watches itself.
        note: Told what an operator should know.

    Attributes:
        busy: Whether there may be more in the queue.
    """

    def __init__(self, store: Store, cameras: Sequence[str], note: Callable[[str], None]) -> None:
        self._store, self._cameras, self._note = store, list(cameras), note
        self._has_queue = store.database.path is None
        self._renewed, self._looked, self._told = -_RENEWAL, -_PAUSE, ""
        self.busy = False

    def step(self) -> int:
        """Take what there is; returns how many batches.

        While the store is away this is told once, and tried again.
        """
        try:
            if monotonic() - self._renewed >= _RENEWAL:
                self._renewed = monotonic()
                self._renew()
            return self._take()
        except (StoreUnavailable, OutputError) as error:
            if not self._told:
                self._told = str(error)
                self._note(f"other machines wait: {self._told}")
            self.busy = False
            return 0

    def close(self) -> None:
        """Watch no camera any more."""
        try:
            with self._store.database.writing() as connection:
                release_cameras(connection, "", 0)
        except PasserbyError as error:
            self._note(f"cameras stay claimed for a minute: {error}")

    def _take(self) -> int:
        if not self._has_queue or (not self.busy and monotonic() - self._looked < _PAUSE):
            return 0
        self._looked = monotonic()
        taken = take_batches(self._store)
        self._told = ""
        for problem in taken.problems:
            self._note(problem)
        self.busy = taken.batches > 0
        return taken.batches

    def _renew(self) -> None:
        if self._has_queue:
            renew_keys(self._store)
        with self._store.database.writing() as connection:
            claim_cameras(connection, self._cameras, "", 0)
            gone = end_tracks_of_gone(connection)
        for camera in gone:
            self._note(f"{camera}: its machine has gone; its open tracks end")
