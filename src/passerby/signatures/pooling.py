"""One signature of several pictures of the same person."""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError
from passerby.signatures.describer import Rows

__all__ = ["pooled"]


def pooled(rows: Rows, qualities: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return the mean of signatures, each brought to length 1 and weighted by its quality.

    Averaging over the pictures of a track is what person re-identification in videos does (Zheng,
    Bie, Sun, Wang, Su, Wang, Tian, "MARS: A Video Benchmark for Large-Scale Person
    Re-Identification", ECCV 2016, section 4.3).

    Args:
        rows: Shape (n, d), n above 0.
        qualities: Shape (n,), 0 or more; alike if all are 0.

    Returns:
        Shape (d,), of length 1; 0 if the signatures cancel each other.

    Raises:
        ConfigError: If the shapes do not fit, or a quality is negative or not finite.

    Example:
        >>> pooled(np.array([[2.0, 0.0], [0.0, 1.0]], np.float32), [3, 1]).round(3)
        array([0.949, 0.316], dtype=float32)
    """
    weights = np.asarray(qualities, np.float64)
    if rows.ndim != 2 or not len(rows) or weights.shape != (len(rows),):
        raise ConfigError(
            f"signatures of shape {rows.shape} and qualities of shape {weights.shape} do not fit: "
            "give one quality for each of one or more signatures"
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ConfigError("qualities must be finite and 0 or more")
    if not weights.any():
        weights = np.ones(len(rows))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    mean = weights @ (rows / np.maximum(lengths, 1e-12))
    whole: npt.NDArray[np.float32] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(
        np.float32
    )
    return whole
