"""Look at a large picture through several overlapping windows and put the finds together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.detection.suppression import suppress
from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import PixelBox, area, intersection
from passerby.types import Image

__all__ = ["Finder", "cut_by_border", "find_through", "windows"]

Finder = Callable[[Image], Detections]
"""Gives what is in a picture."""

_OVERLAP = 0.25
"""Share of a window that its neighbour sees too."""

_NEAR = 0.02
"""Share of a window's side within which a box counts as touching its border."""

_INSIDE = 0.7
"""Share of a cut box that must lie in a whole one for the two to be the same person."""


def find_through(
    image: Image, looks: Iterable[tuple[PixelBox, Finder]], overlaps: Mapping[Kind, float]
) -> Detections:
    """Find in each window and keep one box for each person, head or face.

    Args:
        image: Shape (height, width, 3).
        looks: Windows of the image, each with what finds in it, in pixels of that window.
        overlaps: Kinds to keep, and of each the intersection over union above which two boxes
            are the same, 0-1.

    Returns:
        Boxes in pixels of the image: one kind after the other, each best first.
    """
    height, width = image.shape[:2]
    parts, cut = [], []
    for view, find in looks:
        left, top, right, bottom = view
        found = find(image[top:bottom, left:right])
        boxes = found.boxes + np.array([left, top, left, top], np.float32)
        parts.append(replace(found, boxes=boxes))
        cut.append(cut_by_border(boxes, view, width, height))
    return _merged(Detections.joined(*parts), np.concatenate(cut), overlaps)


def _merged(
    found: Detections, cut: npt.NDArray[np.bool_], overlaps: Mapping[Kind, float]
) -> Detections:
    """Compare like with like: a head inside a person is no piece of it."""
    kinds = [(found.kinds == kind, overlap) for kind, overlap in overlaps.items()]
    return Detections.joined(*(_distinct(found[of], cut[of], overlap) for of, overlap in kinds))


def _distinct(found: Detections, cut: npt.NDArray[np.bool_], overlap: float) -> Detections:
    """Drop pieces of what was seen whole elsewhere, then the weaker of like boxes."""
    pieces, whole = found.boxes[cut], found.boxes[~cut]
    inside = intersection(pieces, whole) > _INSIDE * area(pieces)[:, None]
    known = np.zeros(len(found), np.bool_)
    known[cut] = inside.any(axis=1)
    found = found[~known]
    return found[suppress(found.boxes, found.scores, overlap)]


def windows(width: int, height: int, tile_width: int, tile_height: int) -> list[PixelBox]:
    """Cover a picture with as few windows as overlap by a quarter.

    The first window is the whole picture, which finds what is too large for one of the others.

    Args:
        width: Of the picture.
        height: Of the picture.
        tile_width: Of one window.
        tile_height: Of one window.

    Returns:
        The windows, all of them inside the picture.

    Example:
        >>> windows(100, 50, 60, 60)
        [(0, 0, 100, 50), (0, 0, 60, 50), (40, 0, 100, 50)]
        >>> windows(100, 50, 100, 100)
        [(0, 0, 100, 50)]
    """
    whole = (0, 0, width, height)
    tiles = [
        (left, top, min(left + tile_width, width), min(top + tile_height, height))
        for top in _starts(height, tile_height)
        for left in _starts(width, tile_width)
    ]
    return [whole] if len(tiles) == 1 else [whole, *tiles]


def _starts(length: int, tile: int) -> list[int]:
    """Where windows begin along one side, evenly spread."""
    if tile >= length:
        return [0]
    step = tile * (1 - _OVERLAP)
    count = 1 + int(np.ceil((length - tile) / step))
    return [round(start) for start in np.linspace(0, length - tile, count)]


def cut_by_border(boxes: Boxes, window: PixelBox, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Tell which boxes end where their window does, though the picture goes on.

    Args:
        boxes: Shape (n, 4), in pixels of the picture.
        window: The one that they were found in.
        width: Of the picture.
        height: Of the picture.

    Returns:
        Shape (n,).
    """
    left, top, right, bottom = window
    near_x, near_y = _NEAR * (right - left), _NEAR * (bottom - top)
    return (
        ((left > 0) & (boxes[:, 0] < left + near_x))
        | ((top > 0) & (boxes[:, 1] < top + near_y))
        | ((right < width) & (boxes[:, 2] > right - near_x))
        | ((bottom < height) & (boxes[:, 3] > bottom - near_y))
    )
