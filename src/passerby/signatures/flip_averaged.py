"""Signatures in which an image and its mirror image count alike."""

import numpy as np

from passerby.signatures.describer import Describer, Rows
from passerby.signatures.input import PictureBatch

__all__ = ["FlipAveraged"]


class FlipAveraged:
    """Describes pictures by the mean of their and their mirror images' signatures, length one each.

    Args:
        describer: Makes the signatures.

    Attributes:
        name: Says that mirror images count, for the record.
        path, pixels, size, batch: Those of the describer.
    """

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self.name = f"{describer.name}, flip-averaged"
        self.path, self.pixels = describer.path, describer.pixels
        self.size, self.batch = describer.size, describer.batch

    def describe(self, pictures: PictureBatch) -> Rows:
        """Return the signatures of pictures of its size, shape (n, d).

        Raises:
            DetectionError: If the run fails.
        """
        mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
        seen, turned = (self._describer.describe(one) for one in (pictures, mirrored))
        return (_of_length_one(seen) + _of_length_one(turned)) / np.float32(2)


def _of_length_one(rows: Rows) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Rows = rows / np.maximum(lengths, np.finfo(np.float32).tiny)
    return scaled
