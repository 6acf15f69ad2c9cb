"""How much of people's pixels a rebuilt picture holds, in all and by frequency."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from passerby.attack.people import CropImages, LabelledCrops
from passerby.errors import InputError
from passerby.evaluate.bootstrap import Estimate, estimated_ratio

__all__ = ["BANDS", "explained_of_people"]

BANDS = ("all", "mean of 8x8", "coarse", "fine")
"""All pixels; the mean of each block of 8x8 pixels; its waves with fewer than four half-periods in
all, across and down together; and all finer ones."""

_SIDE = 8
_COARSE = 4

_Figures = npt.NDArray[np.float64]


def explained_of_people(
    people: LabelledCrops, rebuilt: CropImages, colour: npt.NDArray[np.float64]
) -> Iterator[tuple[str, Estimate]]:
    """Yield the explained variance of people's pixels by band, with intervals over people.

    It is 1 - error / deviation: 1 if all is there, 0 if no more than one colour for everybody, and
    less if it is worse than that. By band, blocks count of which people fill at least half; their
    deviation is from that colour for the mean, and from a flat block for the others.

    Args:
        people: Clear crops.
        rebuilt: What is to explain them, of the same shape.
        colour: Mean colour of people, shape (3,), 0-255; of other people, whom an attacker knows.

    Raises:
        InputError: If a side is below 8 pixels, or no pixel shows people.
    """
    if min(people.images.shape[1:3]) < _SIDE or not people.masks.any():
        raise InputError("crops must be 8x8 pixels or larger, and some must show people")
    sums = np.zeros((len(people), len(BANDS), 2))
    for row, clear, other, mask in zip(sums, people.images, rebuilt, people.masks, strict=True):
        error, deviation = clear.astype(np.float64) - other, clear - colour
        row[0] = [float(np.square(one[mask]).sum()) for one in (error, deviation)]
        row[1:] = np.stack([_by_band(one, mask) for one in (error, deviation)], axis=1)
    _, group = np.unique(people.ids, return_inverse=True)
    for number, band in enumerate(BANDS):
        errors, deviations = (
            np.bincount(group, sums[:, number, part]).astype(np.float64) for part in (0, 1)
        )
        yield band, estimated_ratio(deviations - errors, deviations)


def _by_band(values: _Figures, mask: npt.NDArray[np.bool_]) -> list[float]:
    """The energy of a picture's blocks in each band but the first."""
    blocks = _blocks(values)[_blocks(mask[..., None])[..., 0].mean(axis=(1, 2)) >= 0.5]
    waves = _COSINES @ blocks.transpose(0, 3, 1, 2) @ _COSINES.T
    energy = np.square(waves).sum(axis=(0, 1))
    order = np.add.outer(np.arange(_SIDE), np.arange(_SIDE))
    coarse = (order > 0) & (order < _COARSE)
    return [float(energy[0, 0]), float(energy[coarse].sum()), float(energy[order >= _COARSE].sum())]


def _blocks(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Cut a picture into blocks, shape (n, 8, 8, channels); what is left at the rim is dropped."""
    rows, columns = (side // _SIDE for side in values.shape[:2])
    whole = values[: rows * _SIDE, : columns * _SIDE]
    cut = whole.reshape(rows, _SIDE, columns, _SIDE, -1).swapaxes(1, 2)
    return cut.reshape(rows * columns, _SIDE, _SIDE, -1)


def _cosine_transform() -> _Figures:
    """The matrix of the orthonormal DCT-II of 8 values (Ahmed, Natarajan and Rao 1974)."""
    number = np.arange(_SIDE)
    matrix = np.cos(np.pi / _SIDE * np.outer(number, number + 0.5)) * np.sqrt(2 / _SIDE)
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix)


_COSINES = _cosine_transform()
