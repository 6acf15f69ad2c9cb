"""A small hand-over place between the thread that reads a camera and the one that uses it."""

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

from passerby.errors import ConfigError

__all__ = ["LiveBuffer"]

_Item = TypeVar("_Item")


class LiveBuffer(Generic[_Item]):
    """Keeps the newest items; when it is full, the oldest one waiting is dropped and counted.

    Args:
        capacity: How many items may wait.

    Raises:
        ConfigError: If the capacity is not positive.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ConfigError(f"a live buffer must hold at least 1 frame, not {capacity}")
        self._items: deque[_Item] = deque(maxlen=capacity)
        self._changed = Condition()
        self._ended = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were dropped because nobody took them in time."""
        return self._dropped

    def put(self, item: _Item) -> None:
        """Add the newest item; never waits. After `end` it is ignored."""
        with self._changed:
            if self._ended:
                return
            self._dropped += len(self._items) == self._items.maxlen
            self._items.append(item)
            self._changed.notify_all()

    def end(self, *, discard: bool = False) -> None:
        """Say that nothing more comes; with ``discard``, what still waits is thrown away."""
        with self._changed:
            self._ended = True
            if discard:
                self._items.clear()
            self._changed.notify_all()

    def peek(self) -> _Item | None:
        """Wait for the oldest item and leave it in place; None once all have been taken."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._ended)
            return self._items[0] if self._items else None

    def take(self) -> _Item | None:
        """Wait for the oldest item and remove it; None once all have been taken."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._ended)
            return self._items.popleft() if self._items else None
