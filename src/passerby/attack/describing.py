"""Signatures of crops; pictures that are the same get the same signature, bit for bit."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.attack.people import CropImages
from passerby.errors import DetectionError
from passerby.files.hashing import sha256_of
from passerby.geometry import Size
from passerby.models.cards import PixelFormat
from passerby.signatures.describer import Describer, Rows
from passerby.signatures.stream import describe_all

__all__ = ["CachedDescriber", "for_each_distinct"]


class CachedDescriber:
    """Describes pictures, each distinct one once.

    A network rounds a picture differently at another place of a batch. Outputs that are all the
    same would then be told apart by their places, and a black picture would betray people.

    Args:
        describer: Makes the signatures.
        threads: How many compute; by default one a core.
    """

    def __init__(self, describer: Describer, threads: int | None = None) -> None:
        self._describer = describer
        self._threads = threads
        self._known: dict[bytes, Rows] = {}

    @property
    def name(self) -> str:
        """Of the network."""
        return self._describer.name

    @property
    def path(self) -> Path:
        """Of its file."""
        return self._describer.path

    @property
    def pixels(self) -> PixelFormat:
        """What it is fed."""
        return self._describer.pixels

    @property
    def size(self) -> Size:
        """Height and width of its pictures."""
        return self._describer.size

    @property
    def sha256(self) -> str:
        """Of its file."""
        return sha256_of(self._describer.path)

    def __call__(self, images: CropImages) -> Rows:
        """Return signatures of length 1, shape (n, d).

        Raises:
            DetectionError: If the network fails, or gives numbers that mean nothing.
        """
        keys = [_hash(one) for one in images]
        new = {key: one for key, one in zip(keys, images, strict=True) if key not in self._known}
        if new:
            rows = describe_all(self._describer, new.values(), threads=self._threads)
            if not np.isfinite(rows).all():
                raise DetectionError(
                    f"{self.name} returned NaN or infinite values: attack with another network"
                )
            rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            self._known.update(zip(new, rows, strict=True))
        return np.stack([self._known[key] for key in keys])


def for_each_distinct(function: Callable[[Rows], npt.NDArray[np.floating]], rows: Rows) -> Rows:
    """Apply a function to the distinct rows, so that equal ones stay equal bit for bit."""
    distinct, place = np.unique(rows, axis=0, return_inverse=True)
    found: Rows = np.asarray(function(distinct), np.float32)[place.reshape(-1)]
    return found


def _hash(picture: npt.NDArray[np.uint8]) -> bytes:
    whole = np.ascontiguousarray(picture)  # a buffer, which NumPy does not tell type checkers
    return sha256(whole).digest()  # type: ignore[arg-type]
