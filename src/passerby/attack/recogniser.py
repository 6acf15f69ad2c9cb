"""A recogniser trained on pictures of people with names, beside the signature network as it is."""

import numpy as np

from passerby.attack.attack import Fitted
from passerby.attack.case import AttackCase
from passerby.attack.identity_map import identity_map
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.recognition import recognise_people
from passerby.signatures.describer import Rows

__all__ = ["trained_recogniser"]

NETWORK_SHARES = (0.5, 0.0, 1.0)
"""Of the likeness of two pictures, how much is that of the network's signatures. The first one
counts where several are as good."""


def trained_recogniser(case: AttackCase, train: CropImages, validation: CropImages) -> Fitted:
    """Train on pictures of a case's people, and on their clear pictures.

    Two pictures are as alike as their signatures and what the regression of `identity_map` makes of
    them are on average. What is learned from few people misses what a network knows of many, and
    a network misses what an anonymizer changed. So how much each counts is chosen on the validation
    part.

    Args:
        case: Whose people and signatures.
        train: Pictures of the people of its training part, in their order: anonymized or rebuilt.
        validation: The same of its validation part.

    Returns:
        An attacker who takes pictures of the same kind, and clear ones.
    """
    of_shown = identity_map(case, train, validation)
    of_clear = identity_map(case, case.train.clear.images, case.validation.clear.images)

    def weighed(share: float) -> Fitted:
        return Fitted(
            of_seen=lambda images: _joined(case.describe(images), of_shown(images), share),
            of_clear=lambda images: _joined(case.describe(images), of_clear(images), share),
        )

    shown = CropPairs(case.validation.clear, validation)
    return max((weighed(share) for share in NETWORK_SHARES), key=lambda one: _ranked(one, shown))


def _ranked(fitted: Fitted, pairs: CropPairs) -> float:
    """The mAP in the best direction."""
    return max(found.mean_average_precision for _, found in recognise_people(fitted, pairs))


def _joined(network: Rows, learned: Rows, share: float) -> Rows:
    """Rows whose cosine is the weighted mean of the cosines of both."""
    parts = (np.sqrt(share) * _unit(network), np.sqrt(1 - share) * _unit(learned))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _unit(rows: Rows) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))
