"""Small sets of signatures to look for each other in."""

from collections.abc import Callable

import numpy as np
import pytest

from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]


@pytest.fixture(scope="session")
def people() -> Make:
    """Makes queries and a gallery: people are points, and their images are scattered round them.

    With ``whole`` all numbers are small whole ones, so that many distances are equal and no
    product is rounded.
    """

    def make(
        queries: int = 20,
        images: int = 60,
        *,
        persons: int = 6,
        cameras: int = 3,
        dimensions: int = 8,
        spread: float = 1.0,
        whole: bool = False,
        seed: int = 0,
    ) -> tuple[Signatures, Signatures]:
        random = np.random.default_rng(seed)
        centres = random.normal(size=(persons, dimensions))

        def side(count: int) -> Signatures:
            ids = random.integers(0, persons, count)
            features = centres[ids] + spread * random.normal(size=(count, dimensions))
            if whole:
                features = np.rint(features)
            return Signatures(features.astype(np.float32), ids, random.integers(0, cameras, count))

        return side(queries), side(images)

    return make
