"""Outlines against pycocotools, whose format they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from passerby.detection.formats.segmentation import Polygons, Runs, runs_of, unpacked

# pycocotools still makes its arrays as NumPy 1 wanted it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

sizes = st.tuples(st.integers(1, 12), st.integers(1, 12))
masks = sizes.flatmap(
    lambda size: st.lists(
        st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]
    ).map(lambda pixels: np.array(pixels, bool).reshape(size))
)


@given(masks)
def test_runs_are_those_of_pycocotools(mask: np.ndarray) -> None:
    height, width = mask.shape
    theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    ours = runs_of(mask)
    assert ours.counts == tuple(unpacked(theirs["counts"].decode()))
    np.testing.assert_array_equal(ours.mask(width, height), mask)


def test_long_runs_and_differences_are_unpacked() -> None:
    mask = np.zeros((500, 700), bool)
    mask[100:400, 50:600] = True
    mask[::7] = False
    theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert tuple(unpacked(theirs["counts"].decode())) == runs_of(mask).counts


@pytest.mark.parametrize("text", ["P", "1\x7f", "\u00e9", " "])
def test_text_that_is_no_runs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it ends within|does not belong"):
        unpacked(text)


def test_runs_of_another_picture_are_not_drawn() -> None:
    assert Runs((6,), 2, 3).mask(3, 2) is None


@pytest.mark.parametrize("seed", range(5))
def test_polygons_cover_what_pycocotools_covers_and_little_more(seed: int) -> None:
    random = np.random.default_rng(seed)
    angles = np.sort(random.random(12)) * 2 * np.pi
    radii = 20 + 20 * random.random(12)
    corners = 50 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    theirs = coco.decode(coco.frPyObjects([corners.ravel().tolist()], 100, 100))[..., 0] > 0
    ours = Polygons((corners,)).mask(100, 100)
    assert (theirs & ~ours).sum() <= 0.003 * theirs.sum()
    assert ours.sum() <= 1.15 * theirs.sum()


def test_several_polygons_are_united_and_clipped() -> None:
    squares = [np.array([(x, 2), (x + 3, 2), (x + 3, 5), (x, 5)], float) for x in (-2, 6)]
    mask = Polygons(tuple(squares)).mask(8, 8)
    expected = np.zeros((8, 8), bool)
    expected[2:6, 0:2] = expected[2:6, 6:8] = True
    np.testing.assert_array_equal(mask, expected)
