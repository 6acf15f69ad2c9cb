"""The way from a camera machine to the store: sealed at once, kept on the disk, handed over."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic
from typing import Protocol

from passerby.errors import ConfigError, PasserbyError, StoreUnavailable
from passerby.site.disk_outbox import DiskOutbox
from passerby.store.batch_codec import encode_batch
from passerby.store.leases import LEASE
from passerby.store.queue import BatchQueue, QueueKey, SealedBatch, batch_place
from passerby.store.sealing import seal_batch
from passerby.store.write_batch import WriteBatch

__all__ = ["BatchSink", "Forwarder"]

_AT_ONCE = 16
"""Batches that are handed over together."""
_PAUSE = 0.5
"""Seconds until a line that was cut is tried again."""
_RENEWAL = LEASE / 6
"""Seconds between two claims of cameras, and looks for a newer key."""


class BatchSink(Protocol):
    """Keeps batches: a store, or what hands them over to one."""

    def add_all(self, batches: Sequence[WriteBatch], /) -> object:
        """Keep all of them, or none.

        Raises:
            StoreUnavailable, OutputError: If it cannot now.
            StoreError: If it never can.
        """
        ...


class Forwarder:
    """Seals batches into an outbox on the disk, and hands them over while there is a line.

    Args:
        queue: Of the store.
        outbox: On this machine.
        cameras: That this machine watches.
        note: Told what an operator should know.
        lost: Told the name of a camera that another machine watches by now.

    Raises:
        ConfigError: If another machine watches one of the cameras.
        StoreError: If this machine may not, or the store's machine offers no key.
        StoreUnavailable: If there is no line: a run begins with one.
    """

    def __init__(
        self,
        queue: BatchQueue,
        outbox: DiskOutbox,
        cameras: Sequence[str],
        note: Callable[[str], None],
        lost: Callable[[str], None] = lambda _camera: None,
    ) -> None:
        self._queue, self._outbox, self._note, self._lost = queue, outbox, note, lost
        self._cameras = list(cameras)
        self._lock, self._stopping = Lock(), Event()
        for camera, machine in queue.claim(self._cameras, outbox.holder).items():
            raise ConfigError(f"{camera} is watched by {_named(machine)}: stop it there first")
        key = queue.key()
        if key is None:
            raise StoreUnavailable(
                "the store's machine has made no key for this one yet: start the site there"
            )
        self._key: QueueKey = key
        self._renewed, self._told = monotonic(), ""
        self._thread = Thread(target=self._hand_over, name="hand over", daemon=True)
        self._thread.start()

    def add_all(self, batches: Sequence[WriteBatch]) -> None:
        """Keep batches; when this returns, they are sealed on the disk.

        Raises:
            StoreUnavailable: If the outbox is full.
            OutputError: If the disk cannot be written.
        """
        with self._lock:
            for batch in batches:
                number, outbox = self._outbox.next_number(), self._outbox.outbox
                place = batch_place(self._queue.machine, outbox, number)
                sealed = seal_batch(encode_batch(batch), self._key.public, place)
                self._outbox.put(SealedBatch(outbox, number, self._key.number, sealed))

    @property
    def waiting(self) -> int:
        """How many batches are not handed over."""
        with self._lock:
            return len(self._outbox)

    def close(self, seconds: float) -> int:
        """Hand over what is left, for so many seconds; returns how many batches still wait."""
        until = monotonic() + seconds
        while self.waiting and monotonic() < until and self._thread.is_alive():
            self._stopping.wait(0.05)
        self._stopping.set()
        self._thread.join(seconds)
        if not self.waiting:
            with suppress(PasserbyError):  # it lapses by itself
                self._queue.release(self._outbox.holder)
        self._queue.close()
        self._outbox.close()
        return self.waiting

    def _hand_over(self) -> None:
        """Hand over what waits, again and again, whatever the line does."""
        while not self._stopping.is_set():
            try:
                if monotonic() - self._renewed > _RENEWAL:
                    self._renew()
                handed = self._step()
            except PasserbyError as error:
                if not self._told:
                    self._told = str(error)
                    self._note(f"{self._told}; what cameras see waits on the disk")
                self._stopping.wait(_PAUSE)
                continue
            if self._told:
                self._told = ""
                self._note("the store can be reached again")
            if not handed:
                self._stopping.wait(0.05)

    def _step(self) -> int:
        with self._lock:
            found = self._outbox.first(_AT_ONCE)
        if found:
            self._queue.put([batch for _, batch in found])
            with self._lock:
                self._outbox.remove(path for path, _ in found)
        return len(found)

    def _renew(self) -> None:
        """Go on with the claim of the cameras, and seal to the newest key."""
        for camera, machine in self._queue.claim(self._cameras, self._outbox.holder).items():
            self._cameras.remove(camera)
            self._note(f"{camera} is watched by {_named(machine)} now, and no more here")
            self._lost(camera)
        key = self._queue.key()
        if key is not None and key != self._key:
            with self._lock:
                self._key = key
            self.add_all([WriteBatch()])  # that the store hears of it, and destroys the last one
        self._renewed = monotonic()


def _named(machine: str) -> str:
    return f"machine {machine}" if machine else "the store's machine"
