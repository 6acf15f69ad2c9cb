"""Where people in a corridor come from, where they go, and where they stop on the way."""

import itertools
from dataclasses import dataclass

import numpy as np

__all__ = ["Itinerary", "Stop"]

_SHARES = {"through": 0.45, "part": 0.2, "alone": 0.2, "back": 0.15}
"""How common it is to walk through, to leave by a door on the way, to pass one camera alone, and to
turn back."""

_STANDS = 0.12
"""Share of people who stand for a while where a camera sees them."""

LONGEST_STOP = 6.0
"""Seconds."""


@dataclass(frozen=True)
class Stop:
    """A place on somebody's way.

    Attributes:
        along: Metres along the corridor.
        seconds: How long they stay.
    """

    along: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Itinerary:
    """Somebody's way.

    Attributes:
        begins: When they come in, in seconds.
        lane: Metres to the side of the corridor's middle.
        stops: Where they come in, stop and leave; two or more.
    """

    begins: float
    lane: float
    stops: tuple[Stop, ...]

    @classmethod
    def random(
        cls,
        rng: np.random.Generator,
        doors: tuple[float, ...],
        middles: tuple[float, ...],
        between: tuple[float, float],
        width: float,
    ) -> "Itinerary":
        """Draw a way.

        Args:
            rng: Source of randomness.
            doors: Metres along the corridor, one before, between and behind all cameras.
            middles: Of what each camera sees; one fewer than doors.
            between: Earliest and latest second to come in.
            width: Metres from the middle that people walk at most.
        """
        numbers = _doors(rng, len(doors))
        stops = [Stop(doors[numbers[0]])]
        for here, there in itertools.pairwise(numbers):
            if rng.random() < _STANDS:
                passed = range(min(here, there), max(here, there))
                place = middles[int(rng.choice(passed))] + float(rng.uniform(-2, 2))
                stops.append(Stop(place, float(rng.uniform(2, 5))))
            waits = rng.random() < 0.5 and there != numbers[-1]
            stops.append(Stop(doors[there], float(rng.uniform(1, LONGEST_STOP)) if waits else 0.0))
        return cls(float(rng.uniform(*between)), float(rng.uniform(-width, width)), tuple(stops))


def _doors(rng: np.random.Generator, count: int) -> list[int]:
    """Numbers of the doors that somebody comes to, in order."""
    kind, last = str(rng.choice(list(_SHARES), p=list(_SHARES.values()))), count - 1
    if kind == "through" or count < 3:
        numbers = list(range(count))
    elif kind == "alone":
        first = int(rng.integers(last))
        numbers = [first, first + 1]
    elif kind == "part":
        first, end = sorted(rng.choice(count, 2, replace=False).tolist())
        numbers = list(range(first, end + 1))
    else:
        turn = int(rng.integers(1, last + 1))
        numbers = [*range(turn + 1), *range(turn - 1, -1, -1)]
    mirrored = rng.random() < 0.5
    return [last - number for number in numbers] if mirrored else numbers
