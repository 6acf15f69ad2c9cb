"""What is believed of all bodies in view: where each of their parts is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.detections import Kind
from passerby.tracking import kalman
from passerby.tracking.kalman import BoxStates

__all__ = ["PACE", "PARTS", "Bodies"]

PARTS = len(Kind)
"""Every kind has a column of its own, though motion is never tracked."""

_PACE_OF_SMALL = 5.0
PACE = np.array([1.0 if kind is Kind.PERSON else _PACE_OF_SMALL for kind in Kind])
"""How many times faster than a person each kind moves, in its own heights: what is small moves as
far as its carrier. Shape (parts,)."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """n bodies, each with a column for every `Kind`: a person, their head, their face; an object.

    Attributes:
        numbers: Shape (n,), of their tracks, ascending.
        states: Of their parts, shape (n, parts, 4); without meaning where a part is not known.
        known: Shape (n, parts), which parts were ever seen.
        lived: Shape (n, parts), seconds since each was first seen.
        unseen: Shape (n, parts), seconds since each was last seen ...
        untold: Shape (n, parts), ... or told by another part.
        scores: Shape (n, parts), of the latest sighting of each.
        offsets: Shape (n, 2), see `anatomy.head_offsets`; NaN where person and head were never
            seen together.
        looks: Shape (n,), number of looks since each was first seen.
        odds: Shape (n,), the evidence of the latest looks that it is a body at all, see
            `Tracker`.
        best_odds: Shape (n,), the most that it ever was.
    """

    numbers: npt.NDArray[np.int64]
    states: BoxStates
    known: npt.NDArray[np.bool_]
    lived: npt.NDArray[np.float64]
    unseen: npt.NDArray[np.float64]
    untold: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.float64]
    looks: npt.NDArray[np.int64]
    odds: npt.NDArray[np.float64]
    best_odds: npt.NDArray[np.float64]

    @classmethod
    def new(cls, numbers: npt.ArrayLike = ()) -> "Bodies":
        """Bodies of which no part is known yet."""
        given = np.asarray(numbers, np.int64)
        count = len(given)
        return cls(
            numbers=given,
            states=kalman.start(np.zeros((count, PARTS, 4), np.float32), pace=PACE),
            known=np.zeros((count, PARTS), np.bool_),
            lived=np.zeros((count, PARTS)),
            unseen=np.full((count, PARTS), np.inf),
            untold=np.full((count, PARTS), np.inf),
            scores=np.zeros((count, PARTS)),
            offsets=np.full((count, 2), np.nan),
            looks=np.zeros(count, np.int64),
            odds=np.zeros(count),
            best_odds=np.zeros(count),
        )

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Bodies":
        """A copy of the chosen bodies."""
        return Bodies(*(column[chosen] for column in self.columns))

    def and_also(self, others: "Bodies") -> "Bodies":
        """Both, in order."""
        joined: Iterator[Any] = (
            kalman.joined(*pair) if isinstance(pair[0], BoxStates) else np.concatenate(pair)
            for pair in zip(self.columns, others.columns, strict=True)
        )
        return Bodies(*joined)

    @property
    def columns(self) -> tuple[Any, ...]:
        """All attributes, in order."""
        return (
            self.numbers,
            self.states,
            self.known,
            self.lived,
            self.unseen,
            self.untold,
            self.scores,
            self.offsets,
            self.looks,
            self.odds,
            self.best_odds,
        )

    def later(self, seconds: float) -> "Bodies":
        """What is believed of them some time later."""
        return replace(
            self,
            states=kalman.predict(self.states, seconds, PACE),
            lived=self.lived + seconds,
            unseen=self.unseen + seconds,
            untold=self.untold + seconds,
            looks=self.looks + 1,
        )
