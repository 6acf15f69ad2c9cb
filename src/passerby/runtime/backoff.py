"""How long to wait before trying a lost connection again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from passerby.errors import ConfigError

__all__ = ["Backoff"]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times that double with every failure, up to a limit.

    A random share is taken off each, so that many readers of one camera that came back
    do not all knock at the same moment.

    Attributes:
        first: Seconds after the first failure.
        longest: Seconds that no wait exceeds.
        jitter: Largest share of a wait that chance may take off, 0-1.
        chance: Gives a random number, 0-1, for each wait.

    Raises:
        ConfigError: If a wait is not positive or the share is outside 0-1.

    Example:
        >>> steady = Backoff(first=1, longest=5, jitter=0)
        >>> [steady.delay(failures) for failures in (1, 2, 3, 4)]
        [1.0, 2.0, 4.0, 5.0]
    """

    first: float = 0.5
    longest: float = 30.0
    jitter: float = 0.5
    chance: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.longest:
            raise ConfigError(
                f"back-off waits must be positive and rise, not {self.first} to {self.longest} s"
            )
        if not 0 <= self.jitter <= 1:
            raise ConfigError(f"back-off jitter must be within 0-1, not {self.jitter}")

    def delay(self, failures: int) -> float:
        """Seconds to wait after this many failures in a row, from 1."""
        doublings = min(failures - 1, 64)  # a float overflows after a thousand
        wait = min(self.longest, self.first * 2.0**doublings)
        return wait * (1 - self.jitter * self.chance())
