"""Covers patches of a picture, and makes them opaque."""

from collections.abc import Callable

import numpy as np

from passerby.anonymization.operators import Operator
from passerby.anonymization.patches import Patch, mean_colour
from passerby.anonymization.strength import Strength
from passerby.arrays import repainted
from passerby.errors import PrivacyError
from passerby.types import Alpha, Image

__all__ = ["covered", "opaque"]


def covered(
    image: Image,
    patches: list[Patch],
    operator: Operator,
    strength: Strength | None,
    seed: Callable[[int], int],
) -> Image:
    """A frozen copy of ``image`` in which all patches are covered.

    The operator sees the picture as covered so far: where patches overlap, the pixels are
    covered at least as well as by either.

    Args:
        image: Shape (height, width, 3), BGR.
        patches: Of the image.
        operator: What is done to them.
        strength: Of the operator; None for its default.
        seed: Gives a seed for the number of a patch.

    Raises:
        PrivacyError: If the operator returns pixels of another shape or type.
    """

    def paint(output: Image) -> None:
        seen = _blanked(image, patches) if operator.looks_around else output.view()
        seen.flags.writeable = False
        for number, patch in enumerate(patches):
            _write(output, patch, operator(seen, patch, strength, seed(number)))

    return repainted(image, paint)


def opaque(alpha: Alpha, patches: list[Patch]) -> Alpha:
    """A copy of ``alpha`` that is opaque inside the patches: an outline can identify too."""

    def paint(output: Alpha) -> None:
        for patch in patches:
            output[patch.area][... if patch.mask is None else patch.mask] = 255

    return repainted(alpha, paint)


def _write(output: Image, patch: Patch, pixels: Image) -> None:
    """Put the new pixels of ``patch`` into ``output``."""
    if pixels.shape != (patch.height, patch.width, 3) or pixels.dtype != np.uint8:
        raise PrivacyError(f"an operator returned {pixels.dtype} {pixels.shape} for {patch.box}")
    mask = True if patch.mask is None else patch.mask[:, :, None]
    np.copyto(output[patch.area], pixels, where=mask)


def _blanked(image: Image, patches: list[Patch]) -> Image:
    """A copy of ``image`` in which each patch has its mean colour, so that none is raw."""
    output = image.copy()
    for patch in patches:
        colour = np.broadcast_to(mean_colour(image, patch), (patch.height, patch.width, 3))
        _write(output, patch, colour)
    return output
