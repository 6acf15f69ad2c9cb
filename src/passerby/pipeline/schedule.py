"""In which frames of a film the detectors look; the timeline fills in those between."""

from typing import NamedTuple

from passerby.media import Medium
from passerby.types import Frame

__all__ = ["LONGEST_INTERVAL", "LOOK_FRAMES", "FrameTask", "LookSchedule"]

LOOK_FRAMES = 3
LONGEST_INTERVAL = 0.3
"""Unless the user says otherwise, people are looked for in every third frame, whatever its clock
says, and after 0.3 s at the latest, in which they walk half a metre. In animations they are looked
for in all frames: many are shows of slides, and none is long."""

_DEFAULT_RATE = 25.0
_TOLERANCE = 1e-3


class FrameTask(NamedTuple):
    """What is to be done when a frame comes.

    Attributes:
        time: In seconds; it always grows.
        due: Whether to look at it.
        late: Whether it comes so late that the frame before it must be looked at as well.
    """

    time: float
    due: bool
    late: bool


class LookSchedule:
    """When to look: in every k-th frame, or as the constants above say.

    Args:
        every: k, or None for the constants.
        medium: Of the frames.
    """

    def __init__(self, every: int | None, medium: Medium) -> None:
        self._every = every or (1 if medium.kind in ("animation", "image") else None)
        self._step = 1 / (float(medium.rate) if medium.rate else _DEFAULT_RATE)
        self._count = 0
        self._time: float | None = None
        self._last_look: tuple[int, float] | None = None

    def next(self, frame: Frame) -> FrameTask:
        """Take the next frame; a clock that stands still or runs back goes on by the rate."""
        time = self._count * self._step if frame.time is None else frame.time
        if self._time is not None and time <= self._time:
            time = self._time + self._step
        self._count, self._time = self._count + 1, time
        if self._last_look is None:
            return FrameTask(time, due=True, late=False)
        frames, seconds = self._count - self._last_look[0], time - self._last_look[1]
        if self._every is not None:
            return FrameTask(time, frames >= self._every, late=False)
        # The frame after this one would come too late.
        soon = seconds + self._step > LONGEST_INTERVAL + _TOLERANCE
        late = seconds > LONGEST_INTERVAL + _TOLERANCE
        return FrameTask(time, frames >= LOOK_FRAMES or soon, late)

    def looked(self) -> None:
        """Note a look at this frame that worked; one that failed is repeated at the next."""
        if self._time is not None:
            self._last_look = self._count, self._time
