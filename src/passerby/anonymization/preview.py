"""Previews for places where people could be compared: cells too coarse for a face.

Ranked lists, nearest neighbours, attention maps and reconstructions by attacks show synthetic
people, or previews (decision 7). Their sinks ask for previews with `require_preview`.
"""

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.strength import Strength
from passerby.detections import Detections
from passerby.geometry import PixelBox
from passerby.protection import CELLS
from passerby.types import AnonymizedFrame, Frame, seal

__all__ = ["close_up", "preview"]

_COARSE = Anonymizer(
    regions=CELLS.regions,
    operator=str(CELLS.operator),
    strength=Strength.parse(str(CELLS.strength)),
)
"""Of the whole image: nothing says where in a crop the face is, nor how large."""


def preview(frame: Frame | AnonymizedFrame) -> AnonymizedFrame:
    """Return an image as 8x8 cells, each in its mean colour.

    Raises:
        InputError: If its pixels cannot be decoded.

    Example:
        >>> import numpy as np
        >>> image = np.random.default_rng(0).integers(0, 255, (128, 64, 3), dtype=np.uint8)
        >>> len(np.unique(preview(Frame(image)).image.reshape(-1, 3), axis=0))
        64
    """
    if isinstance(frame, AnonymizedFrame):
        return close_up(frame, (0, 0, *frame.image.shape[1::-1]))
    covered = _COARSE(frame, Detections.none())
    if covered.covered_in_full:
        return covered
    return seal(frame, covered.image, CELLS, alpha=covered.alpha)


def close_up(frame: AnonymizedFrame, box: PixelBox) -> AnonymizedFrame:
    """Return a part of an anonymized frame as 8x8 cells.

    Args:
        frame: The frame.
        box: Which pixels of it, at least one: left, top, right, bottom.
    """
    left, top, right, bottom = box
    part = frame.image[top:bottom, left:right]
    return preview(Frame(part.copy(), index=frame.index, pts=frame.pts, time_base=frame.time_base))
