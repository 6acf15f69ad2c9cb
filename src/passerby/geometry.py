"""Boxes: convert, grow, clip, compare. Pure NumPy; a box is left, top, right, bottom."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes

__all__ = [
    "PixelBox",
    "Size",
    "XywhBox",
    "area",
    "boxes_around",
    "from_xywh",
    "grow",
    "intersection",
    "intersection_over_union",
    "to_pixels",
    "to_xywh",
]

Real = TypeVar("Real", np.float32, np.float64)

XywhBox = tuple[float, float, float, float]
"""Left, top, width, height in pixels, as in COCO."""

Size = tuple[int, int]
"""Height and width in pixels."""

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels inside an image; right and bottom are exclusive."""


def from_xywh(boxes: npt.ArrayLike) -> Boxes:
    """Turn left, top, width, height into left, top, right, bottom; shape (n, 4) both ways.

    Example:
        >>> from_xywh([[10, 20, 5, 6]])
        array([[10., 20., 15., 26.]], dtype=float32)
    """
    array = np.asarray(boxes, np.float32).reshape(-1, 4)
    return np.concatenate([array[:, :2], array[:, :2] + array[:, 2:]], axis=1)


def to_xywh(boxes: Boxes) -> Boxes:
    """Turn left, top, right, bottom into left, top, width, height; shape (n, 4) both ways."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)


def boxes_around(centres: npt.NDArray[np.floating], sizes: npt.NDArray[np.floating]) -> Boxes:
    """Boxes by their centres and their widths and heights, shape (n, 2) each.

    Example:
        >>> boxes_around(np.array([[10, 20]]), np.array([[4, 6]])).tolist()
        [[8.0, 17.0, 12.0, 23.0]]
    """
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1).astype(np.float32)


def grow(boxes: Boxes, horizontal: npt.ArrayLike, vertical: npt.ArrayLike) -> Boxes:
    """Move each side outwards by a share of the box's width and height.

    Args:
        boxes: Shape (n, 4).
        horizontal: Share of the width added on the left and again on the right; scalar or (n,).
        vertical: Share of the height added on top and again at the bottom; scalar or (n,).

    Example:
        >>> grow(np.array([[10, 20, 20, 40]], np.float32), 0.1, 0.5)
        array([[ 9., 10., 21., 50.]], dtype=float32)
    """
    size = boxes[:, 2:] - boxes[:, :2]
    shares = np.stack(np.broadcast_arrays(horizontal, vertical), axis=-1)
    margin = size * np.asarray(shares, np.float32)
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)


def area(boxes: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Pixels in each box, shape (n,); 0 where a side has no length."""
    sides: npt.NDArray[Real] = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return sides[:, 0] * sides[:, 1]


def intersection(first: npt.NDArray[Real], second: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Pixels that every box of ``first`` (n, 4) shares with every box of ``second`` (m, 4).

    Returns:
        Shape (n, m).
    """
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides: npt.NDArray[Real] = np.clip(bottom_right - top_left, 0, None)
    return sides[..., 0] * sides[..., 1]


def intersection_over_union(
    first: npt.NDArray[Real], second: npt.NDArray[Real]
) -> npt.NDArray[Real]:
    """Overlap of every box of ``first`` (n, 4) with every box of ``second`` (m, 4).

    Returns:
        Shape (n, m), 0-1; 0 where both boxes are empty.
    """
    shared = intersection(first, second)
    union = area(first)[:, None] + area(second)[None, :] - shared
    overlap: npt.NDArray[Real] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return overlap


def to_pixels(box: npt.ArrayLike, width: int, height: int) -> PixelBox | None:
    """Round a box outwards to whole pixels of an image; a box in doubt covers more, not less.

    Sides in the wrong order are swapped, a side of no length covers one pixel, a box that
    reaches outside is clipped, and a box with a NaN covers the whole image.

    Args:
        box: Left, top, right, bottom.
        width: Of the image.
        height: Of the image.

    Returns:
        The pixels, or None where the box lies wholly outside the image.

    Example:
        >>> to_pixels((10.6, 5.2, 11.4, 5.2), 100, 100)
        (10, 5, 12, 6)
        >>> to_pixels((float("nan"), 0, 1, 1), 100, 50)
        (0, 0, 100, 50)
        >>> to_pixels((-9, -9, -1, -1), 100, 50) is None
        True
    """
    left, top, right, bottom = np.asarray(box, np.float64)
    if np.isnan([left, top, right, bottom]).any():
        return 0, 0, width, height
    x0, x1 = _outward(left, right, width)
    y0, y1 = _outward(top, bottom, height)
    if x0 >= width or y0 >= height or x1 <= 0 or y1 <= 0:
        return None
    return max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)


def _outward(low: float, high: float, limit: int) -> tuple[int, int]:
    """Round one side outwards; values far outside are brought near first, as int() needs."""
    low, high = np.clip(sorted((low, high)), -1, limit + 1)
    start = int(np.floor(low))
    return start, max(int(np.ceil(high)), start + 1)
