"""Attackers who rebuild pictures, and recognise people in what they have rebuilt."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.recogniser import trained_recogniser

__all__ = ["as_picture", "rebuilder"]

_Picture = npt.NDArray[np.uint8]


def rebuilder(case: AttackCase, rebuild: Callable[[_Picture], _Picture]) -> Fitted:
    """Recognise people in rebuilt pictures, by a recogniser that is trained on such pictures.

    Args:
        case: Whose people and signatures are used.
        rebuild: Takes an anonymized picture, shape (height, width, 3), and returns what the clear
            one looked like, in 8 bits. It sees one picture at a time, so that the same picture
            is always rebuilt in the same way.
    """

    def rebuilt(images: CropImages) -> CropImages:
        return np.stack([rebuild(one) for one in images])

    recogniser = trained_recogniser(case, rebuilt(case.train.seen), rebuilt(case.validation.seen))
    return Fitted(lambda images: recogniser.of_seen(rebuilt(images)), recogniser.of_clear, rebuilt)


def as_picture(values: npt.NDArray[np.floating]) -> _Picture:
    """Round values of 0-255 to 8 bits."""
    picture: _Picture = np.rint(values).clip(0, 255).astype(np.uint8)
    return picture
