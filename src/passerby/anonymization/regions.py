"""Which pixels of a frame are covered.

All margins are shares of a box's width or height. A box that cannot be trusted (NaN, sides in
the wrong order, no area) covers more, never less: see `geometry.to_pixels`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anonymization.patches import Patch, patches_of_boxes
from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.geometry import PixelBox
from passerby.registry import Registry

__all__ = ["REGIONS", "Region"]

FACE_MARGIN = 0.2
"""Added to each side of a face box by `faces`."""

HEAD_MARGIN = 0.1
"""Added to each side of a detected head box by `heads`."""

HEAD_HEIGHT = 0.3
"""Height of what is covered of a person, as a share of its height ..."""
HEAD_HEIGHT_BY_WIDTH = 0.5
"""... or of its width, whichever is more: for people who sit, bend or are cut off."""
HEAD_SIDES = 0.16
"""Added left and right of a person box, as a share of its width: people lean."""
HEAD_ABOVE = 0.06
"""Added above a person box, as a share of its height: detectors cut off hair and hats."""

FACE_TO_HEAD_SIDES = 0.3
FACE_TO_HEAD_ABOVE = 0.5
FACE_TO_HEAD_BELOW = 0.2
"""Added to a face box to reach the ears, the hair and the chin."""

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


@dataclass(frozen=True, eq=False)
class Region:
    """A choice of pixels.

    Attributes:
        summary: Which pixels, in one line.
        kinds: What detectors must find for it; empty if it needs no detector.
        find: Takes the detections and the frame's width and height; returns the patches.
    """

    summary: str
    kinds: frozenset[Kind]
    find: Callable[[Detections, int, int], list[Patch]]

    def __call__(self, detections: Detections, width: int, height: int) -> list[Patch]:
        """Return the patches to cover in a frame of ``width`` x ``height`` pixels."""
        # Boxes may hold infinities; what becomes NaN on the way covers the whole frame.
        with np.errstate(invalid="ignore", over="ignore"):
            return self.find(detections.of_kind(*self.kinds), width, height)


REGIONS: Registry[Region] = Registry("region")


def _ordered(boxes: Boxes) -> npt.NDArray[np.float64]:
    """The boxes with swapped sides put right, in double precision, which cannot overflow."""
    corners = boxes.astype(np.float64)
    low = np.minimum(corners[:, :2], corners[:, 2:])
    return np.concatenate([low, np.maximum(corners[:, :2], corners[:, 2:])], axis=1)


def _widened(boxes: Boxes, sides: float, above: float, below: float) -> npt.NDArray[np.float64]:
    """The boxes with margins: a share of the width at both sides, of the height above and below."""
    left, top, right, bottom = _ordered(boxes).T
    side, height = sides * (right - left), bottom - top
    return np.stack(
        [left - side, top - above * height, right + side, bottom + below * height], axis=1
    )


def _patches(
    boxes: npt.NDArray[np.float64], detections: Detections, width: int, height: int
) -> list[Patch]:
    """Patches of ``boxes``, one a detection, each with the margin its detection asks for."""
    margin = detections.margins.astype(np.float64)[:, None] * np.array([-1, -1, 1, 1])
    return patches_of_boxes(boxes + margin, detections.tracks, width, height)


def _grown(detections: Detections, margin: float, width: int, height: int) -> list[Patch]:
    boxes = _widened(detections.boxes, margin, margin, margin)
    return _patches(boxes, detections, width, height)


def _faces(detections: Detections, width: int, height: int) -> list[Patch]:
    return _grown(detections, FACE_MARGIN, width, height)


def _heads(detections: Detections, width: int, height: int) -> list[Patch]:
    people, faces = detections.of_kind(Kind.PERSON), detections.of_kind(Kind.FACE)
    heads_of_faces = _widened(
        faces.boxes, FACE_TO_HEAD_SIDES, FACE_TO_HEAD_ABOVE, FACE_TO_HEAD_BELOW
    )
    return [
        *_patches(_heads_of_people(people.boxes), people, width, height),
        *_grown(detections.of_kind(Kind.HEAD), HEAD_MARGIN, width, height),
        *_patches(heads_of_faces, faces, width, height),
    ]


def _heads_of_people(boxes: Boxes) -> npt.NDArray[np.float64]:
    left, top, right, bottom = _ordered(boxes).T
    width, height = right - left, bottom - top
    head = np.maximum(HEAD_HEIGHT * height, HEAD_HEIGHT_BY_WIDTH * width)
    side = HEAD_SIDES * width
    return np.stack(
        [left - side, top - HEAD_ABOVE * height, right + side, top + np.minimum(head, height)],
        axis=1,
    )


def _top(_detections: Detections, width: int, height: int) -> list[Patch]:
    return [Patch((0, 0, width, ceil(TOP_SHARE * height)))]


def _frame(_detections: Detections, width: int, height: int) -> list[Patch]:
    return [Patch((0, 0, width, height))]


def _people(detections: Detections, width: int, height: int) -> list[Patch]:
    return _silhouettes(detections, PERSON_MARGIN, width, height)


def _motion(detections: Detections, width: int, height: int) -> list[Patch]:
    return _silhouettes(detections, MOTION_MARGIN, width, height)


def _objects(detections: Detections, width: int, height: int) -> list[Patch]:
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
        "The top of each person, detected heads, and detected faces enlarged to heads.",
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
