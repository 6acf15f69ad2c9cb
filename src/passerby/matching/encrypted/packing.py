"""How signatures lie in the slots of ciphertexts, so that one query meets thousands of people.

A block has one person a slot. Its matrix is given as diagonals: diagonal i has, in the slot of
person s, number s + i of their signature (modulo d). The query is repeated along the slots, so that
rotated by i it has the same number there. The sum of all d products is the cosine, in each slot
(Halevi and Shoup, "Algorithms in HElib", CRYPTO 2014, section 4.3). Rotations cost most, so they
are made in baby steps, which all blocks share, and giant steps, for which diagonals are rotated
back beforehand (Halevi and Shoup, "Faster Homomorphic Linear Transformations in HElib", CRYPTO
2018).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError

__all__ = ["Packing", "unit_rows"]

_USUAL_BLOCKS = 3
"""For which the number of baby steps, shared by all blocks, is best."""

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Packing:
    """Where the numbers of signatures go.

    Attributes:
        dimension: Numbers in a signature, d.
        slots: In a ciphertext.

    Raises:
        InputError: If signatures are too long: half of the slots is the most.
    """

    dimension: int
    slots: int

    def __post_init__(self) -> None:
        if not 1 <= self.dimension <= self.slots // 2:
            raise InputError(
                f"signatures of {self.dimension} numbers cannot be matched under encryption: they "
                f"must have 1 to {self.slots // 2}"
            )

    @property
    def people(self) -> int:
        """In a block: near the end of the slots, the repeated query begins anew."""
        return self.slots - self.dimension

    @property
    def baby_steps(self) -> int:
        """Rotations of the query by 0, 1, 2, ... that all blocks share."""
        return min(self.dimension, ceil(sqrt(_USUAL_BLOCKS * self.dimension)))

    @property
    def giant_steps(self) -> int:
        """Sums of a block, rotated by multiples of the number of baby steps."""
        return ceil(self.dimension / self.baby_steps)

    def rotations(self) -> Iterator[int]:
        """Yield by how many places slots are rotated."""
        yield from range(1, self.baby_steps)
        yield from range(self.baby_steps, self.dimension, self.baby_steps)

    def blocks(self, count: int) -> Iterator[slice]:
        """Yield which of so many rows each block has."""
        for start in range(0, count, self.people):
            yield slice(start, min(start + self.people, count))

    def repeated(self, query: npt.NDArray[np.floating]) -> _Numbers:
        """Return a query of shape (d,) as it lies in the slots."""
        return np.resize(query.astype(np.float64), self.slots)

    def diagonals(self, rows: npt.NDArray[np.floating]) -> Iterator[_Numbers]:
        """Yield the d diagonals of a block, each rotated back by its giant step.

        Args:
            rows: Signatures of up to `people`, shape (n, d).
        """
        matrix = np.zeros((self.slots, self.dimension))
        matrix[: len(rows)] = rows
        person = np.arange(self.slots)
        for number in range(self.dimension):
            giant = number // self.baby_steps * self.baby_steps
            yield np.roll(matrix[person, (person + number) % self.dimension], giant)


def unit_rows(rows: npt.NDArray[np.floating], what: str) -> npt.NDArray[np.float64]:
    """Bring signatures to length 1, so that products are cosines.

    Args:
        rows: Shape (n, d).
        what: They are, for the message.

    Raises:
        InputError: If a number is not finite, or a signature is 0.
    """
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise InputError(f"{what} holds NaN or infinite numbers: describe the pictures again")
    if not lengths.all():
        raise InputError(f"{what} is 0, which is like nothing: describe the pictures again")
    unit: _Numbers = rows / lengths
    return unit
