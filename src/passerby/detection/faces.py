"""Find faces with YuNet (Wu et al. 2023, doi 10.1007/s11633-023-1423-y) through OpenCV."""

import math
from pathlib import Path

import cv2
import numpy as np

from passerby.detection.tiles import find_through, windows
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.geometry import from_xywh
from passerby.models.cards import MODELS, is_path
from passerby.models.lookup import card_of, default, resolve
from passerby.types import Image

__all__ = ["FaceDetector"]

_SMALLEST_SEEN = 12
"""Width of the smallest faces that YuNet finds reliably, in pixels of its input; measured."""

_LARGEST_INPUT = 1920
"""Longest side that the network is given at once, in pixels, which bounds its memory."""

_LARGEST_SCALE = 4.0
"""An image is not enlarged further than this: there is nothing more to see."""

_SUPPRESSION = 0.3, 5000
"""Overlap above which, and the number of boxes up to which, OpenCV keeps one box a face."""


class FaceDetector:
    """Gives a box, `Kind.FACE`, around every face.

    Args:
        model: Name of a model, or the path of an ONNX export of YuNet; the default model when
            left out.
        threshold: Lowest score of a box, 0-1.
        smallest_face: Width of the smallest faces to find, in pixels of the image. Smaller
            values enlarge the image before the search, larger ones shrink it, and the time
            goes with the square of that.

    Raises:
        ConfigError: If an argument is out of range.
        ModelError: If the model is missing, damaged or not YuNet.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        threshold: float = 0.3,
        smallest_face: float = _SMALLEST_SEEN,
    ) -> None:
        if not 0 < threshold <= 1:
            raise ConfigError(f"threshold must be above 0 and at most 1, not {threshold}")
        if not smallest_face >= 1:
            raise ConfigError(f"smallest_face must be at least 1 pixel, not {smallest_face}")
        self._scale = min(_SMALLEST_SEEN / smallest_face, _LARGEST_SCALE)
        self._network = _open(_path(model or default("face").name), threshold)

    def __call__(self, image: Image) -> Detections:
        """Find the faces in an image of shape (height, width, 3), BGR.

        Returns:
            Boxes in pixels of the image, which may reach beyond its edges; best first.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        height, width = image.shape[:2]
        side = math.ceil(_LARGEST_INPUT / self._scale)
        looks = [(view, self._find) for view in windows(width, height, side, side)]
        return find_through(image, looks, {Kind.FACE: _SUPPRESSION[0]})

    def _find(self, view: Image) -> Detections:
        height, width = view.shape[:2]
        scale = min(self._scale, _LARGEST_INPUT / max(width, height))
        columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
        scaled = cv2.resize(view, (columns, rows), interpolation=cv2.INTER_LINEAR)
        try:
            self._network.setInputSize((columns, rows))
            _, found = self._network.detect(scaled)
        except cv2.error as error:
            raise DetectionError(f"the face network failed: {error.err}") from error
        faces = np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)
        if not np.isfinite(faces).all():
            raise DetectionError("the face network returned NaN or infinite values")
        scales = np.array([columns / width, rows / height] * 2, np.float32)
        return Detections.of(from_xywh(faces[:, :4]) / scales, faces[:, -1].clip(0, 1), Kind.FACE)


def _path(model: str) -> Path:
    if not is_path(model) and card_of(model, "face").decoder != "yunet":
        role = MODELS[model].role
        raise ConfigError(f"model {model} finds a {role}, not a face: choose another")
    return resolve(model)


def _open(path: Path, threshold: float) -> cv2.FaceDetectorYN:
    """Load the network; OpenCV's remarks on the engine it chose are not for our users."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        network = cv2.FaceDetectorYN.create(
            str(path), "", (_SMALLEST_SEEN, _SMALLEST_SEEN), threshold, *_SUPPRESSION
        )
        network.detect(np.zeros((_SMALLEST_SEEN, _SMALLEST_SEEN, 3), np.uint8))
    except cv2.error as error:
        raise ModelError(
            f"{path} cannot be run as YuNet ({error.err}): download it again"
        ) from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    return network
