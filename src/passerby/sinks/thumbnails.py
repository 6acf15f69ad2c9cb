"""The smallest pictures of frames: eight cells by eight."""

import io

import cv2
from PIL import Image as Pillow

from passerby.types import AnonymizedFrame, require_preview

__all__ = ["thumbnail"]

_CELLS = 8


def thumbnail(frame: AnonymizedFrame) -> bytes:
    """Return a preview as a PNG file with a pixel for each of its cells.

    Raises:
        PrivacyError: If the frame is no preview.
    """
    image = require_preview(frame).image
    small = cv2.resize(image, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    memory = io.BytesIO()
    Pillow.fromarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB)).save(memory, "PNG")
    return memory.getvalue()
