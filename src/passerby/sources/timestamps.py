"""Presentation times that strictly increase, as every container asks for them."""

__all__ = ["Timestamps"]


class Timestamps:
    """Passes a stream's times on unchanged, and mends those that are missing or run backwards.

    Args:
        step: The usual distance of two frames in units of the time base, at least 1.

    Attributes:
        mended: How many times had to be made up.

    Example:
        >>> times = Timestamps(step=40)
        >>> [times.next(pts) for pts in (0, 40, None, 120, 120)], times.mended
        ([0, 40, 80, 120, 121], 2)
    """

    def __init__(self, step: int) -> None:
        self.mended = 0
        self._step = max(step, 1)
        self._last: int | None = None

    def next(self, pts: int | None) -> int:
        """Return ``pts`` if it is later than the one before, else the nearest time that is."""
        if pts is None:
            time = 0 if self._last is None else self._last + self._step
        elif self._last is None:
            time = pts
        else:
            time = max(pts, self._last + 1)
        self.mended += time != pts
        self._last = time
        return time
