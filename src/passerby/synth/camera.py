"""Pinhole cameras that look at a world in metres: x and y on the ground, z up."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = ["Array", "Camera", "ceiling", "eye_level", "raised"]

Array = npt.NDArray[np.float64]

NEAREST = 0.05
"""Metres; what lies closer to the camera's plane is projected as if it were this far."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A calibrated camera without lens distortion.

    Attributes:
        name: For files and reports ("camera-1").
        width, height: Of its pictures, in pixels.
        focal: Focal length in pixels.
        position: Shape (3,), metres.
        rotation: Shape (3, 3); its rows are the camera's right, down and forward in the world.
    """

    name: str
    width: int
    height: int
    focal: float
    position: Array
    rotation: Array

    @classmethod
    def looking_at(
        cls,
        position: npt.ArrayLike,
        target: npt.ArrayLike,
        *,
        name: str = "camera",
        size: tuple[int, int] = (640, 360),
        field_of_view: float = 65.0,
    ) -> Self:
        """Place a camera at ``position`` so that ``target`` is in the middle of its picture.

        Args:
            position: Shape (3,), metres.
            target: Shape (3,), metres.
            name: Of the camera.
            size: Width and height of its pictures, in pixels.
            field_of_view: Horizontal, in degrees, between 0 and 180.

        Raises:
            ConfigError: If the size or the field of view is impossible, or the camera is asked
                to look at the place where it stands.
        """
        width, height = size
        if width < 1 or height < 1:
            raise ConfigError(f"a picture cannot have {width}x{height} pixels: ask for more")
        if not 0 < field_of_view < 180:
            raise ConfigError(f"field of view {field_of_view} must lie between 0 and 180 degrees")
        here = np.asarray(position, np.float64)
        forward = np.asarray(target, np.float64) - here
        if not np.linalg.norm(forward):
            raise ConfigError("a camera cannot look at its own position: choose another target")
        forward /= np.linalg.norm(forward)
        # Straight down no direction is "up"; the picture's top then points along y.
        level = np.hypot(forward[0], forward[1]) > 1e-6
        right = np.cross(forward, (0, 0, 1)) if level else np.array([1.0, 0, 0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forward, right), forward])
        focal = width / 2 / np.tan(np.radians(field_of_view) / 2)
        return cls(name, width, height, float(focal), here, rotation)

    @cached_property
    def matrix(self) -> Array:
        """The intrinsic matrix, shape (3, 3)."""
        middle = self.width / 2, self.height / 2
        return np.array([[self.focal, 0, middle[0]], [0, self.focal, middle[1]], [0, 0, 1]])

    @property
    def translation(self) -> Array:
        """Of world into camera coordinates, shape (3,): camera = rotation @ world + translation."""
        return -self.rotation @ self.position

    def project(self, points: Array) -> tuple[Array, Array]:
        """Return where world points, shape (n, 3), are seen.

        Returns:
            Pixels, shape (n, 2), where (0, 0) is the top left corner of the picture; and depths
            along the viewing direction in metres, shape (n,).
        """
        seen = (points - self.position) @ self.rotation.T
        depth = seen[:, 2]
        middle = np.array([self.width / 2, self.height / 2])
        pixels = seen[:, :2] * (self.focal / np.maximum(depth, NEAREST))[:, None] + middle
        return pixels, depth

    def rays(self, scale: int = 1, rows: slice = slice(None)) -> Array:
        """Return the viewing direction of every pixel in the world, not normalised.

        Args:
            scale: Samples along each side of a pixel.
            rows: Of pixels; all by default.

        Returns:
            Shape (number of rows * scale, width * scale, 3).
        """
        first, last, _ = rows.indices(self.height)
        x = (np.arange(self.width * scale) + 0.5) / scale - self.width / 2
        y = (np.arange(first * scale, last * scale) + 0.5) / scale - self.height / 2
        right, down, forward = self.rotation
        rays: Array = x[None, :, None] * right + y[:, None, None] * down + self.focal * forward
        return rays

    def sees(self, points: Array) -> npt.NDArray[np.bool_]:
        """Return which world points, shape (n, 3), lie inside the picture, shape (n,)."""
        pixels, depth = self.project(points)
        inside = ((pixels >= 0) & (pixels < (self.width, self.height))).all(axis=1)
        return inside & (depth > NEAREST)


def _around(middle: Array, bearing: float, distance: float, height: float) -> Array:
    """A point ``distance`` metres from ``middle`` over the ground, in direction ``bearing``."""
    return np.array(
        [
            middle[0] + distance * np.cos(bearing),
            middle[1] + distance * np.sin(bearing),
            height,
        ]
    )


def eye_level(
    middle: Array, bearing: float, distance: float, *, name: str, size: tuple[int, int]
) -> Camera:
    """A camera held at the height of a face; ``middle`` is the (x, y) that it looks at."""
    position = _around(middle, bearing, distance, 1.6)
    return Camera.looking_at(position, (*middle, 1.05), name=name, size=size)


def raised(
    middle: Array, bearing: float, distance: float, *, name: str, size: tuple[int, int]
) -> Camera:
    """A camera on a wall or mast as in CCTV, looking down at ``middle`` (x, y)."""
    position = _around(middle, bearing, distance, 3.6)
    return Camera.looking_at(position, (*middle, 0.7), name=name, size=size)


def ceiling(middle: Array, height: float, *, name: str, size: tuple[int, int]) -> Camera:
    """A camera ``height`` metres above ``middle`` (x, y) that looks straight down."""
    position = (*middle, height)
    return Camera.looking_at(position, (*middle, 0.0), name=name, size=size, field_of_view=68.0)
