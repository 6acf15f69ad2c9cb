"""Which pixels of a frame are covered.

All margins are shares of a box's width or height. A box that cannot be trusted (NaN, sides in
the wrong order, no area) covers more, never less: see `geometry.to_pixels`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anatomy import fit, heads_of_faces
from passerby.anonymization.patches import Patch, patches_of_boxes
from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.geometry import PixelBox
from passerby.registry import Registry

__all__ = ["REGIONS", "Fitting", "Region", "Shape"]

CROWN_REACH = 0.5
"""A head reaches up to the top of its person's box, if that is at most this share of its own height
above it: detectors cut off hair and hats."""

LONE_ASPECTS = 0.5, 0.8, 1.2
"""Width over height of people who stand; of those who bend or sit, or are seen from above; and of
those who lie. What is covered of a person without a head depends on it: ..."""
LONE_WIDTHS = 0.7, 1.0, 1.0
"""... its width, as a share of the box's ..."""
LONE_HEIGHTS = 0.22, 0.75, 1.0
"""... and its height: the head of somebody who bends may be far from the top of the box."""
LONE_ABOVE = 0.03
"""What is covered above the box, as a share of its height."""

WITHIN_ELLIPSE = (0.5**0.5 - 1) / 2
"""What is added to each side of a box so that it lies wholly in the ellipse in that box."""

TOP_SHARE = 0.25
"""Share of a person crop's height that `top` covers (van Rooijen et al., section 2.2)."""

PERSON_MARGIN = 0.1
"""Added to each side of a box by `people`."""
OBJECT_MARGIN = 0.2
"""Added to each side of a box by `objects`: number plates are seen at a slant, and move fast."""
MOTION_MARGIN = 0.05
"""Added to each side of a motion box by `motion`."""
SILHOUETTE_MARGIN = 0.05
"""By how much a silhouette grows, as a share of the longer side of its box; at least 2 pixels."""


Shape = Literal["ellipse", "box"]
"""Of the covers of heads and faces."""


Flags = npt.NDArray[np.bool_]


class Fitting(NamedTuple):
    """How the covers of heads and faces are cut.

    Attributes:
        shape: An ellipse in the box, or the box itself.
        margin: What is added to each side of the box, as a share of its width or height.
    """

    shape: Shape = "ellipse"
    margin: float = 0.35


USUAL_FITTING = Fitting()


@dataclass(frozen=True, eq=False)
class Region:
    """A choice of pixels.

    Attributes:
        summary: Which pixels, in one line.
        kinds: What detectors must find for it; empty if it needs no detector.
        find: Takes the detections, the frame's width and height, and how heads are covered;
            returns the patches.
    """

    summary: str
    kinds: frozenset[Kind]
    find: Callable[[Detections, int, int, Fitting], list[Patch]]

    def __call__(
        self, detections: Detections, width: int, height: int, fitting: Fitting = USUAL_FITTING
    ) -> list[Patch]:
        """Return the patches to cover in a frame of ``width`` x ``height`` pixels."""
        # Boxes may hold infinities; what becomes NaN on the way covers the whole frame.
        with np.errstate(invalid="ignore", over="ignore"):
            return self.find(detections.of_kind(*self.kinds), width, height, fitting)


REGIONS: Registry[Region] = Registry("region")


def _ordered(boxes: Boxes) -> npt.NDArray[np.float64]:
    """The boxes with swapped sides put right, in double precision, which cannot overflow."""
    corners = boxes.astype(np.float64)
    low = np.minimum(corners[:, :2], corners[:, 2:])
    return np.concatenate([low, np.maximum(corners[:, :2], corners[:, 2:])], axis=1)


def _widened(boxes: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.float64]:
    """The boxes with margins: a share of the width at both sides, of the height above and below."""
    sides = boxes[:, 2:] - boxes[:, :2]
    wider: npt.NDArray[np.float64] = boxes + share * np.concatenate([-sides, sides], axis=1)
    return wider


def _doubted(boxes: npt.NDArray[np.float64], detections: Detections) -> npt.NDArray[np.float64]:
    """The boxes of ``detections``, each with the margin that it asks for."""
    margins = detections.margins.astype(np.float64)[:, None]
    wider: npt.NDArray[np.float64] = boxes + margins * np.array([-1, -1, 1, 1])
    return wider


def _grown(detections: Detections, margin: float, width: int, height: int) -> list[Patch]:
    boxes = _doubted(_widened(_ordered(detections.boxes), margin), detections)
    return patches_of_boxes(boxes, detections.tracks, width, height)


def _faces(detections: Detections, width: int, height: int, fitting: Fitting) -> list[Patch]:
    boxes = _doubted(_widened(_ordered(detections.boxes), fitting.margin), detections)
    elliptic = fitting.shape == "ellipse"
    return patches_of_boxes(boxes, detections.tracks, width, height, elliptic=elliptic)


def _heads(detections: Detections, width: int, height: int, fitting: Fitting) -> list[Patch]:
    """Each head once: where it was seen, or its face, or the upper part of its person."""
    heads, faces = detections.of_kind(Kind.HEAD), detections.of_kind(Kind.FACE)
    people = detections.of_kind(Kind.PERSON)
    seen = _doubted(_widened(_up_to_the_crown(heads, people), fitting.margin), heads)
    around_faces = heads_of_faces(_ordered(faces.boxes).astype(np.float32)).astype(np.float64)
    of_faces = _doubted(_widened(around_faces, fitting.margin), faces)
    sure = seen if fitting.shape == "box" else _widened(seen, WITHIN_ELLIPSE)
    alone = ~_inside(faces.boxes, sure)
    found = Detections.joined(heads, replace(faces, boxes=around_faces.astype(np.float32)))
    lone = people[~_have_heads(people, found)]
    cut = partial(patches_of_boxes, width=width, height=height, elliptic=fitting.shape == "ellipse")
    return [
        *cut(seen, heads.tracks),
        *cut(of_faces[alone], faces.tracks[alone]),
        *cut(_doubted(_upper_parts(lone.boxes), lone), lone.tracks),
    ]


def _up_to_the_crown(heads: Detections, people: Detections) -> npt.NDArray[np.float64]:
    """The boxes of heads, up to the tops of those people whose heads they are."""
    boxes = _ordered(heads.boxes)
    tops = _ordered(people.boxes)[:, 1]
    height = boxes[:, 3] - boxes[:, 1]
    above = boxes[:, 1][:, None] - tops[None]
    near = (above > 0) & (above <= CROWN_REACH * height[:, None])
    owned: Flags = np.logical_and(_belong(people, heads).T, near)
    highest = np.where(owned, tops[None], np.inf).min(axis=1, initial=np.inf)
    boxes[:, 1] = np.minimum(boxes[:, 1], highest)
    return boxes


def _have_heads(people: Detections, heads: Detections) -> Flags:
    """Which people have a head among these; shape (people,)."""
    owned: Flags = np.any(_belong(people, heads), axis=1)
    return owned


def _belong(people: Detections, heads: Detections) -> Flags:
    """Which heads belong to which people: those of their track, or that fit if they have none.

    Returns:
        Shape (people, heads).
    """
    same: Flags = np.equal(people.tracks[:, None], heads.tracks[None])
    trackless: Flags = np.logical_and(people.tracks[:, None] < 0, heads.tracks[None] < 0)
    if not trackless.any():
        return same
    return np.where(trackless, fit(people.boxes, heads.boxes) > 0, same)


def _inside(inner: Boxes, outer: npt.NDArray[np.float64]) -> Flags:
    """Which boxes lie wholly in one of the others; shape (inner,)."""
    low = np.greater_equal(inner[:, None, :2], outer[None, :, :2])
    high = np.less_equal(inner[:, None, 2:], outer[None, :, 2:])
    inside: Flags = np.any(np.all(low & high, axis=2), axis=1)
    return inside


def _upper_parts(boxes: Boxes) -> npt.NDArray[np.float64]:
    """Where the heads of people are whose heads were not seen."""
    left, top, right, bottom = _ordered(boxes).T
    width, height = right - left, bottom - top
    aspect = width / np.maximum(height, 1e-9)
    share = np.interp(aspect, LONE_ASPECTS, LONE_WIDTHS)
    down = np.interp(aspect, LONE_ASPECTS, LONE_HEIGHTS) * height
    middle, half = (left + right) / 2, share * width / 2
    # What becomes NaN on the way must stay NaN, or it would not cover the whole frame.
    return np.stack([middle - half, top - LONE_ABOVE * height, middle + half, top + down], axis=1)


def _top(_detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    return [Patch((0, 0, width, ceil(TOP_SHARE * height)))]


def _frame(_detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    return [Patch((0, 0, width, height))]


def _people(detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    return _silhouettes(detections, PERSON_MARGIN, width, height)


def _motion(detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    return _silhouettes(detections, MOTION_MARGIN, width, height)


def _objects(detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    return _grown(detections, OBJECT_MARGIN, width, height)


def _silhouettes(detections: Detections, margin: float, width: int, height: int) -> list[Patch]:
    """The masks that can be used, and the boxes with a margin of the others."""
    masks = detections.masks or (None,) * len(detections)
    usable = np.array(
        [mask is not None and mask.shape == (height, width) and mask.any() for mask in masks],
        np.bool_,
    )
    chosen = [mask for mask, use in zip(masks, usable, strict=True) if mask is not None and use]
    tracks = detections.tracks[usable]
    return [
        *_grown(detections[~usable], margin, width, height),
        *(_silhouette(mask, int(track)) for mask, track in zip(chosen, tracks, strict=True)),
    ]


def _silhouette(mask: Mask, track: int) -> Patch:
    """The mask, grown on all sides, in the smallest box that holds it."""
    height, width = mask.shape
    left, top, across, down = cv2.boundingRect(mask.view(np.uint8))
    reach = max(2, ceil(SILHOUETTE_MARGIN * max(across, down)))
    box: PixelBox = (
        max(left - reach, 0),
        max(top - reach, 0),
        min(left + across + reach, width),
        min(top + down + reach, height),
    )
    rows, columns = Patch(box).area
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    grown = cv2.dilate(mask[rows, columns].view(np.uint8), kernel)
    return Patch(box, grown.astype(np.bool_), track)


REGIONS.add("faces", Region("Detected faces, with a margin.", frozenset({Kind.FACE}), _faces))
REGIONS.add(
    "heads",
    Region(
        "Heads, with a margin; of a person whose head was not found, the upper part.",
        frozenset({Kind.PERSON, Kind.HEAD, Kind.FACE}),
        _heads,
    ),
)
REGIONS.add(
    "top",
    Region("The top 25 % of the image, for crops of one person.", frozenset(), _top),
)
REGIONS.add(
    "people",
    Region(
        "Whole people: the silhouette if it is known, otherwise the box; and detected heads.",
        frozenset({Kind.PERSON, Kind.HEAD}),
        _people,
    ),
)
REGIONS.add(
    "motion",
    Region("Everything that moves in front of a static camera.", frozenset({Kind.MOTION}), _motion),
)
REGIONS.add(
    "objects",
    Region(
        "Objects that a network of your own finds (--classes), with a margin.",
        frozenset({Kind.OBJECT}),
        _objects,
    ),
)
REGIONS.add("frame", Region("The whole frame.", frozenset(), _frame))
