"""Signatures in which sightings of one person are alike, learned from people with names.

It learns where the mean signature of each person lies. So what differs between sightings of one
person counts less than what differs between people. A recogniser trained on anonymized pictures is
called a parrot (Newton, Sweeney and Malin 2005); this one is in closed form.
"""

from collections.abc import Callable

import numpy as np

from passerby.attack.case import AttackCase
from passerby.attack.describing import for_each_distinct
from passerby.attack.features import crop_features
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.ridge import chosen_ridge
from passerby.signatures.describer import Rows

__all__ = ["identity_map"]


def identity_map(
    case: AttackCase, train: CropImages, validation: CropImages
) -> Callable[[CropImages], Rows]:
    """Learn from pictures of a case's people to where their mean clear signatures lie.

    Args:
        case: Whose people and signatures.
        train: Pictures of the people of its training part, in their order: clear, anonymized, or
            rebuilt.
        validation: The same of its validation part, to choose the penalty on.

    Returns:
        Makes signatures, shape (n, d), of pictures of the same kind.
    """
    ridge = chosen_ridge(
        crop_features(case, train),
        _means(case, case.train),
        crop_features(case, validation),
        _means(case, case.validation),
    )

    def signed(images: CropImages) -> Rows:
        return for_each_distinct(ridge, crop_features(case, images))

    return signed


def _means(case: AttackCase, pairs: CropPairs) -> Rows:
    """The mean signature of the person in each clear crop."""
    rows = case.describe(pairs.clear.images)
    _, person = np.unique(pairs.clear.ids, return_inverse=True)
    sums = np.zeros((int(person.max()) + 1, rows.shape[1]), np.float32)
    np.add.at(sums, person, rows)
    counts = np.bincount(person).astype(np.float32)
    return np.asarray(sums / counts[:, None], np.float32)[person]
