"""Where a network looks, for any network: what happens to its answer when a part is hidden.

Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", ECCV, section 4.2,
with the angle between signatures in the place of the score of a class.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import product

import numpy as np
import numpy.typing as npt

from passerby.signatures.describer import Describer
from passerby.signatures.input import resized
from passerby.signatures.stream import signatures
from passerby.types import Image

__all__ = ["Heat", "occlusion_map"]

Heat = npt.NDArray[np.float32]
"""How much each pixel counts, shape (height, width), 0 for nothing."""

_ROWS, _COLUMNS = 8, 4
"""A patch is so much of the height and of the width; neighbours overlap by half."""

_Patch = tuple[slice, slice]


def occlusion_map(describer: Describer, image: Image, *, threads: int | None = None) -> Heat:
    """Measure by how many degrees the signature turns when a patch is hidden.

    A patch is hidden by the mean colour of the image. Where patches overlap, the mean counts.

    Args:
        describer: Any network that makes signatures.
        image: Of any size.
        threads: How many compute; by default one a core.

    Returns:
        Degrees, in the size of the network's pictures.

    Raises:
        DetectionError: If the network fails.
    """
    picture = resized(image, describer.size)
    patches = list(_patches(*describer.size))
    total = np.zeros(describer.size, np.float32)
    times = np.zeros(describer.size, np.float32)
    with closing(signatures(describer, _hidden(picture, patches), threads=threads)) as rows:
        whole = next(rows)
        for patch, row in zip(patches, rows, strict=True):
            total[patch] += _degrees(whole, row)
            times[patch] += 1
    return total / times


def _patches(height: int, width: int) -> Iterator[_Patch]:
    rows, columns = _spans(height, _ROWS), _spans(width, _COLUMNS)
    yield from product(rows, columns)


def _spans(length: int, parts: int) -> list[slice]:
    """Spans of one length that overlap by half and reach both ends."""
    side = max(1, length // parts)
    starts = {*range(0, length - side, max(1, side // 2)), length - side}
    return [slice(start, start + side) for start in sorted(starts)]


def _hidden(picture: Image, patches: list[_Patch]) -> Iterator[Image]:
    """Yield the picture as it is, then with one patch after the other hidden."""
    yield picture
    mean = picture.mean(axis=(0, 1)).round().astype(np.uint8)
    for patch in patches:
        covered = picture.copy()
        covered[patch] = mean
        yield covered


def _degrees(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    cosine = float(first @ second) / lengths if lengths else 1.0
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
