"""Where heads are on people, and faces on heads, measured in their boxes.

Boxes have shape (n, 4): left, top, right, bottom in pixels.
"""

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import boxes_around

__all__ = [
    "crowns",
    "expected_heads",
    "fit",
    "head_offsets",
    "heads_of_faces",
    "middles",
    "people_with_heads",
]

_Floats = npt.NDArray[np.float64]

FACE_TO_HEAD = (-0.14, -0.38, 0.14, 0.05)
"""From the sides of a face to those of its head, over the ears, the hair and the chin: shares of
the face's width and height."""

HEAD_WIDTH, HEAD_HEIGHT = 0.4, 0.48
"""Size of a head nobody has seen yet, as shares of its person's width: a height changes more when
people sit, bend or are cut off."""

USUAL_OFFSET = (0.0, 0.55)
"""From the middle of a person's upper edge to that of the head, in heights of the head."""

OFF_MIDDLE = 0.4
HIGHEST, LOWEST = -0.1, 0.3
"""Where the middle of a head may lie in its person's box: at most this share of the width off the
middle, and between these shares of the height below the top."""
LEAST_SHARE, GREATEST_SHARE = 0.06, 0.45
"""Least and greatest height of a head, as a share of its person's."""


def middles(boxes: npt.NDArray[np.floating]) -> _Floats:
    """The middles of boxes, shape (n, 2)."""
    centres: _Floats = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2
    return centres


def crowns(people: npt.NDArray[np.floating]) -> _Floats:
    """The middles of the upper edges of people, shape (n, 2)."""
    return np.stack([(people[:, 0].astype(np.float64) + people[:, 2]) / 2, people[:, 1]], axis=1)


def heads_of_faces(faces: Boxes) -> Boxes:
    """The heads that faces belong to.

    Example:
        >>> heads_of_faces(np.array([[10, 20, 20, 40]], np.float32)).round().tolist()
        [[9.0, 12.0, 21.0, 41.0]]
    """
    size = faces[:, 2:] - faces[:, :2]
    sides: Boxes = faces + np.concatenate([size, size], axis=1) * np.array(FACE_TO_HEAD, np.float32)
    return sides


def expected_heads(people: Boxes) -> Boxes:
    """Where the heads of people are who stand upright."""
    width = people[:, 2:3] - people[:, :1]
    size = width * (HEAD_WIDTH, HEAD_HEIGHT)
    return boxes_around(crowns(people) + size[:, 1:] * USUAL_OFFSET, size)


def head_offsets(people: Boxes, heads: Boxes) -> _Floats:
    """From the middle of each person's upper edge to that of their head, in heights of the head.

    Returns:
        Shape (n, 2), rightwards and downwards.
    """
    height = np.maximum(heads[:, 3:] - heads[:, 1:2], 1)
    offsets: _Floats = (middles(heads) - crowns(people)) / height
    return offsets


def fit(people: Boxes, heads: Boxes, offsets: _Floats | None = None) -> _Floats:
    """How well each of n people and each of m heads belong together.

    Args:
        people: Shape (n, 4).
        heads: Shape (m, 4).
        offsets: Where the head of each person was before, see `head_offsets`; NaN if not known.

    Returns:
        Shape (n, m): 1 for a head where it is expected, less further away, 0 where no head of
        this size can be.

    Example:
        >>> people = np.array([[0, 0, 40, 100]], np.float32)
        >>> heads = np.array([[13, 1, 27, 17], [13, 60, 27, 76]], np.float32)
        >>> fit(people, heads).round(1).tolist()
        [[1.0, 0.0]]
    """
    size = np.maximum(people[:, 2:] - people[:, :2], 1e-9).astype(np.float64)[:, None]
    height = np.maximum(heads[:, 3] - heads[:, 1], 1e-9).astype(np.float64)[None]
    below = middles(heads)[None] - crowns(people)[:, None]
    across, down = np.abs(below[..., 0]) / size[..., 0], below[..., 1] / size[..., 1]
    share = height / size[..., 1]
    possible = (
        (across < OFF_MIDDLE)
        & (down > HIGHEST)
        & (down < LOWEST)
        & (share > LEAST_SHARE)
        & (share < GREATEST_SHARE)
    )
    expected = np.broadcast_to(USUAL_OFFSET, (len(people), 2))
    if offsets is not None:
        expected = np.where(np.isnan(offsets), expected, offsets)
    away = np.linalg.norm(below / height[..., None] - expected[:, None], axis=2)
    worth: _Floats = possible / (1 + away)
    return worth


def people_with_heads(found: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes are people whose head, or face, was found too; shape (n,)."""
    heads = found.of_kind(Kind.HEAD).boxes
    faces = heads_of_faces(found.of_kind(Kind.FACE).boxes)
    people = found.kinds == Kind.PERSON
    owned = np.zeros(len(found), np.bool_)
    owned[people] = (fit(found.boxes[people], np.concatenate([heads, faces])) > 0).any(axis=1)
    return owned
