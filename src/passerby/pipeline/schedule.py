"""In which frames of a video the detectors look; the timeline fills in those between."""

from passerby.media import Medium
from passerby.types import Frame

__all__ = ["LONGEST_INTERVAL", "LOOK_FRAMES", "SHORTEST_INTERVAL", "Schedule"]

LOOK_FRAMES = 3
SHORTEST_INTERVAL = 0.1
LONGEST_INTERVAL = 0.3
"""Unless the user says otherwise, people are looked for in every third frame, but at most ten
times a second, and after 0.3 s at the latest, in which they walk half a metre."""


class Schedule:
    """When to look: in every k-th frame, or as the constants above say.

    Args:
        every: k, or None for the constants.
        medium: Of the frames.
    """

    def __init__(self, every: int | None, medium: Medium) -> None:
        self._every = every
        self._rate = float(medium.rate) if medium.rate else 25.0
        self._most_frames = max(1, int(LONGEST_INTERVAL * self._rate))
        self._time = 0.0
        self._last_look: tuple[int, float] | None = None

    def next(self, frame: Frame) -> tuple[float, bool]:
        """The frame's time in seconds, which always grows, and whether it is due for a look."""
        time = frame.index / self._rate if frame.time is None else frame.time
        self._time = time if frame.index == 0 else max(time, self._time + 1e-6)
        return self._time, self._due(frame.index)

    def _due(self, index: int) -> bool:
        if self._last_look is None:
            return True
        frames, seconds = index - self._last_look[0], self._time - self._last_look[1] + 1e-3
        if self._every is not None:
            return frames >= self._every
        often = frames >= LOOK_FRAMES and seconds >= SHORTEST_INTERVAL
        # Frames count too: a source's times may stand still.
        return often or seconds >= LONGEST_INTERVAL or frames >= self._most_frames

    def looked(self, frame: Frame) -> None:
        """Note a look that worked; one that failed is repeated at the next frame."""
        self._last_look = frame.index, self._time
