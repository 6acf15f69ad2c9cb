"""Parts of anonymized frames: what was covered in the whole is covered in them."""

from passerby.errors import ConfigError
from passerby.geometry import PixelBox
from passerby.types import AnonymizedFrame, Frame, require_anonymized, seal

__all__ = ["cut_out"]


def cut_out(frame: AnonymizedFrame, box: PixelBox) -> AnonymizedFrame:
    """Return a part of an anonymized frame, such as one person, as a frame of its own.

    Args:
        frame: The frame.
        box: Which pixels of it, at least one: left, top, right, bottom.

    Raises:
        ConfigError: If the box does not lie in the frame.
        PrivacyError: If the frame is raw.

    Example:
        >>> import numpy as np
        >>> from passerby.anonymization.preview import preview
        >>> whole = preview(Frame(np.zeros((64, 48, 3), np.uint8)))
        >>> cut_out(whole, (10, 20, 30, 60)).image.shape
        (40, 20, 3)
    """
    whole = require_anonymized(frame)
    height, width = whole.image.shape[:2]
    left, top, right, bottom = box
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ConfigError(f"the box {box} does not lie in a frame of {width}x{height} pixels")
    image = whole.image[top:bottom, left:right].copy()
    alpha = None if whole.alpha is None else whole.alpha[top:bottom, left:right].copy()
    place = Frame(image, index=whole.index, pts=whole.pts, time_base=whole.time_base)
    return seal(place, image, whole.protection, alpha=alpha, covered_in_full=whole.covered_in_full)
