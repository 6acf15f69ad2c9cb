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

MOST_WAITING = 180
"""Batches that may wait for the writer, of three minutes; then whoever has more waits too, and a
live stream drops pictures."""

_MOST_SENT = 8
"""Batches that are on their way at once: as many as the writer surely takes, even while it cannot
write, so that sending never waits."""

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
        self._sent: set[int] = set()
        self._connection: Connection | None = None

    @property
    def waiting_numbers(self) -> frozenset[int]:
        """Numbers of the batches that the writer has not acknowledged."""
        return frozenset(self._kept)

    def put(self, batch: WriteBatch) -> None:
        """Hand on a batch; waits only while too many are not committed."""
        self._kept[batch.number] = batch
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
        self._sent.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, connection: Connection) -> None:
        """Send what waits, as far as enough of what was sent before is committed."""
        for number in list(self._kept)[:_MOST_SENT]:
            if number not in self._sent:
                connection.send(self._kept[number])
                self._sent.add(number)

    def _hear(self, seconds: float) -> None:
        """Send what waits, and take acknowledgements: those there, or the first within seconds."""
        self._waiting()
        try:
            if self._connection is None:
                self._connection = Client(self._address, authkey=self._secret)
            self._send(self._connection)
            while self._kept and self._connection.poll(seconds):
                number = self._connection.recv()
                self._kept.pop(number, None)
                self._sent.discard(number)
                self._send(self._connection)
                seconds = 0
        except (OSError, EOFError, AuthenticationError):
            nobody = self._connection is None
            self.close()
            if nobody:
                sleep(seconds)
