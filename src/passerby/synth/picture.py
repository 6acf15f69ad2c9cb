"""Pictures that were drawn here, and show nobody who exists."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import PrivacyError

__all__ = ["Picture", "require_drawn"]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that `passerby.synth` drew, and may write. Nothing else makes one (decision 5).

    Attributes:
        pixels: Shape (height, width, 3), BGR, or (height, width), grey; uint8.
    """

    pixels: npt.NDArray[np.uint8]


def require_drawn(picture: object) -> npt.NDArray[np.uint8]:
    """Return the pixels of what was drawn here.

    Raises:
        PrivacyError: If it is anything but a `Picture`.
    """
    if type(picture) is not Picture:
        raise PrivacyError(
            f"expected a Picture that passerby.synth drew, got {type(picture).__name__}: other "
            "pictures are written by passerby.sinks, once they are anonymized"
        )
    return picture.pixels
