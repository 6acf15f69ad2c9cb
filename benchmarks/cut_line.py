"""A line to a server that can be cut, on loopback, for tests and benchmarks."""

import socket
from contextlib import suppress
from threading import Event, Thread
from urllib.parse import urlsplit

__all__ = ["CutLine"]


class CutLine:
    """Carries bytes to a server and back, until it is cut.

    Args:
        address: Of the server, with a port.

    Attributes:
        address: The same, by way of this line.
    """

    def __init__(self, address: str) -> None:
        there = urlsplit(address)
        self._there = there.hostname, there.port
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.address = address.replace(f":{there.port}/", f":{port}/")
        self._open: list[socket.socket] = []
        self._cut = Event()
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Hang up, and let nobody through."""
        self._cut.set()
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self._cut.clear()

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._cut.is_set():
                    near.close()
                    continue
                try:
                    far = socket.create_connection(self._there)
                except OSError:  # the server is down
                    near.close()
                    continue
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while (content := one.recv(65536)) and not self._cut.is_set():
                other.sendall(content)
        for end in (one, other):  # which also wakes who reads from it
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        one.close()
