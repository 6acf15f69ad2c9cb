"""Hands batches to the writer, and keeps each until the writer has committed it."""

from collections import OrderedDict
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from time import monotonic, sleep

from passerby.errors import StoreUnavailable
from passerby.runtime.counting import counted
from passerby.store.write_batch import WriteBatch

__all__ = ["Outbox"]

MOST_WAITING = 32
"""Batches that may wait for the writer; then whoever has more waits too, and a live stream drops
pictures."""

_PAUSE = 0.2
"""Seconds between two attempts to reach the writer."""


class Outbox:
    """The way from a camera to the writer, which may go away and come back.

    Args:
        address: Of the writer's socket.
        secret: That both know.
        waiting: Called now and then while it waits for the writer.
    """

    def __init__(
        self, address: str, secret: bytes, waiting: Callable[[], None] = lambda: None
    ) -> None:
        self._address, self._secret, self._waiting = address, secret, waiting
        self._kept: OrderedDict[int, WriteBatch] = OrderedDict()
        self._connection: Connection | None = None

    @property
    def waiting_numbers(self) -> frozenset[int]:
        """Numbers of the batches that the writer has not acknowledged."""
        return frozenset(self._kept)

    def put(self, batch: WriteBatch) -> None:
        """Hand on a batch; waits only while too many are not committed."""
        self._kept[batch.number] = batch
        self._send(batch)
        self._hear(0)
        while len(self._kept) > MOST_WAITING:
            self._hear(_PAUSE)

    def drain(self, seconds: float) -> None:
        """Wait until all batches are committed.

        Raises:
            StoreUnavailable: If some are not after so many seconds.
        """
        until = monotonic() + seconds
        while self._kept and monotonic() < until:
            self._hear(_PAUSE)
        if self._kept:
            left = counted(len(self._kept), "batch", "are lost with this process")
            raise StoreUnavailable(f"the writer took no more for {seconds:g} s: {left}")

    def close(self) -> None:
        """Hang up; calling it twice does no harm."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, batch: WriteBatch) -> None:
        if self._connection is None:
            self._connect()
            return  # which has sent all that is kept
        try:
            self._connection.send(batch)
        except OSError:
            self.close()

    def _connect(self) -> None:
        try:
            self._connection = Client(self._address, authkey=self._secret)
            for one in self._kept.values():
                self._connection.send(one)
        except (OSError, EOFError, AuthenticationError):
            self.close()

    def _hear(self, seconds: float) -> None:
        """Take acknowledgements: those that are there, or the first within so many seconds."""
        self._waiting()
        if self._connection is None:
            self._connect()
        if self._connection is None:
            sleep(seconds)
            return
        try:
            while self._kept and self._connection.poll(seconds):
                self._kept.pop(self._connection.recv(), None)
                seconds = 0
        except (OSError, EOFError):
            self.close()
