"""Other pictures with the same truth: whatever happens to people happens to their outlines."""

import numpy as np
import pytest
import torch

from passerby.train.obfuscator.variations import as_another_camera, placed_anew, put_elsewhere


@pytest.fixture
def scene():
    """Dark pictures in each of which a rectangle has a brightness of its own."""
    outlines = torch.zeros(6, 1, 48, 80)
    for number in range(6):
        outlines[number, :, 8 : 30 + number, 10 * number : 10 * number + 14] = 1
    brightness = torch.linspace(0.4, 0.9, 6)[:, None, None, None]
    return (outlines * brightness).expand(-1, 3, -1, -1).clone(), outlines


def test_outlines_follow_people_wherever_they_are_placed(scene):
    images, outlines = scene
    moved, marked = placed_anew(images, outlines, np.random.default_rng(0))
    assert moved.shape == images.shape
    assert marked.shape == outlines.shape
    assert not torch.equal(marked, outlines)
    brightness = torch.linspace(0.4, 0.9, 6)[:, None, None, None]
    assert torch.allclose(moved, (marked * brightness).expand(-1, 3, -1, -1), atol=1e-5)


def test_people_are_mirrored_and_resized(scene):
    _, outlines = scene
    lone = outlines[:1].expand(200, -1, -1, -1)
    _, marked = placed_anew(lone.expand(-1, 3, -1, -1), lone, np.random.default_rng(1))
    areas = marked.sum(dim=(1, 2, 3)) / lone[0].sum()
    whole = areas[areas > 0]
    assert whole.min() < 0.6
    assert whole.max() > 1.3


def test_people_put_elsewhere_keep_their_pixels(scene):
    images, outlines = scene
    mixed, marked = put_elsewhere(images, outlines, 1.0, np.random.default_rng(3))
    assert (marked >= outlines).all()
    order = np.random.default_rng(3).permutation(6)
    for number, other in enumerate(order):
        theirs = outlines[other, 0] > 0
        assert torch.equal(mixed[number][:, theirs], images[other][:, theirs])
        mine = (outlines[number, 0] > 0) & ~theirs
        assert torch.equal(mixed[number][:, mine], images[number][:, mine])


def test_nobody_is_put_elsewhere_where_no_share_is_asked_for(scene):
    images, outlines = scene
    mixed, marked = put_elsewhere(images, outlines, 0.0, np.random.default_rng(0))
    assert torch.equal(mixed, images)
    assert torch.equal(marked, outlines)


def test_another_camera_sees_the_same_in_other_colours(scene):
    images, _ = scene
    seen = as_another_camera(images, np.random.default_rng(0))
    assert seen.shape == images.shape
    assert 0 <= seen.min() < seen.max() <= 1
    assert (seen - images).abs().mean() > 0.02
    again = as_another_camera(images, np.random.default_rng(0))
    assert torch.equal(seen, again)
    # Brighter people stay brighter than the ground of their picture.
    for one, before in zip(seen, images, strict=True):
        assert one[before > 0].mean() > one[before == 0].mean()
