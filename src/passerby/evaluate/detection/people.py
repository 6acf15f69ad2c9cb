"""How well people are found and counted in frames that were anonymized.

De Coninck et al., section 3.1: what a detector finds in the clear frames is the ground truth for
what it finds in the anonymized ones, so that nobody has to label them. The detector's own mistakes
count for nothing, and the identity has an average precision of 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
from passerby.errors import ConfigError, InputError
from passerby.evaluate.bootstrap import Estimate, estimated_ratio
from passerby.evaluate.detection.bootstrap import interval
from passerby.evaluate.detection.curves import average_precision, curve
from passerby.evaluate.detection.matches import match_detections
from passerby.evaluate.detection.ranking import rank
from passerby.evaluate.statistics import Interval

__all__ = [
    "CONFIDENT",
    "CountingError",
    "PersonDetection",
    "confident_people",
    "counting_error",
    "person_detection",
]

CONFIDENT = 0.3
"""Score from which a box counts as a person, unless told otherwise."""

_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CountingError:
    """How far the number of people found is from the number that there are.

    Attributes:
        absolute: Mean over frames of the difference without its sign.
        bias: Mean over frames of found less wanted: below 0 where people are missed.
        interval: Of ``absolute``, over frames.
    """

    absolute: float
    bias: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class PersonDetection:
    """How well people are found and counted.

    Attributes:
        frames: How many were looked at.
        people: How many people there were to find.
        average_precision: At an IoU of 0.5, with its interval over frames; NaN without people.
        counting: Error a frame.
    """

    frames: int
    people: int
    average_precision: Estimate
    counting: CountingError


def confident_people(found: Detections, confidence: float = CONFIDENT) -> Boxes:
    """Return the boxes of the people of whom a detector is sure, shape (n, 4).

    Args:
        found: In one frame.
        confidence: Lowest score, above 0 and at most 1.

    Raises:
        ConfigError: If the confidence is out of range.
    """
    if not 0 < confidence <= 1:
        raise ConfigError(f"confidence must be above 0 and at most 1, not {confidence}")
    sure: Boxes = found.boxes[(found.kinds == Kind.PERSON) & (found.scores >= confidence)]
    return sure


def person_detection(
    found: Sequence[Detections],
    wanted: Sequence[Boxes],
    *,
    confidence: float = CONFIDENT,
    seed: int = 0,
) -> PersonDetection:
    """Measure average precision and counting error over frames.

    Intervals are over frames. Consecutive frames of a video are alike, which makes them too
    narrow: take frames that are some seconds apart.

    Args:
        found: What a detector found in each frame, boxes with low scores included; only persons
            count.
        wanted: The people in each frame, shape (n, 4) each: labels, or `confident_people` of the
            clear frame.
        confidence: Lowest score of a box that is counted.
        seed: Of the bootstrap.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If the lengths differ, there are no frames, or a score is not a number.
    """
    if len(found) != len(wanted):
        raise InputError(f"there are {len(found)} frames, but {len(wanted)} with ground truth")
    people = [one[one.kinds == Kind.PERSON] for one in found]
    ranking = rank(
        [match_detections(one, boxes) for one, boxes in zip(people, wanted, strict=True)]
    )
    counted = np.array([len(confident_people(one, confidence)) for one in people], np.int64)
    return PersonDetection(
        frames=len(found),
        people=int(ranking.wanted.sum()),
        average_precision=Estimate(
            average_precision(curve(ranking)), interval(average_precision, ranking, seed=seed)
        ),
        counting=counting_error(counted, ranking.wanted, seed=seed),
    )


def counting_error(found: _Counts, wanted: _Counts, *, seed: int = 0) -> CountingError:
    """Compare how many people were found in each frame with how many there are.

    Args:
        found: Shape (frames,).
        wanted: Shape (frames,).
        seed: Of the bootstrap.

    Raises:
        InputError: If the lengths differ or there are no frames.

    Example:
        >>> error = counting_error(np.array([2, 5]), np.array([4, 4]))
        >>> error.absolute, error.bias
        (1.5, -0.5)
    """
    if len(found) != len(wanted) or not len(wanted):
        raise InputError(f"there are {len(found)} frames, but {len(wanted)} with ground truth")
    difference = (found - wanted).astype(np.float64)
    absolute = estimated_ratio(np.abs(difference), np.ones(len(wanted)), seed=seed)
    return CountingError(absolute.value, float(difference.mean()), absolute.interval)
