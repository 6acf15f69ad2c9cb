"""Flat fills: nothing of the patch is left but, at most, its mean colour."""

import numpy as np

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch, mean_colour
from passerby.anonymization.strength import Strength
from passerby.track_colours import track_colour
from passerby.types import Image


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
