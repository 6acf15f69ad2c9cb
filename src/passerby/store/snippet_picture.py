"""A snippet as it is stored: an anonymized picture, encoded."""

import cv2

from passerby.errors import OutputError
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["snippet_jpeg"]

_QUALITY = 90
"""Of JPEG, 1-100."""


def snippet_jpeg(frame: AnonymizedFrame, quality: int = _QUALITY) -> bytes:
    """Encode a picture that hides people as JPEG.

    Args:
        frame: The picture.
        quality: 1-100.

    Raises:
        PrivacyError: If it is raw, or what was done to it is known to be weak.
        OutputError: If it cannot be encoded.
    """
    sealed = require_anonymized(frame, strong=True)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    done, encoded = cv2.imencode(".jpg", sealed.image, options)
    if not done:
        height, width = sealed.image.shape[:2]
        raise OutputError(f"{width}x{height} pixels cannot be encoded as JPEG: cut out less")
    return encoded.tobytes()
