"""How much of clear frames is in other ones: in what an attacker rebuilt, or in anonymized frames.

Explained variance is 1 - MSE / V: 1 if all is there, 0 if no more than V's guess, and less if the
other frame is worse than that guess. Then the attacker is broken, and privacy is not good.

V's guess decides what a figure means. Of all pixels it is the camera's mean image. Of people it is
one colour, the mean of their pixels, and pixels count only if they lie in a person's box and differ
from the mean image: against the mean image, knowing the boxes alone explains much of a person's
pixels, and against the mean colour next to nothing.
"""

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Mask
from passerby.evaluate.bootstrap import Estimate, estimated_ratio
from passerby.evaluate.similarity.measures import check_same_size
from passerby.geometry import to_pixels
from passerby.types import Image

__all__ = ["ExplainedVariance", "foreground"]

_DIFFERS = 0.1 * 255

_Pixels = npt.NDArray[np.float64]


def foreground(frame: Image, mean: _Pixels, people: Boxes) -> Mask:
    """Mark people's pixels: in a box, and more than 0.1 of 1 from the mean image in some channel.

    Args:
        frame: Shape (height, width, 3), 0-255.
        mean: Mean image of the camera, likewise.
        people: Shape (n, 4).

    Returns:
        Shape (height, width).
    """
    height, width = frame.shape[:2]
    inside = np.zeros((height, width), np.bool_)
    for box in people:
        pixels = to_pixels(box, width, height)
        if pixels is not None:
            left, top, right, bottom = pixels
            inside[top:bottom, left:right] = True
    differs: Mask = np.abs(frame - mean).max(axis=2) > _DIFFERS
    return inside & differs


class ExplainedVariance:
    """Explained variance over frames, which are added one by one; none is kept.

    Args:
        mean: Mean image of the clear frames, shape (height, width, 3), 0-255.
        colour: Mean colour of people's pixels, shape (3,); that of the frames added if left out.
    """

    def __init__(self, mean: _Pixels, colour: _Pixels | None = None) -> None:
        self._mean = mean
        self._colour = colour
        self._all: list[tuple[float, float]] = []
        self._people: list[_Pixels] = []

    def add(self, clear: Image, other: Image, people: Boxes) -> None:
        """Count a frame in.

        Args:
            clear: Shape (height, width, 3), 0-255.
            other: What is to explain it, of the same shape.
            people: Boxes of people in the clear frame, shape (n, 4).

        Raises:
            InputError: If their sizes differ.
        """
        check_same_size(clear, other)
        errors = np.square(clear.astype(np.float64) - other)
        deviations = np.square(clear - self._mean)
        self._all.append((float(errors.sum()), float(deviations.sum())))
        mask = foreground(clear, self._mean, people)
        pixels = clear[mask].astype(np.float64)
        row = [errors[mask].sum(), np.square(pixels).sum(), len(pixels), *pixels.sum(axis=0)]
        self._people.append(np.array(row))

    @property
    def of_pixels(self) -> Estimate:
        """Of all pixels against the mean image, with its interval over frames."""
        errors, deviations = np.array(self._all).reshape(-1, 2).T
        return estimated_ratio(deviations - errors, deviations)

    @property
    def of_people(self) -> Estimate:
        """Of people's pixels against their mean colour, likewise; NaN if there were none."""
        rows = np.array(self._people).reshape(-1, 6)
        errors, squares, counts, sums = rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:]
        colour = self._colour
        if colour is None:
            colour = sums.sum(axis=0) / max(float(counts.sum()), 1)
        deviations = squares - 2 * sums @ colour + counts * (colour @ colour)
        deviations = np.maximum(deviations, 0)
        return estimated_ratio(deviations - errors, deviations)
