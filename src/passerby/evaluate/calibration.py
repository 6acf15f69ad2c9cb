"""Whether probabilities are right: of all answers given at 80 %, four of five should be."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = ["Reliability", "reliability"]


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """The reliability diagram of answers, in bins of equal width from 0 to 1.

    Attributes:
        counts: Shape (bins,), answers in each bin.
        confidence: Shape (bins,), mean probability; NaN where there is no answer.
        accuracy: Shape (bins,), share that was right; NaN likewise.
    """

    counts: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]

    @property
    def ece(self) -> float:
        """Expected calibration error: mean over answers of how far their bin is off; NaN of none.

        Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
        Binning", AAAI 2015, equation 2.
        """
        total = int(self.counts.sum())
        if not total:
            return float("nan")
        filled = self.counts > 0
        gaps = np.abs(self.confidence[filled] - self.accuracy[filled])
        return float((self.counts[filled] * gaps).sum() / total)

    def as_dict(self) -> dict[str, object]:
        """The same for JSON; None where a bin is empty."""
        return {
            "ece": None if not self.counts.sum() else self.ece,
            "counts": self.counts.tolist(),
            "confidence": [None if np.isnan(one) else one for one in self.confidence.tolist()],
            "accuracy": [None if np.isnan(one) else one for one in self.accuracy.tolist()],
        }


def reliability(probabilities: npt.ArrayLike, right: npt.ArrayLike, bins: int = 10) -> Reliability:
    """Sort answers into bins by their probability.

    Args:
        probabilities: Shape (n,), 0-1, what was said of each answer.
        right: Shape (n,), whether it was right.
        bins: How many there are; a probability on the edge of two belongs to the upper one.

    Raises:
        ConfigError: If the shapes do not fit, a probability is outside 0-1, or there is no bin.

    Example:
        >>> round(reliability([0.9, 0.9, 0.9, 0.3], [True, True, False, False]).ece, 3)
        0.25
    """
    said, outcomes = np.asarray(probabilities, np.float64), np.asarray(right, np.bool_)
    if said.ndim != 1 or said.shape != outcomes.shape:
        raise ConfigError(
            f"probabilities of shape {said.shape} and outcomes of shape {outcomes.shape} do not "
            "fit: give one of each for every answer"
        )
    if bins < 1 or not ((said >= 0) & (said <= 1)).all():
        raise ConfigError("probabilities must be 0 to 1, in one bin or more")
    place = np.minimum((said * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, said, bins) / counts
        accuracy = np.bincount(place, outcomes, bins) / counts
    return Reliability(counts, confidence, accuracy)
