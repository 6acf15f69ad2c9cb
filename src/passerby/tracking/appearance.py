"""By what people in one clip are told apart, beside where they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes
from passerby.tracking.clothing import clothing
from passerby.types import Image

__all__ = ["CLOTHING", "Appearance", "PersonFeatures"]

PersonFeatures: TypeAlias = npt.NDArray[np.float32]
"""How people look, shape (n, d), each row of length 1, or 0 where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How people are described, and what follows from how alike two descriptions are.

    Attributes:
        describe: From a frame and the boxes of n people in it to their features. The scalar product
            of two is how alike these are.
        changed: If less alike than that, a look shows somebody else than those before it.
        alike: Above that, two tracks speak for one person; below, for two.
        weight: Log odds of one person for each 1 above ``alike``.
    """

    describe: Callable[[Image, Boxes], PersonFeatures]
    changed: float = 0.75
    alike: float = 0.88
    weight: float = 20.0


CLOTHING = Appearance(clothing)
"""The colours of clothes: cheap, and nothing is told about a person but that."""
