from dataclasses import replace

import numpy as np
import pytest

from passerby.attack.attack import Fitted
from passerby.attack.people import CropPairs
from passerby.attack.use import body_left, use_of_crops


@pytest.fixture
def two(crowd):
    """Two crops of 128x64 in which the left half shows a person, whose head is 8x8 pixels."""
    few = crowd.take(np.arange(2))
    masks = np.zeros_like(few.masks)
    masks[:, :, :32] = True
    heads = np.array([[0, 0, 8, 8], [np.nan] * 4], np.float32)
    return replace(few, masks=masks, heads=heads)


def test_pixels_of_bodies_that_are_as_they_were_are_counted(two):
    seen = two.images.copy()
    seen[0, :64] ^= 128  # the upper half of the first, head and all
    seen[1] += np.where(seen[1] < 128, 10, 0).astype(np.uint8)  # too little to count
    body = 128 * 32 - 64, 128 * 32
    changed = 64 * 32 - 64
    assert body_left(CropPairs(two, seen)) == pytest.approx(1 - changed / sum(body))


def test_covered_heads_leave_the_whole_body(two):
    seen = two.images.copy()
    seen[0, :8, :8] ^= 128
    assert body_left(CropPairs(two, seen)) == 1


def test_black_crops_are_of_no_use(crowd, colours):
    found = use_of_crops(CropPairs(crowd, np.zeros_like(crowd.images)), Fitted(colours, colours))
    clear = use_of_crops(CropPairs(crowd, crowd.images), Fitted(colours, colours))
    assert clear.reid_map == pytest.approx(clear.clear_reid_map)
    assert found.clear_reid_map == clear.clear_reid_map
    assert found.reid_map < 0.5 * clear.reid_map
    assert (found.body_left < 0.2, clear.body_left) == (True, 1)
