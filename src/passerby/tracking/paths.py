"""Where bodies were at any time, from all looks before it and those after it that are known."""

from collections import deque
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
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


AGREEMENT = 0.5
"""Intersection over union of a smoothed box and the one that was seen below which they are two
places, and both are covered; otherwise what encloses both."""
DECIDED = 2
"""Number of looks after which a body is covered only if it is confirmed."""


class _Look(NamedTuple):
    """What was believed at one time of the parts that are known, one row for each.

    Attributes:
        time: In seconds.
        keys: Shape (n,), ascending: the body's number and the kind, as one.
        states: Shape (n, 4).
        seen: Shape (n,), which of them were seen in this look ...
        boxes: Shape (n, 4), ... and where.
        began: Shape (n,), when each was first seen, in seconds.
        ended: Shape (n,), when each was last seen, or told by another part of its body.
        scores: Shape (n,), see `Bodies`.
        confirmed: Shape (n,), whether there is evidence that it is part of a body at all.
        young: Shape (n,), whether it is too early to ask for that.
    """

    time: float
    keys: npt.NDArray[np.int64]
    states: BoxStates
    seen: _Flags
    boxes: Boxes
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
        offsets: Shape (k, n, 4), from each side of the smoothed box to that of the box then seen.
        certain: Shape (n,), the spread of its place where it was seen best, in pixels.
        began: Shape (n,), as in `_Look`.
        ended, scores: Shape (n,), as in the last look.
        believed: Shape (n,), which are confirmed, or may still be.
    """

    times: _Floats
    keys: npt.NDArray[np.int64]
    states: BoxStates
    known: _Flags
    seen: _Flags
    offsets: _Floats
    certain: _Floats
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

    def add(self, time: float, bodies: Bodies, seen: _Flags, boxes: Boxes) -> None:
        """Remember one look, later than all before; see `Tracker` for the arrays."""
        if self._looks and time - self._looks[-1].time > self._settings.bridge:
            self._give_the_benefit_of_the_doubt()
        rows, kinds = np.nonzero(bodies.known)
        at = rows, kinds
        confirmed = bodies.best_odds >= self._settings.evidence
        self._looks.append(
            _Look(
                time,
                bodies.numbers[rows] * PARTS + kinds,
                bodies.states[at],
                seen[at],
                boxes[at],
                time - bodies.lived[at],
                time - bodies.untold[at],
                bodies.scores[at],
                confirmed[rows],
                bodies.looks[rows] < DECIDED,
            )
        )
        self._known = None

    def cut(self, time: float) -> None:
        """Note that what is seen from ``time`` on has nothing to do with what was seen before."""
        self._cuts.append(time)
        self._give_the_benefit_of_the_doubt()

    def _give_the_benefit_of_the_doubt(self) -> None:
        """Believe in what was seen for the first time lately: nothing can confirm it any more."""
        if self._looks:
            last = self._looks[-1]
            self._looks[-1] = last._replace(confirmed=last.confirmed | last.young)

    def forget_before(self, time: float) -> None:
        """Drop what says nothing about ``time`` or later."""
        while len(self._looks) > 1 and self._looks[1].time <= time - ACROSS_A_CUT:
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
        smoothed, seen = states.boxes, known.seen[here, rows] & (known.times[here] == time)
        sighted = smoothed + _offsets_at(known, here, rows, time)
        torn = _torn(smoothed, sighted)
        low = np.minimum(smoothed[:, :2], sighted[:, :2])
        high = np.maximum(smoothed[:, 2:], sighted[:, 2:])
        whole = np.where(torn[:, None], sighted, np.concatenate([low, high], axis=1))
        places = Detections.of(
            whole,
            scores=known.scores[rows],
            kinds=kinds,
            tracks=known.keys[rows] // PARTS,
            seen=seen,
            margins=settings.doubt * np.sqrt((states.spread**2 - known.certain[rows] ** 2).clip(0)),
        )
        others = replace(places, boxes=smoothed, seen=np.zeros(len(seen), np.bool_))
        return Detections.joined(places, others[torn])

    def _reaching(self, known: _Known, here: int, time: float) -> _Flags:
        """Which parts are seen so close to ``time`` that they must be there; shape (n,)."""
        settings, times = self._settings, known.times
        last = len(times) - 1
        before, after = times[here], times[min(here + 1, last)]
        # Nobody is bare between two looks, however far apart they are.
        coming = (known.began <= after) & (before < time)
        lead = np.where(coming, known.began - before, settings.lead)
        lead = np.maximum(lead, settings.lead)
        going = (known.ended >= before) & (here < last)
        hold = np.where(going, np.inf, settings.hold)
        there = (known.began - lead <= time) & (time <= known.ended + hold)
        given_up = ~known.known[here:].any(axis=0) & (known.ended < times[here])
        for cut in self._cuts:
            early = (time < cut) & (cut <= known.began) & (known.began - time > ACROSS_A_CUT)
            late = (known.ended < cut) & (cut <= time)
            there &= ~(early | late & (time - known.ended > ACROSS_A_CUT))
            given_up &= ~late
        reaching: _Flags = there & ~given_up
        return reaching


def _smoothed(looks: list[_Look]) -> _Known:
    keys = np.unique(np.concatenate([look.keys for look in looks]))
    shape = len(looks), len(keys)
    states = BoxStates(np.ones((*shape, 4)), np.zeros((*shape, 4)), np.ones((*shape, 4, 3)))
    known, seen = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    boxes = np.zeros((*shape, 4), np.float32)
    began, ended, scores = np.full(shape[1], np.inf), np.zeros(shape[1]), np.zeros(shape[1])
    believed = np.zeros(shape[1], np.bool_)
    for number, look in enumerate(looks):
        rows = np.searchsorted(keys, look.keys)
        states.put((number, rows), look.states)
        known[number, rows], seen[number, rows] = True, look.seen
        boxes[number, rows] = look.boxes
        began[rows] = np.minimum(began[rows], look.began)
        ended[rows], scores[rows], believed[rows] = look.ended, look.scores, look.confirmed
    believed[rows] |= looks[-1].young
    times = np.array([look.time for look in looks])
    states = kalman.smoothed(states, known, np.diff(times), PACE[keys % PARTS])
    _place_heads(keys, states, known, began)
    offsets = np.where(seen[..., None], boxes - states.boxes, 0)
    certain = np.where(seen, states.spread, np.inf).min(axis=0)
    certain[np.isinf(certain)] = 0
    return _Known(
        times, keys, states, known, seen, offsets, certain, began, ended, scores, believed
    )


def _place_heads(
    keys: npt.NDArray[np.int64], states: BoxStates, known: _Flags, began: _Floats
) -> None:
    """Put heads that were found later than their people where those say they were before."""
    heads = np.flatnonzero(keys % PARTS == Kind.HEAD)
    people = np.searchsorted(keys, keys[heads] - Kind.HEAD + Kind.PERSON)
    own = np.append(keys, -1)[people] == keys[heads] - Kind.HEAD + Kind.PERSON
    for head, person in zip(heads[own], people[own], strict=True):
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
    paces, since = PACE[known.keys[rows] % PARTS], time - float(known.times[here])
    states = known.states[here, rows]
    if since == 0:
        return states
    if since < 0 or here + 1 == len(known.times):
        return kalman.predict(states, since, paces)
    seconds, later = float(known.times[here + 1] - known.times[here]), known.states[here + 1, rows]
    return kalman.between(states, later, seconds, since / seconds, paces)


def _offsets_at(known: _Known, here: int, rows: npt.NDArray[np.intp], time: float) -> Boxes:
    """From the smoothed boxes to where those that were seen say the parts are, shape (rows, 4)."""
    there = min(here + 1, len(known.times) - 1)
    share = 0.0
    if there > here and time > known.times[here]:
        share = float((time - known.times[here]) / (known.times[there] - known.times[here]))
    first, second = known.offsets[here, rows], known.offsets[there, rows]
    offsets: Boxes = ((1 - share) * first + share * second).astype(np.float32)
    return offsets


def _torn(first: Boxes, second: Boxes) -> _Flags:
    """Which boxes are so far from their counterparts that they are two places; shape (n,)."""
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    either = np.prod(first[:, 2:] - first[:, :2], axis=1)
    either = either + np.prod(second[:, 2:] - second[:, :2], axis=1) - shared
    torn: _Flags = shared < AGREEMENT * either
    return torn
