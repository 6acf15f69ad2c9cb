"""The one process that adds to a site's store: it acknowledges a batch when it is on the disk."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from queue import Empty, Queue
from threading import Thread
from time import sleep
from typing import NamedTuple

from passerby.errors import OutputError, StoreError, StoreUnavailable
from passerby.site.forwarder import BatchSink
from passerby.store.write_batch import WriteBatch

__all__ = ["Writer"]

_AT_ONCE = 64
"""Batches that are committed together at most."""
_PAUSE = 0.5
"""Seconds until a store that could not be written is tried again."""


class _Received(NamedTuple):
    batch: WriteBatch
    sender: Connection


class Writer:
    """Takes batches from cameras and commits them, one after the other.

    Args:
        store: Opened for a run, or what hands batches over to one.
        address: Of the socket to listen at.
        secret: That the cameras know.
        note: Told what an operator should know.
    """

    def __init__(
        self, store: BatchSink, address: str, secret: bytes, note: Callable[[str], None]
    ) -> None:
        self._store, self._note = store, note
        self._received: Queue[_Received] = Queue()  # few: see `Outbox`
        self._listener = Listener(address, "AF_UNIX", authkey=secret)
        Thread(target=self._accept, name="accept", daemon=True).start()

    def step(self, seconds: float) -> int:
        """Commit the batches that are there, or come within so many seconds; returns how many.

        They are committed together: a commit costs as much as a hundred rows.
        """
        received: list[_Received] = []
        try:
            received.append(self._received.get(timeout=seconds))
            while len(received) < _AT_ONCE:
                received.append(self._received.get_nowait())
        except Empty:
            if not received:
                return 0
        self._commit([one.batch for one in received])
        for one in received:
            with suppress(OSError):  # the camera is gone, and will not ask again
                one.sender.send(one.batch.number)
        return len(received)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _commit(self, batches: Sequence[WriteBatch]) -> None:
        """Add batches, however long the store is away; one that is wrong is told and dropped."""
        told = ""
        while True:
            try:
                self._store.add_all(batches)
            except (StoreUnavailable, OutputError) as error:
                if str(error) != told:
                    told = str(error)
                    self._note(f"{told}; nothing is lost, and it is tried again")
                sleep(_PAUSE)
            except StoreError as error:
                if len(batches) == 1:
                    self._note(f"what a camera saw was not stored: {error}")
                    return
                for one in batches:  # the others are right
                    self._commit([one])
                return
            else:
                if told:
                    self._note("the store can be written again")
                return

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue
            except OSError:  # it was closed
                return
            Thread(target=self._read, args=(connection,), name="read", daemon=True).start()

    def _read(self, connection: Connection) -> None:
        with suppress(OSError, EOFError):
            while True:
                batch = connection.recv()
                if isinstance(batch, WriteBatch):
                    self._received.put(_Received(batch, connection))
