"""People of one clip told apart by signatures, made of them without their heads."""

from math import ceil

import numpy as np
import numpy.typing as npt

from passerby.anonymization.regions import TOP_SHARE
from passerby.detections import Boxes
from passerby.geometry import to_pixels
from passerby.signatures.describer import Describer
from passerby.signatures.input import resized
from passerby.tracking.appearance import Appearance, PersonFeatures
from passerby.types import Image

__all__ = ["signature_appearance"]

_ALIKE, _WEIGHT = 0.8, 6.0
"""Chosen on crossings of people who do not exist; docs/benchmarks.md says how others fare."""


def signature_appearance(describer: Describer) -> Appearance:
    """Tell people apart by signatures instead of colours.

    The top quarter of each person is black before anything is described, as van Rooijen et al.
    (section 2.2) black out heads.

    Args:
        describer: Made for people with covered heads, as `passerby-signature` is.
    """

    def describe(image: Image, boxes: Boxes) -> PersonFeatures:
        if not len(boxes):
            return np.zeros((0, 0), np.float32)
        people = [_without_head(image, box) for box in boxes]
        nobody = np.zeros((*describer.size, 3), np.uint8)
        pictures = [nobody if one is None else resized(one, describer.size) for one in people]
        rows = describer.describe(np.stack(pictures))
        rows[[one is None for one in people]] = 0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        features: PersonFeatures = np.divide(
            rows, lengths, out=np.zeros_like(rows), where=lengths > 0
        )
        return features

    return Appearance(describe, alike=_ALIKE, weight=_WEIGHT)


def _without_head(image: Image, box: npt.NDArray[np.float32]) -> Image | None:
    """A copy of a person, the top black; None if they are outside the picture."""
    height, width = image.shape[:2]
    place = to_pixels(box, width, height)
    if place is None:
        return None
    left, top, right, bottom = place
    person = image[top:bottom, left:right].copy()
    person[: ceil(TOP_SHARE * len(person))] = 0
    return person
