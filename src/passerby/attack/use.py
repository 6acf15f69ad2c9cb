"""What anonymized crops are still good for: following people, and seeing what they wear and do."""

from dataclasses import dataclass

import numpy as np

from passerby.attack.attack import LINKING, Fitted
from passerby.attack.people import CropPairs
from passerby.attack.recognition import recognise_clear, recognise_people

__all__ = ["CropUse", "body_left", "use_of_crops"]

_SAME = 10
"""A pixel is as it was if no channel differs by more, of 255."""


@dataclass(frozen=True, slots=True)
class CropUse:
    """What crops are good for.

    Attributes:
        reid_map: mAP of the best re-identification that was trained on anonymized crops, among
            anonymized crops by different cameras.
        clear_reid_map: The same in clear crops.
        body_left: Share of the pixels of people, heads left out, that are as they were.
    """

    reid_map: float
    clear_reid_map: float
    body_left: float


def use_of_crops(pairs: CropPairs, linking: Fitted) -> CropUse:
    """Measure what people's crops are good for.

    Args:
        pairs: Of people from whom nothing was learned.
        linking: Who re-identifies people best among anonymized crops.
    """
    found = dict(recognise_people(linking, pairs))[LINKING[0]]
    clear = recognise_clear(linking, pairs)
    return CropUse(found.mean_average_precision, clear.mean_average_precision, body_left(pairs))


def body_left(pairs: CropPairs) -> float:
    """Return which share of people's pixels is as it was; heads do not count where they are known.

    Pictures in which nobody is marked count as a whole.
    """
    people = pairs.clear
    differs = np.abs(people.images.astype(np.int16) - pairs.seen).max(axis=-1)
    bodies = people.masks.copy()
    for mask, head in zip(bodies, people.heads, strict=True):
        if np.isfinite(head).all():
            left, top, right, bottom = np.rint(head).clip(0).astype(int)
            mask[top:bottom, left:right] = False
    return float((differs[bodies] <= _SAME).mean()) if bodies.any() else float("nan")
