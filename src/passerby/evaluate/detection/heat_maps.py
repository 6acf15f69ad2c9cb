"""How well people are found in heat maps, as Johansson and Lundberg measure it (section 4.2.2).

A heat map is warm in the middle of each person and cools down around it. Both the label and what
the detector gives are maps of a quarter of the frame's size, and distances are pixels of the maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.errors import InputError

__all__ = [
    "PeakMatches",
    "heat_map_average_precision",
    "interpolated_average_precision",
    "match_heat_maps",
    "peak_mask",
]

HeatMap = npt.NDArray[np.float32]
"""Shape (height, width), 0-1."""

_LEAST = 0.5
"""Lowest value of a peak."""

_REACH = 4
"""Distance in pixels below which a peak is right."""

_AROUND = np.ones((3, 3), np.uint8)
_THRESHOLDS = tuple(round(step / 20, 2) for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class PeakMatches:
    """Pixels of peaks and around them, counted over heat maps.

    Attributes:
        right: Pixels of what was found that are less than 4 pixels from a labelled one.
        false: Pixels of what was found that are more than 4 pixels from every labelled one. A pixel
            at a distance of exactly 4 counts for neither: that is how the thesis words it.
        missed: Labelled pixels that no pixel of what was found is less than 4 pixels away from.
    """

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; NaN where nothing was."""
        return _share(self.right, self.false)

    @property
    def recall(self) -> float:
        """Right over right and missed: pixels found over pixels labelled; NaN where there is none.

        The thesis divides counts of two different maps. It is 1 only if nothing is missed.
        """
        return _share(self.right, self.missed)

    def __add__(self, other: "PeakMatches") -> "PeakMatches":
        return PeakMatches(
            self.right + other.right, self.false + other.false, self.missed + other.missed
        )


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else float("nan")


def peak_mask(heat_map: HeatMap, least: float = _LEAST) -> Mask:
    """Mark the peaks of a heat map and the eight pixels around each.

    A pixel is a peak if none of its neighbours is higher and it is at least ``least``: it has the
    same value in the map and in the map after max pooling over 3x3 pixels. In a map that is
    the same everywhere, every pixel is one.

    Args:
        heat_map: Shape (height, width).
        least: Lowest value of a peak.

    Raises:
        InputError: If it is not a map of finite numbers.
    """
    if heat_map.ndim != 2 or not heat_map.size or not np.isfinite(heat_map).all():
        raise InputError(
            f"a heat map must have finite numbers and shape (height, width), not {heat_map.shape}"
        )
    pooled = cv2.dilate(heat_map, _AROUND)
    peaks = (heat_map == pooled) & (heat_map >= least)
    mask: Mask = cv2.dilate(peaks.astype(np.uint8), _AROUND) > 0
    return mask


def match_heat_maps(found: HeatMap, labelled: HeatMap, least: float = _LEAST) -> PeakMatches:
    """Compare what a detector gives with the label.

    Args:
        found: Shape (height, width).
        labelled: Shape (height, width).
        least: Lowest value of a peak of ``found``; of ``labelled`` it is 0.5.

    Raises:
        InputError: If the shapes differ or they are not maps of finite numbers.
    """
    if found.shape != labelled.shape:
        raise InputError(f"heat maps of {found.shape} and {labelled.shape} cannot be compared")
    ours, theirs = np.argwhere(peak_mask(found, least)), np.argwhere(peak_mask(labelled))
    if not len(ours) or not len(theirs):
        return PeakMatches(0, len(ours), len(theirs))
    squared = ((ours[:, None] - theirs[None]) ** 2).sum(axis=2)
    nearest = squared.min(axis=1)
    return PeakMatches(
        right=int((nearest < _REACH**2).sum()),
        false=int((nearest > _REACH**2).sum()),
        missed=int((squared.min(axis=0) >= _REACH**2).sum()),
    )


def interpolated_average_precision(precision: npt.ArrayLike, recall: npt.ArrayLike) -> float:
    """Return the area under the best precision at each recall or a higher one.

    The thesis takes a point of each epoch of the training. Its printed sum lacks the width of the
    steps: it is the area that is meant. Points that are not numbers are left out.

    Args:
        precision: Shape (n,).
        recall: Shape (n,).

    Returns:
        0-1; 0 where there are no points.

    Example:
        >>> round(interpolated_average_precision([1, 0.5, 0.8], [0.2, 0.4, 0.5]), 2)
        0.44
    """
    points = np.stack([np.asarray(recall, np.float64), np.asarray(precision, np.float64)], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    points = points[np.argsort(points[:, 0], kind="stable")]
    best = np.maximum.accumulate(points[::-1, 1])[::-1]
    return float((np.diff(points[:, 0], prepend=0) * best).sum())


def heat_map_average_precision(
    found: Sequence[HeatMap],
    labelled: Sequence[HeatMap],
    thresholds: Sequence[float] = _THRESHOLDS,
) -> float:
    """Measure one detector: a point for each threshold of what it gives, over all maps.

    Args:
        found: What it gives.
        labelled: As many labels.
        thresholds: Lowest values of peaks.

    Raises:
        InputError: If the numbers or shapes of maps differ, or there are none.
    """
    if len(found) != len(labelled) or not found:
        raise InputError(f"there are {len(found)} heat maps, but {len(labelled)} labels")
    points = [
        sum(
            (match_heat_maps(*pair, least) for pair in zip(found, labelled, strict=True)),
            PeakMatches(0, 0, 0),
        )
        for least in thresholds
    ]
    return interpolated_average_precision(
        [one.precision for one in points], [one.recall for one in points]
    )
