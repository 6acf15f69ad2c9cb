"""When a picture is due, for streams that come or go in bursts."""

import time
from collections.abc import Callable

__all__ = ["Pacer"]

LARGEST_STEP = 30.0
"""Seconds; a timestamp further ahead is a new timeline, not a picture to wait for."""


class Pacer:
    """Tells how long a picture has to wait, so that pictures follow each other in real time.

    Pictures that come late are due at once and move the timeline with them: the delay grows
    to the largest lateness seen, and no picture is hurried to catch up.

    Args:
        clock: Gives the time in seconds, from any zero.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._zero: float | None = None

    def delay(self, picture_time: float) -> float:
        """Seconds until a picture is due; ``picture_time`` is its timestamp in seconds."""
        now = self._clock()
        if self._zero is None:
            self._zero = now - picture_time
        ahead = self._zero + picture_time - now
        if 0 <= ahead <= LARGEST_STEP:
            return ahead
        self._zero = now - picture_time
        return 0.0
