"""When each frame is shown, in the units that the container takes."""

from fractions import Fraction
from math import ceil

from passerby.errors import OutputError
from passerby.media import Medium
from passerby.types import AnonymizedFrame

__all__ = ["Timing"]

_DEFAULT_RATE = Fraction(25)


class Timing:
    """Turns the frames' times into the output's.

    Args:
        medium: What is being read.
        clocked: Whether the container holds a constant frame rate and nothing else.

    Attributes:
        rate: Frames a second, of the source or assumed.
        time_base: Unit of the output's times in seconds.

    Example:
        >>> medium = Medium("a.mkv", "video", 2, 2, rate=Fraction(25), time_base=Fraction(1, 1000))
        >>> Timing(medium, clocked=False).time_base, Timing(medium, clocked=True).time_base
        (Fraction(1, 1000), Fraction(1, 25))
    """

    def __init__(self, medium: Medium, *, clocked: bool) -> None:
        self._name = medium.name
        self._length = medium.duration
        stretch = medium.stretch
        self._zero = Fraction(0) if stretch is None else stretch.begin
        self._first_index = 0 if stretch is None else stretch.first
        self.rate = medium.rate or _DEFAULT_RATE
        timed = medium.time_base is not None and not clocked
        self.time_base = medium.time_base if timed and medium.time_base else 1 / self.rate
        self._step = max(round(1 / (self.rate * self.time_base)), 1)
        self._delay = 0
        self._offset: Fraction | None = None
        self._first: int | None = None
        self._last: int | None = None

    def delay(self, seconds: Fraction) -> Fraction:
        """Show all frames later, by that or up to one unit more; return by how much."""
        self._delay = ceil(seconds / self.time_base)
        return self._delay * self.time_base

    def time_of(self, frame: AnonymizedFrame) -> int:
        """When ``frame`` is shown, in units of `time_base`.

        Raises:
            OutputError: If that is not after the frame before.
        """
        if frame.pts is None or frame.time_base is None:
            time = (frame.index - self._first_index) * self._step
        else:
            time = self._rounded((frame.pts * frame.time_base - self._zero) / self.time_base)
        if self._last is not None and time <= self._last:
            raise OutputError(
                f"{self._name} has a variable frame rate, which this container cannot hold: "
                "write .mp4 or .mkv"
            )
        self._first = time if self._first is None else self._first
        self._last = time
        return time + self._delay

    def _rounded(self, time: Fraction) -> int:
        """Round to whole units, all frames to the same side where they come at a constant rate."""
        if self._offset is None:
            self._offset = round(time) - time
        return round(time + self._offset)

    def last_duration(self) -> int:
        """How long the last frame is shown: to the source's end, or as long as usual."""
        if self._length is None or self._first is None or self._last is None:
            return self._step
        rest = self._first + round(self._length / self.time_base) - self._last
        return rest if 0 < rest <= 100 * self._step else self._step
