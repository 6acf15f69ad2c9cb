"""How many requests a console answered, and how long they took."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["RequestMetrics"]


class RequestMetrics:
    """Counts requests and their times; a console has one.

    Attributes:
        registry: Where Prometheus reads them.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "passerby_console_request_seconds",
            "Seconds from a request to its answer.",
            registry=self.registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 30),
        )
        self._answers = Counter(
            "passerby_console_answers", "Answers.", ["status"], registry=self.registry
        )
        self._gauges = {
            name: Gauge(f"passerby_{name}", text, registry=self.registry)
            for name, text in _GAUGES.items()
        }

    def watched(self, app: ASGIApp) -> ASGIApp:
        """Return an application that does the same, and is counted."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began = time.perf_counter()

            async def counted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._answers.labels(str(message["status"])).inc()
                await send(message)

            await app(scope, receive, counted)
            self._seconds.observe(time.perf_counter() - began)

        return answer

    def set(self, name: str, value: float) -> None:
        """Say what a figure is now."""
        self._gauges[name].set(value)


_GAUGES = {
    "tracks": "Tracks in the store.",
    "snippets": "Covered pictures in the store.",
    "signatures": "Signatures in the store.",
    "sweep_age_seconds": "Seconds since the last sweep finished; -1 if none did.",
    "overdue_tracks": "Tracks that should have been erased.",
    "held_tracks": "Tracks that are held.",
    "pending_erasures": "Tracks whose bytes are not gone yet.",
    "console_resident_bytes": "Memory of the console, at most so far.",
    "console_open_files": "Files and sockets that the console has open.",
}
