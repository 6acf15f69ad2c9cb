"""Attackers who rebuild pictures, and recognise people in what they have rebuilt."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import Fitted
from passerby.attack.case import AttackCase
from passerby.attack.identity_map import identity_map
from passerby.attack.people import CropImages
from passerby.attack.recognition import recognise_clear

__all__ = ["as_picture", "rebuilder"]

_Picture = npt.NDArray[np.uint8]


def rebuilder(case: AttackCase, rebuild: Callable[[_Picture], _Picture]) -> Fitted:
    """Recognise people in rebuilt pictures.

    By a recogniser that is trained on rebuilt pictures of people with names, and one on clear ones;
    or by the signature network as it is, where that tells people of the validation part apart
    better: few people teach little.

    Args:
        case: Whose people and signatures are used.
        rebuild: Takes an anonymized picture, shape (height, width, 3), and returns what the clear
            one looked like, in 8 bits. It sees one picture at a time, so that the same picture
            is always rebuilt in the same way.
    """

    def rebuilt(images: CropImages) -> CropImages:
        return np.stack([rebuild(one) for one in images])

    of_clear = identity_map(case, case.train.clear.images, case.validation.clear.images)
    learned, network = (
        recognise_clear(Fitted(one, one), case.validation).mean_average_precision
        for one in (of_clear, case.describe)
    )
    if network > learned:
        return Fitted(lambda images: case.describe(rebuilt(images)), case.describe, rebuilt)
    of_rebuilt = identity_map(case, rebuilt(case.train.seen), rebuilt(case.validation.seen))
    return Fitted(lambda images: of_rebuilt(rebuilt(images)), of_clear, rebuilt)


def as_picture(values: npt.NDArray[np.floating]) -> _Picture:
    """Round values of 0-255 to 8 bits."""
    picture: _Picture = np.rint(values).clip(0, 255).astype(np.uint8)
    return picture
