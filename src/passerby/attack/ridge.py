"""Ridge regression in closed form (Hoerl and Kennard 1970)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Ridge", "chosen_ridge", "fitted_ridge"]

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Tried penalties, as shares of the mean of the squared singular values."""

_Rows = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """An affine map.

    Attributes:
        mean, scale: Shape (d,), of what it takes.
        weights: Shape (d, k), of what was scaled.
        offset: Shape (k,), the mean of what it gives.
    """

    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]

    def __call__(self, inputs: _Rows) -> npt.NDArray[np.float64]:
        """Return what it gives for rows of shape (n, d), shape (n, k)."""
        return np.asarray((inputs - self.mean) / self.scale @ self.weights + self.offset)


def fitted_ridge(inputs: _Rows, targets: _Rows, strength: float) -> Ridge:
    """Fit a map from inputs to targets.

    Args:
        inputs: Shape (n, d). Columns that do not vary count for nothing.
        targets: Shape (n, k).
        strength: Penalty, as a share of the mean of the squared singular values.
    """
    return _fitted(inputs, targets, (strength,))[0]


def chosen_ridge(inputs: _Rows, targets: _Rows, held_inputs: _Rows, held_targets: _Rows) -> Ridge:
    """Fit with each of `STRENGTHS`, and return the map with the least error on rows held out.

    Args:
        inputs: Shape (n, d).
        targets: Shape (n, k).
        held_inputs: Shape (m, d).
        held_targets: Shape (m, k).
    """
    fits = _fitted(inputs, targets, STRENGTHS)
    errors = [float(np.square(fit(held_inputs) - held_targets).sum()) for fit in fits]
    return fits[int(np.argmin(errors))]


def _fitted(inputs: _Rows, targets: _Rows, strengths: tuple[float, ...]) -> list[Ridge]:
    mean, deviation = inputs.mean(axis=0, dtype=np.float64), inputs.std(axis=0, dtype=np.float64)
    scale = np.where(deviation > 1e-6 * max(float(deviation.max()), 1e-12), deviation, np.inf)
    offset = targets.mean(axis=0, dtype=np.float64)
    left, singular, right = np.linalg.svd((inputs - mean) / scale, full_matrices=False)
    along = left.T @ (targets - offset)
    fits = []
    for strength in strengths:
        penalty = max(strength * float(np.square(singular).mean()), 1e-12)
        shrunk = singular / (np.square(singular) + penalty)
        fits.append(Ridge(mean, scale, right.T @ (shrunk[:, None] * along), offset))
    return fits
