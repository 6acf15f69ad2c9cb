"""Similarity and explained variance over the frames of a clip, with intervals."""

from dataclasses import dataclass

import numpy as np

from passerby.detections import Boxes
from passerby.evaluate.bootstrap import Estimate, estimated_ratio
from passerby.evaluate.similarity.explained import ExplainedVariance
from passerby.evaluate.similarity.measures import Similarity, similarity
from passerby.evaluate.statistics import Figures, Interval
from passerby.types import Image

__all__ = ["FrameSimilarity", "SimilarityOverFrames"]


@dataclass(frozen=True, slots=True)
class FrameSimilarity:
    """How alike clear and other frames are: means over frames, with intervals over frames.

    Attributes:
        ssim, mse, psnr, nmi: As in `Similarity`.
        explained: Explained variance of all pixels, against the mean image.
        explained_people: Of people's pixels, against their mean colour; NaN without people.
    """

    ssim: Estimate
    mse: Estimate
    psnr: Estimate
    nmi: Estimate
    explained: Estimate
    explained_people: Estimate


class SimilarityOverFrames:
    """All figures of similarity over frames, which are added one by one; none is kept.

    Args:
        mean: Mean image of the clear frames, shape (height, width, 3), 0-255.
    """

    def __init__(self, mean: Figures) -> None:
        self._explained = ExplainedVariance(mean)
        self._measured: list[Similarity] = []

    def add(self, clear: Image, other: Image, people: Boxes) -> None:
        """Count a frame in.

        Args:
            clear: Shape (height, width, 3).
            other: Anonymized, rebuilt, or a baseline; of the same shape.
            people: Boxes of people in the clear frame, shape (n, 4).

        Raises:
            InputError: If their sizes differ, or a side is below 11 pixels.
        """
        self._explained.add(clear, other, people)
        self._measured.append(similarity(clear, other))

    @property
    def figures(self) -> FrameSimilarity:
        """Over the frames so far.

        Raises:
            InputError: If there are none.
        """
        return FrameSimilarity(
            ssim=_mean([one.ssim for one in self._measured]),
            mse=_mean([one.mse for one in self._measured]),
            psnr=_mean([one.psnr for one in self._measured]),
            nmi=_mean([one.nmi for one in self._measured]),
            explained=self._explained.of_pixels,
            explained_people=self._explained.of_people,
        )


def _mean(values: list[float]) -> Estimate:
    """The mean; infinite if a value is, as the PSNR of equal frames."""
    figures = np.array(values)
    if np.isinf(figures).any():
        endless = float("inf")
        return Estimate(endless, Interval(endless, endless, 0.95))
    return estimated_ratio(figures, np.ones(len(figures)))
