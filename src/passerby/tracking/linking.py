"""Joins tracklets of the same person, by where they went and by how they look.

Whether one tracklet goes on as another is a matter of odds: how much more likely is what was seen
if they are one person than if they are two? The best pair is joined first, and what is known of
both together decides about the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from passerby.tracking.appearance import CLOTHING, Appearance
from passerby.tracking.tracklet import End, Tracklet

__all__ = ["JOINING", "LONGEST_GAP", "Joining", "linked_parts"]

LONGEST_GAP = 8.0
"""Longest gap in seconds over which tracklets are joined."""

_COASTING = 1.0
"""Seconds for which people keep their velocity; after that anything is possible."""

_SPREAD, _SPREAD_GROWTH = 0.15, 0.3
"""How far the paths from both ends miss each other in the middle of a gap, in heights: at once,
and for each second in addition."""

_CROWD = 0.15
"""Other people who might have begun there, for each square of a height by a height."""

_HEIGHTS_OF_ONE, _HEIGHTS_OF_ALL = 0.2, 0.45
"""Spread of the ratio of two heights, as a logarithm: of the same person, and of any two."""

_EDGE = 4.0
"""Pixels from an edge of the picture at which a box touches it."""

_MOST_FOR, _MOST_AGAINST = 2.5, -3.0
"""Log odds that appearance adds at most."""

_Numbers = npt.NDArray[np.intp]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Joining:
    """Which tracklets may be joined.

    Attributes:
        appearance: By what two are told apart.
        picture: Width and height of the pictures: whoever leaves them sideways or downwards is not
            joined with whoever comes next. None if they may be.
    """

    appearance: Appearance = CLOTHING
    picture: tuple[int, int] | None = None

    def leaves(self, tracklet: Tracklet) -> bool:
        """Whether somebody was last seen at an edge of the picture, and is not to be joined."""
        if self.picture is None:
            return False
        width, height = self.picture
        left, _, right, bottom = tracklet.boxes[-1].tolist()
        return bool(left <= _EDGE or right >= width - _EDGE or bottom >= height - _EDGE)


JOINING = Joining()
"""By default, whoever comes back where somebody left may be joined too."""


def linked_parts(
    tracklets: Sequence[Tracklet], joining: Joining = JOINING
) -> list[tuple[Tracklet, tuple[int, ...]]]:
    """Join those that are more likely one person than two, the likeliest first.

    Returns:
        The joined ones, each with the numbers of the tracklets that it is made of.
    """
    table = _Table(tracklets, joining)
    links = [link for number in range(len(tracklets)) for link in table.links_from(number)]
    heapify(links)
    while links:
        _, first, second = heappop(links)
        if table.alive[first] and table.alive[second]:
            joined = table.join(first, second)
            for link in (*table.links_from(joined), *table.links_to(joined)):
                heappush(links, link)
    alive = np.flatnonzero(table.alive)
    return [(table.tracklets[number], table.parts[number]) for number in alive]


class _Table:
    """Tracklets, and those that were joined from them, as columns; dead once they are joined.

    Attributes:
        tracklets: All of them.
        parts: The numbers of the given ones that each is made of, in order of time.
        alive: Shape (2 * n,), which are not part of another.
    """

    def __init__(self, tracklets: Sequence[Tracklet], joining: Joining) -> None:
        self._joining = joining
        room = max(2 * len(tracklets), 1)
        self.tracklets: list[Tracklet] = []
        self.parts: list[tuple[int, ...]] = []
        self.alive = np.zeros(room, np.bool_)
        # Time, place (2), velocity (2) and height at the beginning and at the end.
        self._begins, self._ends = np.zeros((room, 6)), np.zeros((room, 6))
        lengths = [len(one.features) for one in tracklets if one.features is not None]
        self._features = np.zeros((room, max(lengths, default=0)), np.float32)
        self._clear, self._left = np.zeros(room, np.bool_), np.zeros(room, np.bool_)
        for number, one in enumerate(tracklets):
            self._add(one, (number,), _row(one.end(last=False)), _row(one.end(last=True)))

    def _add(
        self, tracklet: Tracklet, parts: tuple[int, ...], begins: _Floats, ends: _Floats
    ) -> int:
        number = len(self.tracklets)
        self.tracklets.append(tracklet)
        self.parts.append(parts)
        self.alive[number] = True
        self._begins[number], self._ends[number] = begins, ends
        if tracklet.features is not None:
            length = float(np.linalg.norm(tracklet.features))
            self._clear[number] = length > 0
            self._features[number] = tracklet.features / (length or 1.0)
        self._left[number] = self._joining.leaves(tracklet)
        return number

    def join(self, first: int, second: int) -> int:
        """Put two together; returns the number of the new one."""
        self.alive[[first, second]] = False
        whole = self.tracklets[first].then(self.tracklets[second])
        parts = self.parts[first] + self.parts[second]
        return self._add(whole, parts, self._begins[first], self._ends[second])

    def links_from(self, first: int) -> Iterator[tuple[float, int, int]]:
        """Yield how unlikely it is that each later one continues it, and the two numbers."""
        gaps = self._begins[:, 0] - self._ends[first, 0]
        seconds = np.flatnonzero(self.alive & (gaps > 0) & (gaps <= LONGEST_GAP))
        return self._links(np.full(len(seconds), first), seconds)

    def links_to(self, second: int) -> Iterator[tuple[float, int, int]]:
        """Yield the same for each earlier one that this one may continue."""
        gaps = self._begins[second, 0] - self._ends[:, 0]
        firsts = np.flatnonzero(self.alive & (gaps > 0) & (gaps <= LONGEST_GAP))
        return self._links(firsts, np.full(len(firsts), second))

    def _links(self, firsts: _Numbers, seconds: _Numbers) -> Iterator[tuple[float, int, int]]:
        odds = _odds_of_ways(self._ends[firsts], self._begins[seconds])
        alike = np.einsum("nk,nk->n", self._features[firsts], self._features[seconds])
        appearance = self._joining.appearance
        for_one = np.clip(appearance.weight * (alike - appearance.alike), _MOST_AGAINST, _MOST_FOR)
        odds += np.where(self._clear[firsts] & self._clear[seconds], for_one, 0)
        for place in np.flatnonzero((odds > 0) & ~self._left[firsts]):
            yield -float(odds[place]), int(firsts[place]), int(seconds[place])


def _row(end: End) -> _Floats:
    return np.array([end.time, *end.place, *end.velocity, end.height])


def _odds_of_ways(ends: _Floats, begins: _Floats) -> _Floats:
    """Log odds that paths which end continue as those which begin later; shape (n,)."""
    gaps = begins[:, 0] - ends[:, 0]
    heights = np.maximum((ends[:, 5] + begins[:, 5]) / 2, 1)
    coasted = np.minimum(gaps, _COASTING)[:, None] / 2
    onwards = ends[:, 1:3] + coasted * ends[:, 3:5]
    backwards = begins[:, 1:3] - coasted * begins[:, 3:5]
    missed = np.linalg.norm(onwards - backwards, axis=1) / heights
    spread = _SPREAD + _SPREAD_GROWTH * gaps
    one_place = -((missed / spread) ** 2) / 2 - np.log(2 * np.pi * spread**2 * _CROWD)
    ratios = np.log(np.maximum(begins[:, 5], 1) / np.maximum(ends[:, 5], 1))
    one_height = _normal(ratios, _HEIGHTS_OF_ONE) - _normal(ratios, _HEIGHTS_OF_ALL)
    odds: _Floats = one_place + one_height
    return odds


def _normal(values: _Floats, spread: float) -> _Floats:
    """Logarithm of the normal density, without its constant."""
    density: _Floats = -((values / spread) ** 2) / 2 - np.log(spread)
    return density
