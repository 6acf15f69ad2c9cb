"""What is learned from: images of people who are known, and whether they are enough."""

from dataclasses import dataclass

import numpy as np

from passerby.datasets import ReidDataset
from passerby.errors import ConfigError, InputError
from passerby.runtime.counting import counted
from passerby.train.reid.samplers import SampleIndices
from passerby.train.reid.settings import PKSampling, Sampling

__all__ = ["TrainingSet", "material_of"]


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Images to learn from.

    Attributes:
        paths: Relative to the root of the data set.
        labels: Shape (n,), who is in each, from 0.
        people: How many there are.
        warnings: What is odd about them.
    """

    paths: tuple[str, ...]
    labels: SampleIndices
    people: int
    warnings: tuple[str, ...] = ()


def material_of(dataset: ReidDataset, order: Sampling) -> TrainingSet:
    """Find the images that a data set has to learn from; those of nobody are left out.

    Raises:
        ConfigError: If they do not fill a batch.
        InputError: If nothing could be learned from them.
    """
    part = dataset.part("train")
    known = ~part.distractors
    identities, labels = np.unique(part.identities[known], return_inverse=True)
    paths = tuple(path for path, is_known in zip(part.paths, known, strict=True) if is_known)
    if len(identities) < 2:
        raise InputError(
            f"{dataset.root} has {counted(len(identities), 'person')} for training: "
            "at least 2 are needed"
        )
    _check_enough(labels, order, dataset)
    warnings = []
    if len(np.unique(part.cameras[known])) == 1:
        warnings.append(
            "all images to learn from are by one camera: the network cannot learn what a change of "
            "camera does"
        )
    return TrainingSet(paths, labels.astype(np.int64), len(identities), tuple(warnings))


def _check_enough(labels: SampleIndices, order: Sampling, dataset: ReidDataset) -> None:
    counts = np.bincount(labels)
    if isinstance(order, PKSampling):
        if len(counts) < order.people:
            raise ConfigError(
                f"a batch has {order.people} people, but {dataset.root} has {len(counts)} "
                f"for training: use at most --people {len(counts)}"
            )
        if counts.max() < 2:
            raise InputError(
                f"nobody in {dataset.root} has two training images: what images of "
                "one person have in common cannot be learned from one"
            )
    elif len(labels) < order.batch:
        raise ConfigError(
            f"a batch has {order.batch} images, but {dataset.root} has {len(labels)} "
            f"for training: use at most --batch {len(labels)}"
        )
