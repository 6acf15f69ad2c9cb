"""A covered frame as the editor shows it: JPEG."""

import cv2
import numpy as np

from passerby.errors import OutputError
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["frame_jpeg"]

_QUALITY = 85


def frame_jpeg(frame: AnonymizedFrame) -> bytes:
    """Encode a covered frame as JPEG.

    Args:
        frame: The frame.

    Raises:
        PrivacyError: If it is raw.
        OutputError: If it cannot be encoded.
    """
    sealed = require_anonymized(frame)
    done, encoded = cv2.imencode(".jpg", sealed.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise OutputError("a frame of this size cannot be encoded as JPEG")
    return np.asarray(encoded).tobytes()
