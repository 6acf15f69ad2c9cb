"""A tracklet while it grows, and the point at which it switches to another person."""

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
import numpy.typing as npt

from passerby.tracking.appearance import CLOTHING, PersonFeatures
from passerby.tracking.tracklet import Tracklet

__all__ = ["Growing", "Look"]

_LOOKS_AT_SOMEBODY_ELSE = 3
"""Number of looks in a row at somebody different that are no longer taken for a mistake."""

_LONGEST_DOUBT = 5.0
"""Seconds after which a look at somebody different is waited for no longer: they are hidden."""

_WHOLE_AT_BEGIN, _WHOLE_AT_END = 1.0, 10.0
"""Seconds at each end of which no look is forgotten: by them it is told what goes on as what."""

_MEMORY = 0.9
"""What is left of the features seen before, with each new look: light changes where people walk."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen of a track in one frame.

    Attributes:
        frame: Its number, from 0.
        time: In seconds.
        box: Shape (4,).
        score: 0-1.
    """

    frame: int
    time: float
    box: npt.NDArray[np.float32]
    score: float


@dataclass(slots=True)
class Growing:
    """Looks at one person, in order of time; features are summed up at once.

    Attributes:
        looks: In order of time.
        number: By which it is known outside.
        changed: How alike the features of a look and of those before must be to be of one person.
    """

    looks: list[Look] = field(default_factory=list)
    number: int = 0
    changed: float = CLOTHING.changed
    _sum: PersonFeatures | None = None
    _lately: PersonFeatures | None = None
    _strange: list[tuple[int, PersonFeatures]] = field(default_factory=list)

    def add(self, look: Look, features: PersonFeatures | None) -> "Growing | None":
        """Take the next look.

        Args:
            look: At the same track.
            features: How the person looks, shape (d,) and of length 1; None where somebody hides
                them or no picture is there.

        Returns:
            A new tracklet if the track shows another person by now; this one has ended before.
        """
        self.looks.append(look)
        if features is None:
            return None
        if self._lately is None or features @ self._lately >= self.changed:
            self._strange.clear()
            self._remember(features)
            return None
        self._strange.append((len(self.looks) - 1, features))
        return self._cut() if len(self._strange) == _LOOKS_AT_SOMEBODY_ELSE else None

    @property
    def certain(self) -> int:
        """How many of the looks, from the first on, will not turn out to be at somebody else."""
        return self._strange[0][0] if self._strange else len(self.looks)

    @property
    def settled(self) -> int:
        """How many of the looks are not waited with any longer: the certain ones, and old ones."""
        old = self.looks[-1].time - _LONGEST_DOUBT
        return bisect_left(self.looks, old, lo=self.certain, key=lambda look: look.time)

    def _remember(self, features: PersonFeatures) -> None:
        self._sum = features if self._sum is None else self._sum + features
        before = features if self._lately is None else self._lately
        mixed = _MEMORY * before + (1 - _MEMORY) * features
        self._lately = (mixed / max(float(np.linalg.norm(mixed)), 1e-9)).astype(np.float32)

    def _cut(self) -> "Growing":
        """End before the first look at somebody different, and begin a new tracklet with it."""
        first = self._strange[0][0]
        other = Growing(self.looks[first:], changed=self.changed)
        del self.looks[first:]
        for _, features in self._strange:
            other._remember(features)
        self._strange.clear()
        return other

    def thin(self) -> None:
        """Forget a quarter of the looks at most: those that their neighbours tell best.

        Of every other look in between, the half goes that is nearest to a straight line from the
        look before to the one after it: somebody who sits needs few of them.
        """
        times = np.array([look.time for look in self.looks])
        first = int(np.searchsorted(times, times[0] + _WHOLE_AT_BEGIN, "right"))
        last = int(np.searchsorted(times, times[-1] - _WHOLE_AT_END))
        strange = [place for place, _ in self._strange]
        inner = np.setdiff1d(np.arange(first, min(last, len(times) - 1), 2), strange)
        boxes = np.stack([look.box for look in self.looks])
        share = (times[inner] - times[inner - 1]) / (times[inner + 1] - times[inner - 1])
        line = boxes[inner - 1] + share[:, None] * (boxes[inner + 1] - boxes[inner - 1])
        off = np.abs(boxes[inner] - line).max(axis=1, initial=0)
        kept = np.ones(len(times), np.bool_)
        kept[inner[np.argsort(off, kind="stable")[: (len(inner) + 1) // 2]]] = False
        self.looks = list(compress(self.looks, kept))
        places = np.cumsum(kept) - 1
        self._strange = [(int(places[place]), features) for place, features in self._strange]

    def tracklet(self) -> Tracklet:
        """The finished tracklet."""
        return Tracklet(
            np.array([look.frame for look in self.looks], np.int64),
            np.array([look.time for look in self.looks]),
            np.stack([look.box for look in self.looks]),
            np.array([look.score for look in self.looks], np.float32),
            self._sum,
        )
