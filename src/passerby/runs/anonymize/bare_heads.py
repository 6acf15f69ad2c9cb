"""Tell bare heads from what else looks like one in a covered frame.

Below a covered head its body is still there. To a network its chest, its hand or its bag looks
like a head, and its trunk like a person whose feet are those of the whole one.
"""

from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.geometry import PixelBox, area, intersection, to_pixels
from passerby.tracking.own_heads import fits_as_head
from passerby.tracking.selection import holds_centre

__all__ = ["Bareness", "head_bareness", "person_bareness"]

SURE_SCORE = 0.5
"""From this score on one look is enough outside of the bodies of covered people ..."""
SURE_IN_BODY = 0.7
"""... and from this one on inside them too."""
_DOUBTFUL_SCORE = 0.3
"""From this score on a head counts that is found again at the next look."""
OPEN_ABOVE = 0.3
"""A doubtful head counts only if less than this share of what is above it, as high as itself, is
covered: at the lower edge of a cover is a body."""
PERSON_SCORE = 0.3
"""Score of a person's box that says where the feet of a head are."""
SAME_FEET = 0.15
"""Feet that are nearer than this share of a body's height are the same."""
APART = 0.1
"""A person stands apart if no known body shares more than this share of the box."""
BODY = 1.5, 4.0
"""Where only a head or a face is known, its body reaches so many widths to both sides and so many
heights down."""


class Bareness(Enum):
    """What a find in a covered frame is."""

    BARE = auto()
    """A head that nothing covers."""
    DOUBTFUL = auto()
    """Maybe one: it counts if it is found again at the next look."""
    EXPLAINED = auto()
    """Part of somebody whose head is covered, or nothing."""


def head_bareness(found: Detections, index: int, known: Detections, covers: Mask) -> Bareness:
    """Judge a head or a face that lies outside the covers.

    Args:
        found: All that was found in the frame.
        index: Which of them it is.
        known: Whom the run covered there.
        covers: What it covered; shape (height, width).
    """
    box, score = found.boxes[index], float(found.scores[index])
    if score >= SURE_IN_BODY:
        return Bareness.BARE
    bodies = _holding(_bodies(known), box)
    if len(bodies) and not _stands_elsewhere(box, found, bodies):
        return Bareness.EXPLAINED
    if score >= SURE_SCORE:
        return Bareness.BARE
    is_open = _covered_above(box, covers) < OPEN_ABOVE
    return Bareness.DOUBTFUL if score >= _DOUBTFUL_SCORE and is_open else Bareness.EXPLAINED


def person_bareness(found: Detections, index: int, known: Detections) -> Bareness:
    """Judge a person, by a network that knows heads, whose head lies outside the covers.

    A head that is found tells more. Without one a person counts who stands apart from all who are
    known, and of whom not too little is seen.

    Args:
        found: All that was found in the frame.
        index: Which of them it is.
        known: Whom the run covered there.
    """
    box, score = found.boxes[index], float(found.scores[index])
    heads = found.of_kind(Kind.HEAD).boxes
    if fits_as_head(box[None], heads).any() or _shares(box, _bodies(known)) > APART:
        return Bareness.EXPLAINED
    if score >= SURE_IN_BODY:
        return Bareness.BARE
    return Bareness.DOUBTFUL if score >= SURE_SCORE else Bareness.EXPLAINED


def _covered_share(box: npt.ArrayLike, covers: Mask) -> float:
    """Share of a box's pixels that are covered; 1 where the picture has none of it."""
    pixels = to_pixels(box, covers.shape[1], covers.shape[0])
    return 1.0 if pixels is None else float(covers[_area(pixels)].mean())


def _area(pixels: PixelBox) -> tuple[slice, slice]:
    left, top, right, bottom = pixels
    return slice(top, bottom), slice(left, right)


def _covered_above(box: Boxes, covers: Mask) -> float:
    left, top, right, bottom = box
    above = left, top - (bottom - top), right, top
    return _covered_share(above, covers) if top >= 1 else 0.0


def _bodies(known: Detections) -> Boxes:
    """Where the bodies of known people are, as far as they reach; shape (n, 4)."""
    people = known.of_kind(Kind.PERSON).boxes
    left, top, right, bottom = known.of_kind(Kind.HEAD, Kind.FACE).boxes.T
    middle, half, height = (left + right) / 2, BODY[0] * (right - left), BODY[1] * (bottom - top)
    below = np.stack([middle - half, top, middle + half, top + height], axis=1)
    return np.concatenate([people, below])


def _holding(bodies: Boxes, box: Boxes) -> Boxes:
    """The bodies in which the middle of a box lies."""
    return bodies[holds_centre(bodies, box)]


def _stands_elsewhere(head: Boxes, found: Detections, bodies: Boxes) -> bool:
    """Whether a head has a person of its own, with other feet than all known bodies around it."""
    people = found.of_kind(Kind.PERSON)
    people = people[people.scores >= PERSON_SCORE]
    people = people[fits_as_head(people.boxes, head[None])[:, 0]]
    if not len(people):
        return False
    feet = people.boxes[people.scores.argmax(), 3]
    heights = np.maximum(bodies[:, 3] - bodies[:, 1], 1)
    return bool((np.abs(bodies[:, 3] - feet) > SAME_FEET * heights).all())


def _shares(box: Boxes, bodies: Boxes) -> float:
    """The largest share of a box that a body covers."""
    size = np.maximum(area(box[None]), 1e-6)
    return float((intersection(box[None], bodies)[0] / size).max(initial=0))
