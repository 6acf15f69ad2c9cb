"""An online tracker of bodies: which boxes of this frame belong to which person before.

A person, their head and their face are parts of one body and have one number. Parts are matched
kind by kind in two rounds as in ByteTrack (Zhang et al., ECCV 2022, algorithm 1): confident boxes
first, doubtful ones only where a body is already expected. Overlap is measured between boxes
that are enlarged with the time since they were last seen (Yang et al., "Hard to Track Objects
with Irregular Motions and Similar Appearances? Make It Easier by Buffering the Matching
Space", WACV 2023), so that a person is found again after an occlusion. A box that then belongs to
nobody goes to a body that was seen without such a part, if it is in the right place; only what is
left begins a new body, unless it shows once more what another body has.

Whether something is a body at all is decided by a sequential test (Wald, 1945; Blackman and
Popoli, "Design and Analysis of Modern Tracking Systems", 1999, section 6.2): the scores of all its
sightings are summed up as log odds.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby import anatomy
from passerby.assignment import best_pairs
from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import boxes_around, intersection_over_union
from passerby.tracking import kalman
from passerby.tracking.bodies import PACE, PARTS, Bodies
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.sightings import Sightings

__all__ = ["Tracker"]

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

ORDER = (Kind.HEAD, Kind.PERSON, Kind.FACE, Kind.OBJECT)
"""Heads come first. They hide each other less than people do, so they are told apart more surely;
and of several boxes around one person, the best takes the head, and the others are known for what
they are."""

BUFFER = 0.15
"""Share of its size that a box grows on each side before overlaps are compared ..."""
SMALL_BUFFER = 0.5
"""... and that of a head, a face or an object: it is small, but moves as far as its carrier."""
BUFFER_PER_SECOND = 0.1
"""What is added to it for each second in which the part was not seen."""

SAME_HEAD = 0.3
"""Intersection over union above which two heads, faces or objects are one."""
SHARED_HEAD = 0.15
"""Overlap of the place where a person's head should be with another body's head above which the
two are one person who was found twice."""
LEAST_FACE = 0.1
"""Least overlap of the head around a face with the head that it belongs to."""
LEAST_FIT = 0.2
"""Least that a person fits the head just seen of the body whose person it may be, see
`anatomy.fit`."""

FROM_BODY, FROM_FACE, FROM_HEAD = 0.6, 0.15, 0.08
"""Spread of a head's place as its person or its face tells it, and of a person's as their head
does; in heights of what is told."""
GATE = 2.5
"""Standard deviations by which a box may be off; one that is cut by a pole is further off."""
OFFSET_MEMORY = 0.7
"""What is left of the known offset of a head with each look at both head and person."""

LEAST_CHANCE = 1e-3
"""No look is surer than this: so much is missing to certainty."""


class Tracker:
    """Gives every box the number of the body it belongs to.

    Args:
        settings: Scores, overlap and the longest gap.
        first: The number of the first body; the others go on from there.

    Attributes:
        bodies: What is believed of them now; changes with every look.
        seen: Shape (n, parts), which of their parts were seen in the latest look.
        boxes: Shape (n, parts, 4), where they were seen; without meaning for the others.
    """

    def __init__(self, settings: TrackingSettings | None = None, first: int = 1) -> None:
        self.settings = settings or TrackingSettings()
        self.bodies = Bodies.new()
        self.seen: _Flags = self.bodies.known
        self.boxes: Boxes = np.zeros((0, PARTS, 4), np.float32)
        self._next_number = first
        self._sure_people = self._sure_people_with_heads = 0

    def update(self, detections: Detections, seconds: float) -> Detections:
        """Take in the boxes of the next look.

        Args:
            detections: What the detector saw.
            seconds: Time since the last call.

        Returns:
            The same boxes; ``tracks`` is -1 if a box neither continues nor starts a track.
        """
        self._pass(seconds)
        found = Sightings(detections, len(self.bodies), self.settings)
        for kind in ORDER:
            self._match(found, kind)
        self._complete(found)
        for kind in ORDER:
            self._begin(found, kind)
            self._complete(found)
        self._believe(found)
        numbers = np.append(self.bodies.numbers, -1)[found.body_of]
        self._drop_doubles()
        return replace(detections, tracks=numbers)

    def follow(self, detections: Detections, seconds: float) -> None:
        """Take in boxes whose tracks are known: of each number, one box of each kind.

        Args:
            detections: The boxes; all have a track.
            seconds: Time since the last call.
        """
        self._pass(seconds)
        rows = np.searchsorted(self.bodies.numbers, detections.tracks)
        known = np.append(self.bodies.numbers, -1)[rows] == detections.tracks
        new = Bodies.new(np.unique(detections.tracks[~known]))
        everybody = self.bodies.and_also(new)
        self.bodies = everybody[np.argsort(everybody.numbers)]
        found = Sightings(detections, len(self.bodies), self.settings)
        rows = np.searchsorted(self.bodies.numbers, detections.tracks)
        for kind in ORDER:
            boxes = np.flatnonzero(detections.kinds == kind)
            found.give(rows[boxes], kind, boxes)
        self._believe(found)
        self.trust()

    def trust(self) -> None:
        """Take all bodies that there are for confirmed."""
        self.bodies.best_odds[:] = np.inf

    def forget(self) -> None:
        """Give up all tracks; their numbers are not used again."""
        self._keep(np.zeros(len(self.bodies), np.bool_))

    def _pass(self, seconds: float) -> None:
        """Let time pass, and give up whom nobody has seen for too long."""
        self.bodies = self.bodies.later(seconds)
        self._keep(self.bodies.unseen.min(axis=1, initial=np.inf) <= self.settings.bridge)

    def _match(self, found: Sightings, kind: Kind) -> None:
        """Match the boxes of a kind with the bodies that have such a part, sure boxes first."""
        if not (found.kinds == kind).any():
            return
        expected = self.bodies.states[:, kind].boxes
        least = BUFFER if kind is Kind.PERSON else SMALL_BUFFER
        buffers = least + BUFFER_PER_SECOND * self.bodies.unseen[:, kind]
        for sure in (True, False):
            rows = np.flatnonzero(self.bodies.known[:, kind] & (found.parts[:, kind] < 0))
            columns = found.free(kind, sure=sure)
            if not (rows.size and columns.size):
                continue
            boxes = found.boxes[columns]
            overlap = _buffered_overlap(expected[rows], boxes, buffers[rows])
            if self.settings.level:
                overlap *= _vertical_overlap(expected[rows], boxes) ** self.settings.level
            if kind is Kind.PERSON:
                overlap *= _fits_heads(found, rows, boxes)
            # Impossible pairs are left out first, or they would take the place of possible ones.
            overlap[overlap < self.settings.overlap] = 0
            chosen_rows, chosen_columns = best_pairs(overlap)
            found.give(rows[chosen_rows], kind, columns[chosen_columns])

    def _complete(self, found: Sightings) -> None:
        """Give free boxes to bodies that were seen without such a part."""
        rows, heads = found.lacking(Kind.HEAD, but_seen_with=Kind.PERSON), found.free(Kind.HEAD)
        if rows.size and heads.size:
            offsets = np.concatenate(
                [self.bodies.offsets, np.full((len(found.parts) - len(self.bodies), 2), np.nan)]
            )[rows]
            worth = anatomy.fit(found.of(rows, Kind.PERSON), found.boxes[heads], offsets)
            chosen, best = best_pairs(worth)
            found.give(rows[chosen], Kind.HEAD, heads[best])
        rows, people = found.lacking(Kind.PERSON, but_seen_with=Kind.HEAD), found.free(Kind.PERSON)
        if rows.size and people.size:
            worth = anatomy.fit(found.boxes[people], found.of(rows, Kind.HEAD)).T
            chosen, best = best_pairs(worth)
            found.give(rows[chosen], Kind.PERSON, people[best])
        self._complete_faces(found)

    def _complete_faces(self, found: Sightings) -> None:
        """Give faces to seen heads that they lie in, or to people who were seen without a head."""
        for other in (Kind.HEAD, Kind.PERSON):
            rows, faces = found.lacking(Kind.FACE, but_seen_with=other), found.free(Kind.FACE)
            if not (rows.size and faces.size):
                continue
            heads = anatomy.heads_of_faces(found.boxes[faces])
            if other is Kind.HEAD:
                worth = intersection_over_union(found.of(rows, Kind.HEAD), heads)
                worth[worth < LEAST_FACE] = 0
            else:
                worth = anatomy.fit(found.of(rows, Kind.PERSON), heads).astype(np.float32)
            chosen, best = best_pairs(worth)
            found.give(rows[chosen], Kind.FACE, faces[best])

    def _begin(self, found: Sightings, kind: Kind) -> None:
        """Begin bodies with the sure boxes that are left, unless they show somebody once more."""
        boxes = found.free(kind, sure=True)
        if not boxes.size:
            return
        seen = found.seen
        same = self.settings.apart if kind is Kind.PERSON else SAME_HEAD
        again = _overlaps(found.boxes[boxes], found.of(seen[:, kind], kind), same)
        if kind is Kind.PERSON:
            heads = anatomy.expected_heads(found.boxes[boxes])
            again |= _overlaps(heads, found.of(seen[:, Kind.HEAD], Kind.HEAD), SHARED_HEAD)
        found.begin(kind, boxes[~again])

    def _believe(self, found: Sightings) -> None:
        """Take in what was seen: correct the bodies that were known, start the new ones."""
        count = len(found.parts) - len(self.bodies)
        self.bodies = self.bodies.and_also(
            Bodies.new(np.arange(self._next_number, self._next_number + count))
        )
        self._next_number += count
        bodies, self.seen = self.bodies, found.seen
        both = self.seen[:, Kind.PERSON] & self.seen[:, Kind.HEAD]
        now = anatomy.head_offsets(found.of(both, Kind.PERSON), found.of(both, Kind.HEAD))
        before = bodies.offsets[both]
        mixed = OFFSET_MEMORY * before + (1 - OFFSET_MEMORY) * now
        bodies.offsets[both] = np.where(np.isnan(before), now, mixed)
        self.boxes = found.laid_out(found.boxes)
        boxes, spread = self.boxes.copy(), np.full(self.seen.shape, self.settings.noise)
        told = self._tell(boxes, spread)
        new = self.seen & ~bodies.known
        pace = np.broadcast_to(PACE, new.shape)
        bodies.states.put(new, kalman.start(boxes[new], spread[new], pace[new]))
        again = (self.seen & bodies.known) | told
        corrected = kalman.correct(bodies.states[again], boxes[again], spread[again], GATE)
        bodies.states.put(again, corrected)
        bodies.known[self.seen] = True
        bodies.lived[new] = 0
        bodies.unseen[self.seen] = 0
        bodies.untold[self.seen | told] = 0
        scores = found.laid_out(found.scores)
        bodies.scores[self.seen] = scores[self.seen]
        self._weigh(scores)

    def _tell(self, boxes: Boxes, spread: _Floats) -> _Flags:
        """Fill in heads and people that were not seen, though another part of the body was.

        Args:
            boxes: Shape (n, parts, 4), of what was seen; what is told is written into it.
            spread: Shape (n, parts), likewise.

        Returns:
            Shape (n, parts), which parts are told.
        """
        bodies, told = self.bodies, np.zeros(self.seen.shape, np.bool_)
        lacks, placed = bodies.known & ~self.seen, ~np.isnan(bodies.offsets[:, 0])
        sizes = np.maximum(bodies.states.position[..., 2:], 1)
        by_face = lacks[:, Kind.HEAD] & self.seen[:, Kind.FACE]
        boxes[by_face, Kind.HEAD] = anatomy.heads_of_faces(boxes[by_face, Kind.FACE])
        spread[by_face, Kind.HEAD] = FROM_FACE
        by_body = lacks[:, Kind.HEAD] & ~by_face & self.seen[:, Kind.PERSON] & placed
        # Nobody has measured how its size changes, and what is told of it would confirm that.
        bodies.states.velocity[by_body, Kind.HEAD, 2:] = 0
        size = sizes[by_body, Kind.HEAD]
        centre = anatomy.crowns(boxes[by_body, Kind.PERSON]) + bodies.offsets[by_body] * size[:, 1:]
        boxes[by_body, Kind.HEAD] = boxes_around(centre, size)
        spread[by_body, Kind.HEAD] = FROM_BODY
        by_head = lacks[:, Kind.PERSON] & self.seen[:, Kind.HEAD] & placed
        heads, size = boxes[by_head, Kind.HEAD], sizes[by_head, Kind.PERSON]
        top = anatomy.middles(heads) - bodies.offsets[by_head] * (heads[:, 3:] - heads[:, 1:2])
        boxes[by_head, Kind.PERSON] = boxes_around(top + size * (0, 0.5), size)
        spread[by_head, Kind.PERSON] = FROM_HEAD
        told[by_face | by_body, Kind.HEAD] = True
        told[by_head, Kind.PERSON] = True
        return told

    def _weigh(self, scores: npt.NDArray[np.float32]) -> None:
        """Add the evidence of this look.

        A person without a head is in doubt only where most people whose score leaves no doubt have
        one: seen from straight above, or by a network that knows no heads, few have.
        A look without a sighting is none: people are hidden more often than detectors fail. Faces
        and objects have met a threshold of their own, which is enough.
        """
        certain = self.seen[:, Kind.FACE] | self.seen[:, Kind.OBJECT]
        seen, settings = self.seen, self.settings
        sure = scores[:, Kind.PERSON] >= settings.lone_chance
        self._sure_people += int(sure.sum())
        self._sure_people_with_heads += int((sure & seen[:, Kind.HEAD]).sum())
        heads_vouch = 2 * self._sure_people_with_heads > self._sure_people
        lone = seen[:, Kind.PERSON] & (seen.sum(axis=1) == 1) & heads_vouch
        base = np.where(lone, settings.lone_chance, settings.chance)
        missing = np.prod(1 - scores.astype(np.float64), axis=1)
        missing = np.clip(missing, LEAST_CHANCE, 1 - LEAST_CHANCE)
        gain = _log_odds(1 - missing) - _log_odds(base)
        odds = np.where(self.seen.any(axis=1), self.bodies.odds + gain, self.bodies.odds)
        self.bodies.odds[:] = np.where(certain, np.inf, np.maximum(odds, 0))
        np.maximum(self.bodies.best_odds, self.bodies.odds, out=self.bodies.best_odds)

    def _drop_doubles(self) -> None:
        """Give up bodies that are where another one was seen: they are the same person."""
        if not self.settings.double:
            return
        boxes, known = self.bodies.states.boxes, self.bodies.known
        unseen, double = ~self.seen.any(axis=1), np.zeros(len(known), np.bool_)
        for kind in (Kind.PERSON, Kind.HEAD):
            rows = np.flatnonzero(unseen & known[:, kind])
            others = boxes[self.seen[:, kind], kind]
            double[rows] |= _overlaps(boxes[rows, kind], others, self.settings.double)
        headless = np.flatnonzero(~self.seen[:, Kind.HEAD] & known[:, Kind.PERSON])
        heads = np.where(
            known[headless, Kind.HEAD][:, None],
            boxes[headless, Kind.HEAD],
            anatomy.expected_heads(boxes[headless, Kind.PERSON]),
        )
        double[headless] |= _overlaps(heads, boxes[self.seen[:, Kind.HEAD], Kind.HEAD], SHARED_HEAD)
        self._keep(~double)

    def _keep(self, kept: _Flags) -> None:
        if not kept.all():
            self.bodies, self.seen, self.boxes = (
                self.bodies[kept],
                self.seen[kept],
                self.boxes[kept],
            )


def _fits_heads(found: Sightings, rows: npt.NDArray[np.intp], people: Boxes) -> _Flags:
    """Which people fit the heads of bodies that were just seen; all, where none was.

    Returns:
        Shape (rows, people).
    """
    fits = np.ones((len(rows), len(people)), np.bool_)
    seen = found.parts[rows, Kind.HEAD] >= 0
    fits[seen] = anatomy.fit(people, found.of(rows[seen], Kind.HEAD)).T > LEAST_FIT
    return fits


def _overlaps(boxes: Boxes, others: Boxes, limit: float) -> _Flags:
    """Which boxes overlap any of the others by more than ``limit``, as intersection over union."""
    overlaps: _Flags = intersection_over_union(boxes, others).max(axis=1, initial=0) > limit
    return overlaps


def _log_odds(chance: npt.NDArray[np.floating]) -> _Floats:
    odds: _Floats = np.log(chance) - np.log1p(-chance)
    return odds


def _buffered_overlap(expected: Boxes, boxes: Boxes, buffers: _Floats) -> _Floats:
    """Intersection over union of bodies and boxes, both enlarged by the body's buffer.

    Both are enlarged alike: two boxes in the same place overlap in full however long the body was
    not seen.

    Returns:
        Shape (bodies, boxes), 0-1.
    """
    first = _enlarged(expected[:, None], buffers)
    second = _enlarged(boxes[None], buffers)
    low = np.maximum(first[..., :2], second[..., :2])
    sides = np.clip(np.minimum(first[..., 2:], second[..., 2:]) - low, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    union = _areas(first) + _areas(second) - shared
    overlap: _Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def _enlarged(boxes: Boxes, buffers: _Floats) -> _Floats:
    margin = (boxes[..., 2:] - boxes[..., :2]) * buffers[:, None, None]
    return np.concatenate([boxes[..., :2] - margin, boxes[..., 2:] + margin], axis=-1)


def _areas(boxes: _Floats) -> _Floats:
    sides = boxes[..., 2:] - boxes[..., :2]
    area: _Floats = sides[..., 0] * sides[..., 1]
    return area


def _vertical_overlap(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of every side of ``first`` with every one of ``second``, by height.

    Returns:
        Shape (n, m), 0-1.
    """
    tops, bottoms = first[:, None, 1], first[:, None, 3]
    shared = np.minimum(bottoms, second[None, :, 3]) - np.maximum(tops, second[None, :, 1])
    either = np.maximum(bottoms, second[None, :, 3]) - np.minimum(tops, second[None, :, 1])
    overlap: npt.NDArray[np.float32] = np.clip(shared, 0, None) / np.maximum(either, 1e-9)
    return overlap
