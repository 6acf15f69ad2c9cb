"""Pictures with what is in them, drawn at random or by hypothesis."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st

from passerby.detections import Boxes, Detections


@dataclass
class Picture:
    """What was found in a picture, what there was to find, and where nothing is known."""

    found: Detections
    wanted: Boxes
    unknown: Boxes


def boxes(corners_and_sizes) -> Boxes:
    array = np.array(corners_and_sizes, np.float32).reshape(-1, 4)
    return np.concatenate([array[:, :2], array[:, :2] + array[:, 2:]], axis=1)


# On a grid this coarse, overlaps are equal in single precision only if they are equal.
_box = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2)
_boxes = st.lists(_box, max_size=6)
_scored = st.lists(st.tuples(_box, st.sampled_from([0.25, 0.5, 0.75, 1.0])), max_size=8)


@st.composite
def _picture(draw) -> Picture:
    scored = draw(_scored)
    found = Detections.of(boxes([box for box, _ in scored]), [score for _, score in scored])
    return Picture(found, boxes(draw(_boxes)), boxes(draw(st.lists(_box, max_size=2))))


@pytest.fixture(scope="session")
def small_sets() -> st.SearchStrategy[list[Picture]]:
    """Up to five pictures of a few boxes, many of them with equal scores or overlaps."""
    return st.lists(_picture(), min_size=1, max_size=5)


@pytest.fixture(scope="session")
def crowd() -> list[Picture]:
    """Sixty pictures of up to thirty boxes, most of them found again about where they are."""
    rng = np.random.default_rng(3)

    def picture() -> Picture:
        count = int(rng.integers(0, 30))
        wanted = boxes(np.hstack([rng.uniform(0, 600, (count, 2)), rng.uniform(9, 90, (count, 2))]))
        moved = wanted + rng.uniform(-4, 4, wanted.shape)
        wrong = boxes(np.hstack([rng.uniform(0, 600, (40, 2)), rng.uniform(8, 90, (40, 2))]))
        kept = moved[rng.random(count) < 0.8]
        scores = np.append(rng.beta(4, 2, len(kept)), rng.beta(2, 5, 40)).clip(0.01)
        found = Detections.of(np.concatenate([kept, wrong]), scores)
        unknown = boxes(np.hstack([rng.uniform(0, 600, (2, 2)), rng.uniform(40, 200, (2, 2))]))
        return Picture(found, wanted, unknown)

    return [picture() for _ in range(60)]
