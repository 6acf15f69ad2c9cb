"""Which images make the batches of an epoch: a function of the seed and of its number alone."""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError
from passerby.train.reid.settings import PKSampling, Recipe, Sampling, Shuffled

__all__ = ["SampleIndices", "batches_of", "people_times_images", "share_of"]

SampleIndices = npt.NDArray[np.int64]


def batches_of(order: Sampling, labels: SampleIndices, seed: int, epoch: int) -> SampleIndices:
    """Return the images of each batch of an epoch, shape (batches, images in a batch).

    Args:
        order: How batches are made.
        labels: Who is in each image, shape (n,), 0 to the number of people less one.
        seed: Of the training.
        epoch: From 0.
    """
    rng = np.random.default_rng([seed, epoch, 1])
    if isinstance(order, PKSampling):
        return people_times_images(labels, order, rng)
    return _shuffled(labels, order, rng)


def people_times_images(
    labels: SampleIndices, order: PKSampling, rng: np.random.Generator
) -> SampleIndices:
    """Draw batches of P people with K images each, until fewer than P people have images left.

    The images of each person are shuffled and cut into groups of K; whoever has fewer than K fills
    a group by repeating them, and what fills no group is left out. So an epoch goes through nearly
    all images, as in the code of the strong baseline: on Market-1501 some 190 batches of 64. The
    older way, K images of each person once an epoch, has 47.

    Returns:
        Shape (batches, P K); the images of one person stand together.
    """
    groups = [
        list(_groups(np.flatnonzero(labels == person), order.images, rng))
        for person in range(int(labels.max()) + 1)
    ]
    batches = []
    left = list(range(len(groups)))
    while len(left) >= order.people:
        chosen = rng.choice(left, order.people, replace=False)
        batches.append(np.concatenate([groups[person].pop() for person in chosen]))
        left = [person for person in left if groups[person]]
    return np.stack(batches)


def _groups(images: SampleIndices, count: int, rng: np.random.Generator) -> SampleIndices:
    """Return the images of one person in groups, shape (groups, count)."""
    shuffled = rng.permutation(images)
    if len(shuffled) < count:
        shuffled = np.resize(shuffled, count)
    return shuffled[: len(shuffled) // count * count].reshape(-1, count)


def _shuffled(labels: SampleIndices, order: Shuffled, rng: np.random.Generator) -> SampleIndices:
    shuffled = rng.permutation(len(labels))
    return shuffled[: len(labels) // order.batch * order.batch].reshape(-1, order.batch)


def share_of(recipe: Recipe, part: int, parts: int) -> slice:
    """Return which images of each batch are one part's, if a batch is split.

    Images of one person stay together, so that each part has triplets of its own.

    Raises:
        ConfigError: If a batch cannot be split into so many equal parts, each with two images, or
            with two people where losses compare people.
    """
    order = recipe.order
    whole = order.batch // order.indivisible
    size = order.batch // parts
    if whole % parts or size < recipe.smallest_part:
        what = "people" if order.indivisible > 1 else "images"
        least = "2 images or more"
        if recipe.compares_people:
            least = "2 people or more, whom losses compare"
        raise ConfigError(
            f"a batch of {whole} {what} cannot be split into {parts} equal parts of {least}: "
            "change the batch, --accumulate or the number of processes"
        )
    return slice(part * size, (part + 1) * size)
