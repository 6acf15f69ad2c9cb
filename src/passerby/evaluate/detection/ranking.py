"""The boxes found in a set of pictures, best first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.evaluate.detection.matches import ImageMatches

__all__ = ["Ranking", "rank"]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What a detector said about a set of pictures.

    Attributes:
        scores: Shape (n,), of the boxes of all pictures, best first.
        right: Shape (n,), whether each is right.
        pictures: Shape (n,), the number of the picture that each was found in.
        wanted: Shape (pictures,), how many boxes there were to find.
    """

    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    pictures: npt.NDArray[np.intp]
    wanted: npt.NDArray[np.int64]


def rank(answers: Sequence[ImageMatches]) -> Ranking:
    """Put the boxes of all pictures into one order.

    Raises:
        InputError: If there are no pictures.
    """
    if not answers:
        raise InputError("there are no pictures to measure on: give one or more")
    scores = np.concatenate([answer.scores for answer in answers])
    right = np.concatenate([answer.right for answer in answers])
    pictures = np.repeat(np.arange(len(answers)), [len(answer.scores) for answer in answers])
    order = np.argsort(-scores, kind="stable")
    wanted = np.array([answer.wanted for answer in answers], np.int64)
    return Ranking(scores[order], right[order], pictures[order], wanted)
