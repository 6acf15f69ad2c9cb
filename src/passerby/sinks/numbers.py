"""The numbers of tracks beside the people whom they follow."""

import cv2
import numpy as np

from passerby.detections import Detections
from passerby.track_colours import track_colour
from passerby.types import Image

__all__ = ["with_numbers"]

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_LETTER_SHARE = 1 / 28
"""Height of a number, as a share of the shorter side of the frame ..."""
_SMALLEST = 11
"""... and at least so many pixels."""
_LETTER_PIXELS = 22
"""Height of the font's figures at scale 1."""
_DARK = (20, 20, 20)


def with_numbers(image: Image, people: Detections) -> Image:
    """Draw the box of each person, and the number of the track above it.

    Args:
        image: Of an anonymized frame; it is not changed.
        people: Boxes without a track are left out.

    Returns:
        A picture of the same size.
    """
    drawn = image.copy()
    height, width = image.shape[:2]
    letters = max(_SMALLEST, round(_LETTER_SHARE * min(width, height)))
    line = max(1, letters // 8)
    numbered = people[people.tracks >= 0]
    for box, track in zip(numbered.boxes, numbered.tracks, strict=True):
        left, top, right, bottom = (int(side) for side in np.rint(box))
        colour = track_colour(int(track))
        cv2.rectangle(drawn, (left, top), (right - 1, bottom - 1), colour, line)
        _write(drawn, str(track), (left, top), colour, letters, line)
    return drawn


def _write(
    drawn: Image,
    text: str,
    corner: tuple[int, int],
    colour: tuple[int, int, int],
    letters: int,
    line: int,
) -> None:
    """Put a number above a corner, in a field of its colour; inside the frame in any case."""
    scale = letters / _LETTER_PIXELS
    (across, down), _ = cv2.getTextSize(text, _FONT, scale, line)
    height, width = drawn.shape[:2]
    left = min(max(corner[0], 0), max(width - across - 4, 0))
    bottom = min(max(corner[1], down + 5), height)
    cv2.rectangle(drawn, (left, bottom - down - 5), (left + across + 3, bottom - 1), colour, -1)
    cv2.putText(drawn, text, (left + 2, bottom - 3), _FONT, scale, _DARK, line, cv2.LINE_AA)
