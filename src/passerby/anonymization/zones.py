"""What the user fixes by hand: polygons to cover or to leave as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Self

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anonymization.patches import Patch
from passerby.detections import Mask
from passerby.errors import ConfigError

__all__ = ["Action", "Zone", "zone_patches"]

Action = Literal["cover", "leave"]

_FARTHEST = 100_000.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon that is always covered, or never by a region.

    Attributes:
        polygon: At least three corners (x, y): as shares of the frame's width and height if no
            number is above 1, else in pixels. Sides may cross; corners may lie outside.
        action: "cover" covers the pixels in every frame; "leave" frees them from what regions
            find. Where both apply, "cover" wins.

    Raises:
        ConfigError: If the polygon is malformed or encloses nothing, or the action is unknown.
    """

    polygon: tuple[tuple[float, float], ...]
    action: Action = "cover"

    def __post_init__(self) -> None:
        if self.action not in ("cover", "leave"):
            raise ConfigError(f"unknown action {self.action!r} of a zone: choose cover or leave")
        if len(self.polygon) < 3 or any(len(corner) != 2 for corner in self.polygon):
            raise ConfigError(f"a zone needs three or more corners x,y, not '{self}'")
        if not all(abs(number) <= _FARTHEST for corner in self.polygon for number in corner):
            raise ConfigError(f"a zone's corners must be within {_FARTHEST:g} px, not '{self}'")
        if self._is_flat:
            raise ConfigError(
                f"the zone '{self}' encloses nothing: name three corners that lie on no line"
            )

    def __str__(self) -> str:
        """The corners as `parse` reads them."""
        return " ".join(",".join(f"{number:g}" for number in corner) for corner in self.polygon)

    @classmethod
    def parse(cls, text: str, action: Action = "cover") -> Self:
        """Read corners as in ``0,0 0.5,0 0.5,0.2``.

        Raises:
            ConfigError: If the text does not name three or more corners, or none that can lie in
                a picture.

        Example:
            >>> Zone.parse("0,0 64,0 64,48").polygon
            ((0.0, 0.0), (64.0, 0.0), (64.0, 48.0))
        """
        try:
            corners = [tuple(map(float, corner.split(","))) for corner in text.split()]
            polygon = tuple((x, y) for x, y in corners)
        except ValueError:
            raise ConfigError(f"cannot read the zone {text!r}: write x,y x,y x,y") from None
        zone = cls(polygon, action)
        if any(max(side) <= 0 for side in zip(*polygon, strict=True)):
            raise ConfigError(
                f"the zone {text!r} lies outside of every picture: pictures begin at 0,0"
            )
        return zone

    def mask(self, width: int, height: int) -> Mask:
        """The zone's pixels in a frame, read-only; shape (height, width).

        A pixel belongs to it if its centre lies inside. A zone to cover takes one pixel more all
        around, a zone to leave one less.
        """
        return _zone_mask(self, width, height)

    def reaches_out(self, width: int, height: int) -> bool:
        """Whether a corner lies outside of a frame of this size."""
        corners = self.corners(width, height)
        return bool((corners < 0).any() or (corners > (width, height)).any())

    @property
    def _is_flat(self) -> bool:
        """Whether all corners lie on one line, or on one point."""
        sides = np.subtract(self.polygon[1:], self.polygon[0])
        return int(np.linalg.matrix_rank(sides)) < 2

    def corners(self, width: int, height: int) -> npt.NDArray[np.float64]:
        """The corners in pixels, shape (n, 2)."""
        corners = np.array(self.polygon, np.float64)
        return corners * (width, height) if corners.max() <= 1 else corners


@lru_cache(maxsize=32)
def _zone_mask(zone: Zone, width: int, height: int) -> Mask:
    combine = cv2.dilate if zone.action == "cover" else cv2.erode
    inside = _centres_inside(zone.corners(width, height), width, height).view(np.uint8)
    mask = np.asarray(combine(inside, np.ones((3, 3), np.uint8)), np.bool_)
    mask.flags.writeable = False
    return mask


def _centres_inside(corners: npt.NDArray[np.float64], width: int, height: int) -> Mask:
    """Whether the centre of each pixel lies in a polygon: an odd number of sides is left of it.

    Args:
        corners: Shape (n, 2), x and y in pixels.
        width: Of the frame.
        height: Of the frame.
    """
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    inside = np.zeros((height, width), np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        rows = np.flatnonzero((y0 > y) != (y1 > y))
        crossing = x0 + (y[rows] - y0) / ((y1 - y0) or 1) * (x1 - x0)
        inside[rows] ^= crossing[:, None] < x
    return inside


def zone_patches(
    zones: Sequence[Zone], patches: Sequence[Patch], width: int, height: int
) -> list[Patch]:
    """Apply zones to the patches that regions found.

    Args:
        zones: To cover or to leave, in any order.
        patches: What regions found.
        width: Of the frame.
        height: Of the frame.

    Returns:
        The patches less the pixels of zones to leave, and a patch for each zone to cover.
    """
    masks = [(zone.action, zone.mask(width, height)) for zone in zones]
    left = [mask for action, mask in masks if action == "leave"]
    covered = [_patch(mask) for action, mask in masks if action == "cover" and mask.any()]
    free = np.logical_or.reduce(left) if left else None
    found = patches if free is None else [_without(patch, free) for patch in patches]
    return [patch for patch in found if patch is not None] + covered


def _patch(mask: Mask) -> Patch:
    """The mask in the smallest box that holds it."""
    left, top, across, down = cv2.boundingRect(mask.view(np.uint8))
    inner = mask[top : top + down, left : left + across]
    return Patch((left, top, left + across, top + down), None if inner.all() else inner)


def _without(patch: Patch, free: Mask) -> Patch | None:
    """``patch`` less the pixels of ``free``, a mask of the whole frame; None if none are left."""
    kept = ~free[patch.area]
    mask = kept if patch.mask is None else kept & patch.mask
    if mask.all():
        return patch
    return Patch(patch.box, mask, patch.track) if mask.any() else None
