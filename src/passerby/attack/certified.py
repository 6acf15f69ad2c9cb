"""The most that the output of an anonymizer can say of a crop: a proof, where attacks are none."""

import math
from collections.abc import Mapping
from typing import Any

from passerby.anonymization import OPERATORS, Anonymizer, Strength
from passerby.anonymization.operators.pixelate import pixelate_cells
from passerby.geometry import Size
from passerby.models.reflection import reflected_places

__all__ = ["certified_bits"]

_COLOUR = 24
"""Bits of a colour, three values of 256."""
_WHOLE = frozenset({"people", "frame"})
"""Regions that hold a whole crop of a person."""
_CELL, _STRIDE = 4, 32
"""Of the network `silhouette`."""


def certified_bits(anonymizer: Anonymizer, size: Size) -> float | None:
    """Return a bound on what an anonymized crop tells of the clear one, in bits.

    Black and flat colours of tracks are one output. A mean colour is one of 2^24, a mosaic one of
    them for each cell. Fewer levels are a code of each value. The network `silhouette` lets a few
    levels for each cell of 4x4 pixels through. Noise is a channel: with values within 127.5 of
    their middle and normal noise of deviation s, a value tells at most log2(1 + (127.5 / s)^2) / 2
    bits (Shannon 1948), and rounding adds nothing; this is of one frame, and n tell n times as
    much.

    Args:
        anonymizer: Its regions must hold the whole crop, or what is left beside them tells all.
        size: Height and width of the crop.

    Returns:
        None where nothing less than all bits of the pixels is known.
    """
    if anonymizer.network is not None:
        return _of_network(anonymizer.network.card, size)
    if anonymizer.preset is not None or not _WHOLE & set(anonymizer.regions):
        return None
    height, width = size
    strength = anonymizer.strength or OPERATORS[anonymizer.operator].default or Strength(1)
    values, deviation = 3 * height * width, strength.pixels(255)
    bounds = {
        "blackout": 0.0,
        "silhouette": 0.0,
        "blank": float(_COLOUR),
        "pixelate": float(_COLOUR * math.prod(pixelate_cells(strength, width, height))),
        "quantize": values * math.log2(max(round(strength.value), 1)),
        "noise": values * math.log2(1 + (127.5 / deviation) ** 2) / 2,
    }
    return bounds.get(anonymizer.operator)


def _of_network(card: Mapping[str, Any], size: Size) -> float | None:
    """The bound of the network `silhouette`, of whose levels its file tells."""
    known = card.get("card", card)
    if known.get("architecture") != "silhouette":
        return None
    levels = int(known.get("options", {}).get("levels", 4))
    cells = math.prod(len(reflected_places(side, _STRIDE)) // _CELL for side in size)
    return cells * math.log2(levels)
