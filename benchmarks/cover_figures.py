"""How well covers hide heads, and what they cost those who want to see the rest.

A head is the ellipse in its box. A pixel is covered when it is black, and it or one within 4 pixels
was changed: a head may have been black before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from marked_clips import Corners, Mark
from passerby.anonymization.patches import Patch
from passerby.assignment import best_pairs
from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.statistics import Interval
from passerby.geometry import intersection_over_union
from passerby.types import Image

__all__ = ["CoverFigures", "Tally", "covered_pixels", "head_pixels"]

COVERED = 0.9
SMALLEST = 6
"""Height in pixels of the smallest head that counts."""
VISIBLE = 0.5
"""Share of a head that must be seen, or nobody asks whether it is covered; likewise of a person,
or nobody asks which track lies on them."""
_BLACK = 28
_CHANGED = 12
_NEAR = np.ones((9, 9), np.uint8)
_SAME_PERSON = 0.5
_SAME_HEAD = 0.3
"""Least overlap (IoU) of a box of a track with the person, or the head, whose it is."""


def covered_pixels(clear: Image, covered: Image) -> Mask:
    """Which pixels of a picture are covered, shape (height, width)."""
    changed = cv2.absdiff(clear, covered).max(axis=2) > _CHANGED
    near = cv2.dilate(changed.view(np.uint8), _NEAR).view(np.bool_)
    black: Mask = covered.max(axis=2) <= _BLACK
    return black & near


def head_pixels(corners: Corners, height: int, width: int) -> tuple[tuple[slice, slice], Mask]:
    """The ellipse in a box: the rows and columns of it that lie in the picture, and a mask there.

    Without a pixel in the picture, the mask has none.
    """
    left, top, right, bottom = corners
    x0, x1 = max(0, int(left)), min(width, int(np.ceil(right)))
    y0, y1 = max(0, int(top)), min(height, int(np.ceil(bottom)))
    area = slice(y0, max(y0, y1)), slice(x0, max(x0, x1))
    y, x = np.mgrid[area]
    across, down = (right - left) / 2, (bottom - top) / 2
    distance = ((x + 0.5 - left - across) / across) ** 2 + ((y + 0.5 - top - down) / down) ** 2
    return area, distance <= 1


@dataclass(frozen=True, slots=True)
class CoverFigures:
    """What came of a clip.

    Attributes:
        heads: How many there were to cover.
        covered: Share of them of which at least 90 % are covered.
        interval: Of that share, 95 %, if whole people (or pictures) are drawn.
        half: Share of them of which at least half is covered.
        times: Pixels covered for each pixel of a head.
        body: Share of the pixels of people outside heads that can still be seen; NaN if unknown.
        numbers: Numbers of tracks on each person: of any kind, and on the body alone.
        moved: Mean by which a side of a cover moves from frame to frame beyond its head, and the
            95th percentile; in head heights.
    """

    heads: int
    covered: float
    interval: Interval | None
    half: float
    times: float
    body: float
    numbers: tuple[float, float]
    moved: tuple[float, float]


@dataclass
class Tally:
    """Adds up what is seen in the frames of one clip."""

    shares: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    covered: int = 0
    own: int = 0
    body: int = 0
    body_seen: int = 0
    numbers: dict[int, set[int]] = field(default_factory=dict)
    body_numbers: dict[int, set[int]] = field(default_factory=dict)
    moves: list[float] = field(default_factory=list)
    _before: dict[int, tuple[Corners, Corners]] = field(default_factory=dict)

    def add(
        self,
        number: int,
        clear: Image,
        anonymized: Image,
        heads: Sequence[Mark],
        silhouettes: Mask | None = None,
    ) -> None:
        """Take a frame in which heads are marked; one without heads counts nowhere."""
        if not heads:
            return
        height, width = clear.shape[:2]
        covered = covered_pixels(clear, anonymized)
        own = np.zeros((height, width), np.bool_)
        for head in heads:
            area, ellipse = head_pixels(head.corners, height, width)
            own[area] |= ellipse
            tall = head.corners[3] - head.corners[1] >= SMALLEST
            if tall and head.visible >= VISIBLE and ellipse.any():
                self.shares.append(float(covered[area][ellipse].mean()))
                self.groups.append(number if head.person < 0 else head.person)
        self.covered += int(covered.sum())
        self.own += int(own.sum())
        if silhouettes is not None:
            body = silhouettes & ~own
            self.body += int(body.sum())
            self.body_seen += int((body & (clear == anonymized).all(axis=2)).sum())

    def follow(
        self,
        known: Detections,
        patches: Iterable[Patch],
        heads: Sequence[Mark],
        people: Sequence[Mark],
        size: tuple[int, int],
    ) -> None:
        """Take the tracks of the next frame, and what is covered for them.

        Args:
            known: All boxes, with their tracks.
            patches: What is covered, with the tracks.
            heads: Of people with numbers, marked in this frame or placed between two marks.
            people: Likewise.
            size: Width and height of the frame.
        """
        bodies = _tracks_of(known.of_kind(Kind.PERSON), people, _SAME_PERSON)
        tops = _tracks_of(known.of_kind(Kind.HEAD), heads, _SAME_HEAD)
        for found in (bodies, tops):
            for person, track in found.items():
                self.numbers.setdefault(person, set()).add(track)
        for person, track in bodies.items():
            self.body_numbers.setdefault(person, set()).add(track)
        places = _boxes_of(patches)
        now: dict[int, tuple[Corners, Corners]] = {}
        for head in heads:
            tracks = {found[head.person] for found in (bodies, tops) if head.person in found}
            boxes = [places[track] for track in tracks if track in places]
            if boxes:
                now[head.person] = head.corners, _around(boxes)
        for person in now.keys() & self._before.keys():
            self.moves += _moves(self._before[person], now[person], size)
        self._before = now

    def figures(self) -> CoverFigures:
        """All that was added, in figures."""
        shares = np.array(self.shares)
        full = (shares >= COVERED).astype(np.float64)
        moves = np.array(self.moves)
        return CoverFigures(
            heads=len(shares),
            covered=_mean(full),
            interval=bootstrap_over_groups(full, np.array(self.groups)) if len(full) else None,
            half=_mean(shares >= 0.5),
            times=self.covered / self.own if self.own else float("nan"),
            body=self.body_seen / self.body if self.body else float("nan"),
            numbers=(_count(self.numbers), _count(self.body_numbers)),
            moved=(_mean(moves), float(np.quantile(moves, 0.95)) if len(moves) else float("nan")),
        )


def _mean(values: npt.NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _count(numbers: Mapping[int, set[int]]) -> float:
    return _mean(np.array([len(one) for one in numbers.values()]))


def _tracks_of(known: Detections, marks: Sequence[Mark], overlap: float) -> dict[int, int]:
    """The track that lies on each person who can be seen, by the person's number."""
    marks = [mark for mark in marks if mark.visible >= VISIBLE]
    known = known[known.tracks >= 0]
    boxes: Boxes = np.array([mark.corners for mark in marks], np.float32).reshape(-1, 4)
    overlaps = intersection_over_union(boxes, known.boxes)
    pairs = zip(*best_pairs(np.where(overlaps >= overlap, overlaps, 0)), strict=True)
    return {marks[row].person: int(known.tracks[column]) for row, column in pairs}


def _boxes_of(patches: Iterable[Patch]) -> dict[int, Corners]:
    """The box around all that is covered for each track."""
    found: dict[int, list[Corners]] = {}
    for patch in patches:
        found.setdefault(patch.track, []).append(patch.box)
    return {track: _around(boxes) for track, boxes in found.items()}


def _around(boxes: Sequence[Corners]) -> Corners:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _moves(
    before: tuple[Corners, Corners], now: tuple[Corners, Corners], size: tuple[int, int]
) -> list[float]:
    """How far each side of a cover moved beyond its head, in head heights.

    Sides at the rim of the frame, which cannot move further, are left out.
    """
    (head, cover), (head_now, cover_now) = before, now
    height = head_now[3] - head_now[1]
    rims = 0, 0, *size
    return [
        abs((cover_now[side] - cover[side]) - (head_now[side] - head[side])) / height
        for side, rim in enumerate(rims)
        if rim not in (cover[side], cover_now[side])
    ]
