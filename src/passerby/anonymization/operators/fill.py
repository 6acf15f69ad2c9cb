"""Flat fills: nothing of the patch is left but, at most, its mean colour."""

import colorsys

import numpy as np

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch, mean_colour
from passerby.anonymization.strength import Strength
from passerby.types import Image

__all__ = ["track_colour"]

_GOLDEN_RATIO = (5**0.5 - 1) / 2
_GREY = (128, 128, 128)


def track_colour(track: int) -> tuple[int, int, int]:
    """A colour (B, G, R) for a track: tracks with near numbers differ clearly; grey for none.

    Hues follow each other by the golden ratio, which spreads any number of them evenly.
    """
    if track < 0:
        return _GREY
    red, green, blue = colorsys.hsv_to_rgb(track * _GOLDEN_RATIO % 1, 0.65, 0.85)
    return round(255 * blue), round(255 * green), round(255 * red)


def _fill(patch: Patch, colour: tuple[int, int, int] | Image) -> Image:
    return np.full((patch.height, patch.width, 3), colour, np.uint8)


def _blackout(_image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    return _fill(patch, (0, 0, 0))


def _blank(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    return _fill(patch, mean_colour(image, patch))


def _silhouette(_image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    return _fill(patch, track_colour(patch.track))


OPERATORS.add("blackout", Operator(summary="Black; nothing is left.", apply=_blackout))
OPERATORS.add("blank", Operator(summary="The patch's mean colour.", apply=_blank))
OPERATORS.add(
    "silhouette",
    Operator(
        summary="One flat colour per track, grey without tracks; meant for people.",
        apply=_silhouette,
    ),
)
