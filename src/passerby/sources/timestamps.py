"""Presentation times that strictly increase, as every container asks for them."""

__all__ = ["Timestamps"]


class Timestamps:
    """Passes a stream's times on unchanged, and mends those that are missing or do not increase.

    Frames whose clock stands still or runs back come at their usual distance. Once it runs again,
    they come twice as fast, until they are where it is.

    Args:
        step: The usual distance of two frames in units of the time base, at least 1.

    Attributes:
        mended: How many times had to be made up.

    Example:
        >>> times = Timestamps(step=40)
        >>> [times.next(pts) for pts in (0, 40, None, 120, 120, 160, 200)], times.mended
        ([0, 40, 80, 120, 160, 180, 200], 3)
    """

    def __init__(self, step: int) -> None:
        self.mended = 0
        self._step = max(step, 1)
        self._last: int | None = None
        self._given: int | None = None

    def next(self, pts: int | None) -> int:
        """Return ``pts`` if it is later than the one before, else a time that is."""
        time = self._time(pts)
        self.mended += time != pts
        self._last = time
        self._given = self._given if pts is None else pts
        return time

    def _time(self, pts: int | None) -> int:
        if self._last is None:
            return pts or 0
        if pts is not None and pts > self._last:
            return pts
        runs = pts is not None and self._given is not None and pts > self._given
        return self._last + (max(self._step // 2, 1) if runs else self._step)
