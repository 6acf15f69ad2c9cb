"""The shadows of things and people on the ground."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.synth.camera import NEAREST, Array, Camera
from passerby.synth.light import Light

__all__ = ["Shadows"]

REDUCTION = 4
"""Shadows are drawn this many times smaller than the picture; they are soft anyhow."""


class Shadows:
    """Darkens the ground of one camera's pictures.

    Args:
        camera: Who looks.
        light: What casts the shadows.
        is_ground: Shape (height, width), where the ground is seen.
    """

    def __init__(self, camera: Camera, light: Light, is_ground: Mask) -> None:
        self.camera = camera
        self.light = light
        self._strength = np.where(is_ground, 255 * light.shadow, 0).astype(np.uint8)
        distance = max(float(camera.position[2]), 4.0)
        self._blur = max(0.6, light.softness * camera.focal / distance / REDUCTION / 2)

    def cast(
        self,
        image: npt.NDArray[np.uint8],
        things: Iterable[tuple[Array, npt.NDArray[np.intp]]],
    ) -> npt.NDArray[np.uint8]:
        """Return ``image`` with the shadows of ``things``.

        Args:
            image: Shape (height, width, 3), BGR.
            things: Vertices in the world, shape (v, 3), and the convex part that each belongs
                to, shape (v,).
        """
        height, width = image.shape[:2]
        mask = np.zeros((-(-height // REDUCTION), -(-width // REDUCTION)), np.uint8)
        for vertices, parts in things:
            self._draw(mask, vertices, parts)
        soft = cv2.GaussianBlur(mask, (0, 0), self._blur)
        full = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
        kept = 255 - cv2.multiply(full, self._strength, scale=1 / 255)
        darkened = cv2.multiply(image, cv2.merge([kept] * 3), scale=1 / 255)
        return np.asarray(darkened, np.uint8)

    def _draw(
        self, mask: npt.NDArray[np.uint8], vertices: Array, parts: npt.NDArray[np.intp]
    ) -> None:
        """Fill the outline of each part's shadow."""
        towards = self.light.towards
        fallen = vertices - towards * (vertices[:, 2] / towards[2])[:, None]
        pixels, depth = self.camera.project(fallen)
        if depth.min() < NEAREST:
            return
        points = np.rint(pixels * (16 / REDUCTION)).astype(np.int32)
        starts = np.flatnonzero(np.diff(parts, prepend=-1))
        for part in np.split(points, starts[1:]):
            cv2.fillConvexPoly(mask, cv2.convexHull(part), 255, cv2.LINE_8, 4)
