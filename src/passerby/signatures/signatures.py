"""Signatures of images of people, with who they show and which camera took them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError

__all__ = ["Features", "Signatures", "check_comparable", "chunks", "stacked"]

CHUNK = 4096
"""Features that are converted at a time."""


class Features(Protocol):
    """Rows of numbers, in memory or in a file: an array, or whatever can be cut like one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, and numbers in each."""
        ...

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of the numbers."""
        ...

    def __getitem__(self, rows: slice, /) -> npt.NDArray[np.generic]:
        """Return some of the rows."""
        ...


@dataclass(frozen=True, eq=False)
class Signatures:
    """What a network says of images of people.

    Attributes:
        features: Shape (n, d), real numbers of any precision.
        ids: Shape (n,), who is shown.
        cameras: Shape (n,), by which camera.

    Raises:
        InputError: If there are none, the lengths differ, a type does not fit, or a number is
            not finite.
    """

    features: Features
    ids: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.features.shape) != 2 or 0 in self.features.shape:
            raise InputError(
                f"features must have shape (images, numbers), not {self.features.shape}: "
                "give one row of numbers for each image"
            )
        if self.features.dtype.kind not in "fiu":
            raise InputError(f"features must be real numbers, not {self.features.dtype}")
        for name in ("ids", "cameras"):
            labels = _whole_numbers(name, getattr(self, name))
            if labels.shape != (len(self),):
                raise InputError(
                    f"{name} has shape {labels.shape}, but there are {len(self)} features: "
                    "give one of each for every image"
                )
            object.__setattr__(self, name, labels)
        for rows, part in chunks(self.features):
            finite = np.isfinite(part).all(axis=1)
            if not finite.all():
                first = rows.start + int(np.argmin(finite))
                raise InputError(
                    f"the features of image {first} (counted from 0) hold NaN or infinite numbers: "
                    "check the network that made them"
                )

    def __len__(self) -> int:
        return self.features.shape[0]

    @property
    def dimensions(self) -> int:
        """Numbers in a signature."""
        return self.features.shape[1]


def check_comparable(query: Signatures, gallery: Signatures) -> None:
    """Make sure that both hold the same number of numbers.

    Raises:
        InputError: If they do not.
    """
    if query.dimensions != gallery.dimensions:
        raise InputError(
            f"signatures of queries have {query.dimensions} numbers, the others "
            f"{gallery.dimensions}: make both with the same network"
        )


def chunks(features: Features) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
    """Yield the rows part by part as float32, each with where it belongs."""
    count = features.shape[0]
    for start in range(0, count, CHUNK):
        rows = slice(start, min(start + CHUNK, count))
        with np.errstate(over="ignore"):  # a number too large for float32 is found as infinite
            part = np.asarray(features[rows], np.float32)
        yield rows, part


def stacked(
    query: Features, gallery: Features, kept: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """Return the features of all queries, and below them those of the gallery images kept."""
    whole = np.empty((query.shape[0] + int(kept.sum()), query.shape[1]), np.float32)
    start = 0
    for features, wanted in ((query, np.ones(query.shape[0], bool)), (gallery, kept)):
        for rows, part in chunks(features):
            chosen = part[wanted[rows]]
            whole[start : start + len(chosen)] = chosen
            start += len(chosen)
    return whole


def _whole_numbers(name: str, labels: object) -> npt.NDArray[np.int64]:
    values = np.asarray(labels)
    if values.dtype.kind not in "iu":
        raise InputError(f"{name} must be whole numbers, not {values.dtype}: convert them first")
    return values.astype(np.int64)
