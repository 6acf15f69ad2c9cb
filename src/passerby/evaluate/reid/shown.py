"""How an image of a person is shown: in cells so coarse that no face is in it (decision 7)."""

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.strength import Strength
from passerby.detections import Detections
from passerby.types import AnonymizedFrame, Frame

__all__ = ["as_shown"]

_COARSE = Anonymizer(regions=("frame",), operator="pixelate", strength=Strength(8))
"""Of the whole image: nothing says where in a crop the face is, nor how large."""


def as_shown(frame: Frame) -> AnonymizedFrame:
    """Return an image as 8x8 cells, each in its mean colour.

    Raises:
        InputError: If its pixels cannot be decoded.

    Example:
        >>> import numpy as np
        >>> image = np.random.default_rng(0).integers(0, 255, (128, 64, 3), dtype=np.uint8)
        >>> len(np.unique(as_shown(Frame(image)).image.reshape(-1, 3), axis=0))
        64
    """
    return _COARSE(frame, Detections.none())
