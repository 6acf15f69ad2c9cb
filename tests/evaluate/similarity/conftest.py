"""Pictures of nobody: smooth colours with some texture, and changed copies of them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from passerby.types import Image

CHANGES: dict[str, Callable[[Image], Image]] = {
    "itself": lambda image: image,
    "blurred": lambda image: cv2.GaussianBlur(image, (3, 3), 0),
    "inverted": lambda image: 255 - image,
    "noisy": lambda image: np.clip(
        image + np.random.default_rng(1).normal(0, 20, image.shape), 0, 255
    ).astype(np.uint8),
    "of few levels": lambda image: image // 17 * 17,
    "one colour": lambda image: np.full_like(image, 90),
}


@pytest.fixture(scope="session")
def picture() -> Image:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (6, 9, 3)).astype(np.uint8)
    smooth = cv2.resize(small, (57, 43), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + rng.normal(0, 8, smooth.shape), 0, 255).astype(np.uint8)


@pytest.fixture(params=CHANGES.values(), ids=list(CHANGES))
def changed(request: pytest.FixtureRequest, picture: Image) -> Image:
    return request.param(picture)
