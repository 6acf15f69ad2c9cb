"""Ridge regression in closed form (Hoerl and Kennard 1970)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Ridge", "affine_of_moments", "chosen_ridge", "fitted_ridge"]

_ALWAYS = 1e-7
"""Penalty, as a share of the mean square of the inputs."""

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


def chosen_ridge(
    inputs: _Rows,
    targets: _Rows,
    held_inputs: _Rows,
    held_targets: _Rows,
    *,
    again: bool = False,
) -> Ridge:
    """Fit with each of `STRENGTHS`, and return the map with the least error on rows held out.

    Args:
        inputs: Shape (n, d).
        targets: Shape (n, k).
        held_inputs: Shape (m, d).
        held_targets: Shape (m, k).
        again: Whether to fit once more, with the penalty that was chosen, to all n + m rows.
    """
    fits = _fitted(inputs, targets, STRENGTHS)
    errors = [float(np.square(fit(held_inputs) - held_targets).sum()) for fit in fits]
    best = int(np.argmin(errors))
    if not again:
        return fits[best]
    every = np.concatenate([inputs, held_inputs]), np.concatenate([targets, held_targets])
    return fitted_ridge(*every, STRENGTHS[best])


def affine_of_moments(
    inner: npt.NDArray[np.float64], cross: npt.NDArray[np.float64], strength: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Fit an affine map of which only sums of products are known, for more rows than fit in memory.

    Args:
        inner: Shape (d + 1, d + 1): products of the inputs with each other; the last input is 1.
        cross: Shape (d + 1, k): products of the inputs with the targets.
        strength: Penalty, as a share of the mean variance of the inputs. A little is always added,
            so that inputs that do not vary break nothing.

    Returns:
        Weights of shape (d, k), and an offset of shape (k,).
    """
    total, features = inner[-1, -1], len(inner) - 1
    mean, target = inner[-1, :-1] / total, cross[-1] / total
    spread = inner[:-1, :-1] - total * np.outer(mean, mean)
    along = cross[:-1] - total * np.outer(mean, target)
    squares = float(np.trace(inner[:-1, :-1]))
    penalty = (strength * float(np.trace(spread)) + _ALWAYS * squares) / features + _ALWAYS
    weights = np.linalg.solve(spread + penalty * np.eye(features), along)
    return weights, target - mean @ weights


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
