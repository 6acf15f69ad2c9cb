"""Where bodies were at any time, from all looks before it and those after it that are known."""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking import kalman
from passerby.tracking.bodies import PACE, PARTS, Bodies
from passerby.tracking.kalman import BoxStates
from passerby.tracking.settings import TrackingSettings

__all__ = ["Paths"]

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

ACROSS_A_CUT = 0.09
"""Seconds by which tracks are extended across a cut, because it may be a flash: two frames of most
videos, and none if each frame is a slide of its own."""


DECIDED = 2
"""Number of looks after which a body is covered only if it is confirmed."""


class _Look(NamedTuple):
    """What was believed at one time of the parts that are known, one row for each.

    Attributes:
        time: In seconds.
        keys: Shape (n,), ascending: the body's number and the kind, as one.
        states: Shape (n, 4).
        seen: Shape (n,), which of them were seen in this look.
        began, ended, scores: Shape (n,), see `Bodies`.
        confirmed: Shape (n,), whether there is evidence that it is part of a body at all.
        young: Shape (n,), whether it is too early to ask for that.
    """

    time: float
    keys: npt.NDArray[np.int64]
    states: BoxStates
    seen: _Flags
    began: _Floats
    ended: _Floats
    scores: _Floats
    confirmed: _Flags
    young: _Flags


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of n parts at the k looks that are remembered.

    Attributes:
        times: Shape (k,).
        keys: Shape (n,), as in `_Look`.
        states: Smoothed, shape (k, n, 4).
        known: Shape (k, n), at which looks each was known.
        seen: Shape (k, n), at which it was seen.
        began: Shape (n,), when each was first seen.
        ended, scores: Shape (n,), as of the last look.
        believed: Shape (n,), which are confirmed, or may still be.
    """

    times: _Floats
    keys: npt.NDArray[np.int64]
    states: BoxStates
    known: _Flags
    seen: _Flags
    began: _Floats
    ended: _Floats
    scores: _Floats
    believed: _Flags


class Paths:
    """Remembers what a tracker believed at the latest looks.

    Args:
        settings: How long tracks are extended, and which are believed.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self._settings = settings
        self._looks: deque[_Look] = deque()
        self._cuts: list[float] = []
        self._known: _Known | None = None

    def add(self, time: float, bodies: Bodies, seen: _Flags) -> None:
        """Remember one look, later than all before."""
        rows, kinds = np.nonzero(bodies.known)
        at = rows, kinds
        confirmed = bodies.best_odds >= self._settings.evidence
        self._looks.append(
            _Look(
                time,
                bodies.numbers[rows] * PARTS + kinds,
                bodies.states[at],
                seen[at],
                bodies.began[at],
                bodies.ended[at],
                bodies.scores[at],
                confirmed[rows],
                bodies.looks[rows] < DECIDED,
            )
        )
        self._known = None

    def cut(self, time: float) -> None:
        """Note that what is seen from ``time`` on has nothing to do with what was seen before."""
        self._cuts.append(time)

    def forget_before(self, time: float) -> None:
        """Drop what says nothing about ``time`` or later."""
        while len(self._looks) > 1 and self._looks[1].time <= time:
            self._looks.popleft()
        self._cuts = [cut for cut in self._cuts if cut + self._settings.bridge >= time]

    def at(self, time: float) -> Detections:
        """Where all parts of all believed bodies are at ``time``: people first, then heads.

        The margin of each grows with the uncertainty of its place.
        """
        if not self._looks:
            return Detections.none()
        if self._known is None:
            self._known = _smoothed(list(self._looks))
        known, settings = self._known, self._settings
        here = max(int(np.searchsorted(known.times, time, side="right")) - 1, 0)
        there = known.believed & self._reaching(known, here, time)
        rows = np.flatnonzero(there)
        rows = rows[np.argsort(known.keys[rows] % PARTS, kind="stable")]
        kinds = known.keys[rows] % PARTS
        states = _states_at(known, here, rows, time)
        return Detections.of(
            states.boxes,
            scores=known.scores[rows],
            kinds=kinds,
            tracks=known.keys[rows] // PARTS,
            seen=known.seen[here, rows] & (known.times[here] == time),
            margins=settings.doubt * states.spread,
        )

    def _reaching(self, known: _Known, here: int, time: float) -> _Flags:
        """Which parts are seen so close to ``time`` that they must be there; shape (n,)."""
        settings, times = self._settings, known.times
        last = len(times) - 1
        before = times[min(here, last)]
        after = times[min(here + 1, last)]
        # Nobody is bare between two looks, however far apart they are.
        lead = np.maximum(settings.lead, known.began - np.minimum(before, time))
        lead = np.where(known.began <= max(after, time), lead, settings.lead)
        hold = np.where(known.ended >= before, np.inf, settings.hold)
        hold = hold if here < last else np.full(len(hold), settings.hold)
        there = (known.began - lead <= time) & (time <= known.ended + hold)
        for cut in self._cuts:
            early = (time < cut) & (cut <= known.began) & (known.began - time > ACROSS_A_CUT)
            late = (known.ended < cut) & (cut <= time) & (time - known.ended > ACROSS_A_CUT)
            there &= ~(early | late)
        return there


def _smoothed(looks: list[_Look]) -> _Known:
    keys = np.unique(np.concatenate([look.keys for look in looks]))
    shape = len(looks), len(keys)
    states = BoxStates(np.ones((*shape, 4)), np.zeros((*shape, 4)), np.ones((*shape, 4, 3)))
    known, seen = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    began, ended, scores = np.full(shape[1], np.inf), np.zeros(shape[1]), np.zeros(shape[1])
    believed = np.zeros(shape[1], np.bool_)
    for number, look in enumerate(looks):
        rows = np.searchsorted(keys, look.keys)
        states.put((number, rows), look.states)
        known[number, rows], seen[number, rows] = True, look.seen
        began[rows] = np.minimum(began[rows], look.began)
        ended[rows], scores[rows], believed[rows] = look.ended, look.scores, look.confirmed
    believed[rows] |= looks[-1].young
    times = np.array([look.time for look in looks])
    paces = PACE[keys % PARTS]
    states = kalman.smoothed(states, known, np.diff(times), paces)
    _place_heads(keys, states, known, began)
    return _Known(times, keys, states, known, seen, began, ended, scores, believed)


def _place_heads(
    keys: npt.NDArray[np.int64], states: BoxStates, known: _Flags, began: _Floats
) -> None:
    """Put heads that were found later than their people where those say they were before."""
    heads = np.flatnonzero(keys % PARTS == Kind.HEAD)
    people = np.searchsorted(keys, keys[heads] - Kind.HEAD + Kind.PERSON)
    own = np.append(keys, -1)[people] == keys[heads] - Kind.HEAD + Kind.PERSON
    for head, person in zip(heads[own].tolist(), people[own].tolist(), strict=True):
        first = int(known[:, head].argmax())
        before = np.flatnonzero(known[:first, person])
        if not before.size:
            continue
        moved = _crowns(states.position[before, person]) - _crowns(states.position[first, person])
        states.position[before, head] = states.position[first, head]
        states.position[before, head, :2] += moved
        states.velocity[before, head] = states.velocity[before, person]
        states.covariance[before, head] = states.covariance[first, head]
        began[head] = min(began[head], began[person])


def _crowns(position: _Floats) -> _Floats:
    """The middle of the upper edge of boxes given by their middle and size."""
    return position[..., :2] - position[..., 2:] * (0, 0.5)


def _states_at(known: _Known, here: int, rows: npt.NDArray[np.intp], time: float) -> BoxStates:
    """Where parts are at ``time``, between the look ``here`` and the next one."""
    paces = PACE[known.keys[rows] % PARTS]
    since = time - float(known.times[here])
    states = known.states[here, rows]
    if since == 0 or (since > 0 and here + 1 == len(known.times)):
        return kalman.predict(states, since, paces) if since else states
    if since < 0:
        return kalman.predict(states, since, paces)
    seconds = float(known.times[here + 1] - known.times[here])
    between = kalman.between(states, known.states[here + 1, rows], seconds, since / seconds, paces)
    # Who was given up after this look goes on as before.
    gone = np.flatnonzero(known.known[here, rows] & ~known.known[here + 1 :, rows].any(axis=0))
    between.put(gone, kalman.predict(states[gone], since, paces[gone]))
    return between
