"""The exact truth about a picture: who is where, and how much of them can be seen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.geometry import PixelBox
from passerby.synth.picture import Picture

__all__ = ["Shot", "Sighting"]

FloatBox = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; may reach outside the picture."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """One person in one picture, at least one pixel of whom can be seen.

    Attributes:
        identity: Number of the `Identity`.
        box: Of the whole person, hidden parts and parts outside the picture included.
        head_box: Of head, hair and hat, hidden parts included; lies inside ``box``.
        visible_box: The pixels around what can be seen.
        shape: Mask of what can be seen, of the size of ``visible_box``.
        visibility: Share of the person's pixels that can be seen, 0-1.
        head_visibility: Share of the head box's pixels that show this person, over the share
            that would if nothing were in the way, 0-1.
    """

    identity: int
    box: FloatBox
    head_box: FloatBox
    visible_box: PixelBox
    shape: Mask
    visibility: float
    head_visibility: float

    def mask(self, width: int, height: int) -> Mask:
        """Return what can be seen in a picture of this size, shape (height, width)."""
        left, top, right, bottom = self.visible_box
        full = np.zeros((height, width), np.bool_)
        full[top:bottom, left:right] = self.shape
        return full


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture by a synthetic camera.

    Attributes:
        camera: Name of the camera.
        index: Number of the frame, from 0.
        image: Shape (height, width, 3), BGR, uint8.
        sightings: Everybody who can be seen.
    """

    camera: str
    index: int
    image: npt.NDArray[np.uint8]
    sightings: tuple[Sighting, ...]

    @property
    def picture(self) -> Picture:
        """The image as what may be written."""
        return Picture(self.image)

    def detections(self, visibility: float = 0.0) -> Detections:
        """Return persons and heads as a perfect detector and tracker would.

        Args:
            visibility: Leave out persons and heads of whom less can be seen, 0-1.
        """
        persons = [seen for seen in self.sightings if seen.visibility >= visibility]
        heads = [
            seen
            for seen in self.sightings
            if seen.head_visibility > 0 and seen.head_visibility >= visibility
        ]
        return Detections.joined(
            _found([seen.box for seen in persons], Kind.PERSON, persons),
            _found([seen.head_box for seen in heads], Kind.HEAD, heads),
        )


def _found(boxes: list[FloatBox], kind: Kind, seen: list[Sighting]) -> Detections:
    array: Boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections.of(array, kinds=kind, tracks=[one.identity for one in seen])
