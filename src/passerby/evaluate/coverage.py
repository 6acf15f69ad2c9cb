"""Share of the heads of a clip that its anonymized copy covers.

A head is covered if at least 90 % of its pixels differ by more than 12 levels in some channel, or
if its detail (the variance of its Laplacian) fell by at least 75 %; the second is for flat heads
that a blur hardly moves. What a codec changes stays below both. A head that is known is the ellipse
in its box. Where only persons are known, a head is the middle 60 % of a person's width and the top
18 % of the height, which is more than twice as large; published tables were made with that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np

from passerby.detections import Mask
from passerby.errors import InputError
from passerby.evaluate.ground_truth import GroundTruth, read_ground_truth
from passerby.evaluate.pictures import read_pairs
from passerby.geometry import XywhBox
from passerby.types import Image

__all__ = [
    "SHORTEST_PERSON",
    "Coverage",
    "Head",
    "coverage_of",
    "heads_in",
    "measure_coverage",
]

Head = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

SHORTEST_PERSON = 40
"""Lowest height in pixels of a person who counts, unless told otherwise."""

_HEAD_SIDES = 0.2
_HEAD_HEIGHT = 0.18
_CHANGED_LEVELS = 12
_COVERED_SHARE = 0.9
_HALF_SHARE = 0.5
_KEPT_DETAIL = 0.25
_SHORTEST_SIDE = 3


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well heads are covered.

    Attributes:
        heads: How many there were.
        covered: How many of them are covered.
        half_covered: How many had at least half of their pixels changed.
        changed: Mean share of the pixels of a frame that were changed, 0-1.
    """

    heads: int
    covered: int
    half_covered: int
    changed: float


def coverage_of(
    clear: Path, covered: Path, truth: Path, shortest: float = SHORTEST_PERSON
) -> Coverage:
    """Compare two videos, or two folders of pictures, in the frames with ground truth.

    Args:
        clear: The clip.
        covered: Its copy.
        truth: Boxes of the clip's persons or heads, see `read_ground_truth`.
        shortest: Lowest height in pixels of a person who counts, see `heads_in`.

    Raises:
        InputError: If a file cannot be read, or if the copy has other frames or another size.
    """
    known = read_ground_truth(truth)
    heads = heads_in(known, shortest)
    if not heads:
        raise InputError(f"{truth} has no visible persons or heads: there is nothing to measure")
    return measure_coverage(_compared(heads, clear, covered), elliptic=bool(known.heads))


def heads_in(truth: GroundTruth, shortest: float = SHORTEST_PERSON) -> dict[int, list[Head]]:
    """Choose the heads that count: those that are known, else the tops of persons.

    Args:
        truth: Of a clip.
        shortest: Lowest height in pixels of a person who counts; a head that is known counts from
            18 % of that height.

    Returns:
        Heads by number of the frame, from 0.
    """
    if truth.heads:
        least = _HEAD_HEIGHT * shortest
        return {
            frame: [_corners(box) for box in boxes if box[3] >= least]
            for frame, boxes in truth.heads.items()
        }
    return {
        frame: [_top(box) for box in boxes if box[3] >= shortest]
        for frame, boxes in truth.persons.items()
    }


def _corners(head: XywhBox) -> Head:
    left, top, width, height = head
    return left, top, left + width, top + height


def _top(person: XywhBox) -> Head:
    left, top, width, height = person
    right = left + (1 - _HEAD_SIDES) * width
    return left + _HEAD_SIDES * width, top, right, top + _HEAD_HEIGHT * height


def _compared(
    heads: dict[int, list[Head]], clear: Path, covered: Path
) -> Iterator[tuple[list[Head], Image, Image]]:
    """Put heads and pictures together, and make sure that none is missing."""
    count = 0
    for number, before, after in read_pairs(clear, covered, heads):
        yield heads[number], before, after
        count += 1
    if count < len(heads):
        raise InputError(f"{clear} ends before frame {max(heads)}, which has ground truth")


def measure_coverage(
    frames: Iterable[tuple[Iterable[Head], Image, Image]], *, elliptic: bool = False
) -> Coverage:
    """Measure coverage.

    Args:
        frames: For each frame its heads, its picture, and its anonymized picture of the same
            size. Heads outside the picture, or with a side below 3 pixels, are left out.
        elliptic: Whether heads are the ellipses in their boxes, or all of their boxes.
    """
    heads = covered = half = 0
    changes = []
    for boxes, before, after in frames:
        changed = _changed(before, after)
        changes.append(float(changed.mean()))
        for box in boxes:
            pixels = _pixels(box, before)
            if pixels is None:
                continue
            clear, hidden = before[pixels], after[pixels]
            inside = _inside(box, pixels) if elliptic else np.ones(clear.shape[:2], np.bool_)
            share = float(changed[pixels][inside].mean())
            faded = _detail(hidden, inside) <= _KEPT_DETAIL * _detail(clear, inside)
            heads += 1
            covered += share >= _COVERED_SHARE or faded
            half += share >= _HALF_SHARE
    return Coverage(heads, covered, half, float(np.mean(changes)) if changes else 0.0)


def _pixels(head: Head, picture: Image) -> tuple[slice, slice] | None:
    """Rows and columns of a head; None if it is too small or outside the picture."""
    left, top, right, bottom = head
    rows, columns = picture.shape[:2]
    x0, x1, y0, y1 = max(int(left), 0), ceil(right), max(int(top), 0), ceil(bottom)
    if min(x1 - x0, y1 - y0) < _SHORTEST_SIDE or x0 >= columns or y0 >= rows:
        return None
    return slice(y0, min(y1, rows)), slice(x0, min(x1, columns))


def _inside(head: Head, pixels: tuple[slice, slice]) -> Mask:
    """Which pixels of a head's box lie in its ellipse, by their middles; all if none does."""
    left, top, right, bottom = head
    rows, columns = pixels
    across = (
        (np.arange(columns.start, columns.stop) + 0.5 - (left + right) / 2) * 2 / (right - left)
    )
    down = (np.arange(rows.start, rows.stop) + 0.5 - (top + bottom) / 2) * 2 / (bottom - top)
    mask: Mask = across[None] ** 2 + down[:, None] ** 2 <= 1
    return mask if mask.any() else np.ones_like(mask)


def _changed(before: Image, after: Image) -> Mask:
    """Which pixels differ visibly; shape (height, width)."""
    changed: Mask = cv2.absdiff(before, after).max(axis=2) > _CHANGED_LEVELS
    return changed


def _detail(picture: Image, inside: Mask) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F)[inside].var())
