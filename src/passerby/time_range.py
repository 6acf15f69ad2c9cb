"""A part of a video, as people write it: 0:10-1:05."""

import math
import re
from dataclasses import dataclass
from typing import Self

from passerby.errors import ConfigError

__all__ = ["TimeRange", "parse_seconds"]

_TIME = re.compile(r"(?:(?:([0-9]+):)?([0-9]+):)?([0-9]+(?:\.[0-9]*)?)")


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A part of a video, in seconds; both ends belong to it.

    Attributes:
        start: At least 0.
        end: Greater than ``start``; None up to the end of the video.

    Raises:
        ConfigError: If the range is empty or not a number.
    """

    start: float
    end: float | None = None

    def __post_init__(self) -> None:
        end = math.inf if self.end is None else self.end
        if not 0 <= self.start < end:
            raise ConfigError(
                "a time range must start at 0 or later and end after its start, "
                f"not {self.start:g} to {end:g} seconds"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``0:10-1:05``, ``12.5-`` (to the end) or ``-30`` (from the start).

        Raises:
            ConfigError: If the text is none of these.

        Example:
            >>> TimeRange.parse("0:10-1:05")
            TimeRange(start=10.0, end=65.0)
        """
        start, dash, end = text.strip().partition("-")
        if not dash or not (start or end):
            raise ConfigError(f"cannot read the time range {text!r}: write 0:10-1:05, 12.5- or -30")
        return cls(
            parse_seconds(start) if start else 0.0,
            parse_seconds(end) if end else None,
        )

    def __contains__(self, time: float) -> bool:
        return self.start <= time and (self.end is None or time <= self.end)


def parse_seconds(text: str) -> float:
    """Read a time as people write it.

    Raises:
        ConfigError: If it is none.

    Example:
        >>> parse_seconds("12.5"), parse_seconds("1:02"), parse_seconds("0:01:02.5")
        (12.5, 62.0, 62.5)
    """
    parts = _TIME.fullmatch(text.strip())
    if not parts:
        raise ConfigError(f"cannot read the time {text!r}: write 12.5, 1:05 or 1:02:03")
    hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    if (parts[2] and seconds >= 60) or (parts[1] and minutes >= 60):
        raise ConfigError(f"the time {text!r} does not exist: after a colon, 59 is the largest")
    return 3600 * hours + 60 * minutes + seconds
