"""Find what moves before a static camera, by subtracting a learned background.

The background is a mixture of Gaussians for each pixel (Zivkovic 2004, ICPR), from OpenCV.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind, Mask
from passerby.errors import ConfigError
from passerby.geometry import from_xywh
from passerby.types import Image

__all__ = ["MotionDetector"]

_WORKING_SIZE = 480
"""Long side at which motion is looked for, in pixels: a person of 45 pixels in 1080p has 11."""

_CLOSING = 5
"""Gaps of this many working pixels inside a moving thing are filled."""

_RENEWAL = 25
"""Frames from one look at the learned background to the next."""

_SHIFT = 1.5
"""Working pixels by which a picture may lie beside the background and still count as static."""

_SURE = 0.1
"""Response of phase correlation, 0-1, below which a shift is not believed."""

_CHANGED = 0.5
"""Share of the picture that differs when the light changed, rather than that people moved."""

_HOLD = 20
"""Frames that are distrusted after the light changed or the camera moved."""

_WARMING, _RELEARNING = -1.0, 0.1
"""Rates of learning: OpenCV's own at first, and one that forgets fast during a hold."""

_MAJORITY = 0.5
"""Share of the past, weighted by age, that a pixel's background must account for."""

_SHADOW = 127
"""OpenCV's mark of a pixel that is only darker than the background."""


class MotionDetector:
    """Gives a box and a mask, `Kind.MOTION`, for everything that moves.

    It can only vouch for a static camera whose background it knows. A frame fails (and is then
    covered in full) while the background is being learned, after the light changed at once, and
    while the camera moves. Who stands still for ``memory`` frames becomes background; who stood
    still from the start was never anything else.

    Args:
        warm_up: Frames until the background counts as known.
        memory: Frames after which something that stands still is taken for background.
        sensitivity: Distance from the background, in squared standard deviations, from which a
            pixel counts as moving. Smaller values find more.
        shadows: Whether shadows count as moving. They do by default: dark clothes before a
            lighter ground look the same.
        smallest: Area of the smallest thing to report, as a share of the picture.
        margin: Width of the rim added around each thing, as a share of the picture's long side.

    Raises:
        ConfigError: If an argument is out of range.
    """

    def __init__(
        self,
        *,
        warm_up: int = 30,
        memory: int = 150,
        sensitivity: float = 16.0,
        shadows: bool = True,
        smallest: float = 0.0002,
        margin: float = 0.006,
    ) -> None:
        for name, value in (("warm_up", warm_up), ("memory", memory), ("sensitivity", sensitivity)):
            if not value > 0:
                raise ConfigError(f"{name} must be above 0, not {value}")
        for name, value in (("smallest", smallest), ("margin", margin)):
            if not 0 <= value < 1:
                raise ConfigError(f"{name} must be at least 0 and below 1, not {value}")
        self._warm_up = warm_up
        self._memory = memory
        self._sensitivity = sensitivity
        self._shadows = shadows
        self._smallest = smallest
        self._margin = margin
        self._forget((0, 0))

    def __call__(self, image: Image) -> Detections:
        """Compare the next frame, shape (height, width, 3), BGR, with the background.

        Returns:
            Boxes in pixels of the image with a mask each, or a failure with its reason.
        """
        if image.shape[:2] != self._shape:
            self._forget(image.shape[:2])
        working = _shrunk(image)
        moving = self._compare(working)
        reason = self._distrust(working, moving)
        if reason is not None:
            return Detections.failed(reason)
        return self._things(moving)

    def _forget(self, shape: tuple[int, ...]) -> None:
        """Start over: nothing is known about the background."""
        self._shape = shape
        self._frames = 0
        self._trusted_from = self._warm_up
        self._reason = "the background is still being learned"
        self._reference: npt.NDArray[np.float32] | None = None
        self._background = cv2.createBackgroundSubtractorMOG2(
            varThreshold=self._sensitivity, detectShadows=not self._shadows
        )
        self._background.setBackgroundRatio(_MAJORITY)

    def _compare(self, working: Image) -> Mask:
        """Say which pixels move, and learn."""
        marks = self._background.apply(working, learningRate=self._learning())
        self._frames += 1
        return np.asarray(marks > _SHADOW)

    def _learning(self) -> float:
        """Choose how much one frame counts against the past."""
        if self._frames < self._warm_up:
            return _WARMING
        if self._frames < self._trusted_from:
            return _RELEARNING
        return math.log(2) / self._memory  # so that it takes the majority in that time

    def _distrust(self, working: Image, moving: Mask) -> str | None:
        """Say why this frame cannot be judged, or None."""
        if self._frames > self._warm_up:
            if moving.mean() > _CHANGED:
                self._suspend("the light or the whole view changed")
            elif self._strayed(working):
                self._suspend("the camera is not static")
        return self._reason if self._frames <= self._trusted_from else None

    def _suspend(self, reason: str) -> None:
        self._reason = reason
        self._trusted_from = self._frames + _HOLD

    def _strayed(self, working: Image) -> bool:
        """Tell whether the picture lies beside the background, by phase correlation."""
        if self._reference is None or self._frames % _RENEWAL == 0:
            self._reference = _edges(np.asarray(self._background.getBackgroundImage(), np.uint8))
        (x, y), response = cv2.phaseCorrelate(self._reference, _edges(working))
        return response > _SURE and max(abs(x), abs(y)) > _SHIFT

    def _things(self, moving: Mask) -> Detections:
        """Join moving pixels into things, drop specks, widen and bring to the image's size."""
        height, width = self._shape
        rows, columns = moving.shape
        rim = 2 * math.ceil(self._margin * max(moving.shape)) + 1
        filled = _filled(moving, self._smallest * moving.size)
        grown = cv2.dilate(filled, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim)))
        count, labels, statistics, _ = cv2.connectedComponentsWithStats(grown, ltype=cv2.CV_16U)
        full = cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST)
        scales = np.array([width / columns, height / rows] * 2, np.float32)
        boxes = from_xywh(statistics[1:, : cv2.CC_STAT_AREA]) * scales
        masks = tuple(np.asarray(full == label) for label in range(1, count))
        return Detections.of(boxes, kinds=Kind.MOTION, masks=masks)


def _shrunk(image: Image) -> Image:
    """Bring the long side down to the working size, and blur away the noise of the camera."""
    height, width = image.shape[:2]
    scale = min(_WORKING_SIZE / max(height, width), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8)


def _edges(image: Image) -> npt.NDArray[np.float32]:
    """Strength of the edges, which stay where they are when the light changes."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _filled(moving: Mask, smallest: float) -> npt.NDArray[np.uint8]:
    """Close gaps, fill holes and drop what has fewer than ``smallest`` pixels; 0 or 1."""
    gap = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CLOSING, _CLOSING))
    closed = cv2.morphologyEx(moving.astype(np.uint8), cv2.MORPH_CLOSE, gap)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(closed)
    large = np.flatnonzero(statistics[1:, cv2.CC_STAT_AREA] >= smallest) + 1
    kept = np.isin(labels, large).astype(np.uint8)
    outlines, _ = cv2.findContours(kept, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(kept, outlines, -1, 1, cv2.FILLED), np.uint8)
