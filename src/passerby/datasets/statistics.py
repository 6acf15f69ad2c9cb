"""A data set in numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from passerby.datasets.checks import count_of
from passerby.datasets.index import SUBSETS, ReidDataset, Sample

__all__ = ["Spread", "spread_of", "statistics"]


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the greatest of some numbers."""

    least: int
    median: float
    most: int


def spread_of(numbers: Sequence[int]) -> Spread:
    """Summarize numbers; there must be one.

    Example:
        >>> spread_of([4, 1, 9, 2])
        Spread(least=1, median=3.0, most=9)
    """
    return Spread(min(numbers), float(median(numbers)), max(numbers))


def statistics(dataset: ReidDataset) -> dict[str, Any]:
    """Count images, people, cameras and distractors of each subset that is there.

    Example:
        >>> from pathlib import Path
        >>> samples = (Sample("a.jpg", 7, 1, "query"), Sample("b.jpg", 7, 2, "query"))
        >>> statistics(ReidDataset("folder", Path("people"), samples))["query"]["images_by_camera"]
        {1: 1, 2: 1}
    """
    parts = {
        subset: [sample for sample in dataset.samples if sample.subset == subset]
        for subset in SUBSETS
    }
    return {subset: _of(samples) for subset, samples in parts.items() if samples}


def _of(samples: Sequence[Sample]) -> dict[str, Any]:
    count = count_of(samples)
    by_person = Counter(sample.identity for sample in samples if not sample.is_nobody)
    by_camera = Counter(sample.camera for sample in samples)
    return {
        "images": count.images,
        "people": count.identities,
        "distractors": sum(sample.distractor for sample in samples),
        "images_a_person": asdict(spread_of([*by_person.values()])) if by_person else None,
        "images_by_camera": dict(sorted(by_camera.items())),
    }
