"""Batches of views with what teachers say of them."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.train.reid.batches import Share, epoch_batches
from passerby.train.reid.distillation.composer import DistillationComposer
from passerby.train.reid.distillation.crops import whole
from passerby.train.reid.transforms import RandomErasing, Resize


class MeanColours:
    """Says the mean colour of the upper and of the lower half."""

    dimension = 6

    def __init__(self):
        self.shapes = set()

    def __call__(self, pictures):
        self.shapes.add(pictures.shape[1:])
        halves = np.stack(np.array_split(pictures.astype(np.float32), 2, axis=1))
        return halves.mean(axis=(2, 3)).transpose(1, 0, 2).reshape(-1, 6)


@pytest.fixture
def composer(make_distillation):
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 256, (20, 4, 2, 3), np.uint8)
    crops = [whole(one.repeat(20, axis=0).repeat(20, axis=1)) for one in cells]
    return DistillationComposer(crops, MeanColours(), make_distillation().recipe, (32, 16), 3)


def test_each_view_is_there_twice_clear_and_covered_with_what_is_said_of_the_clear_one(composer):
    batch = composer.batch(0, composer.epoch(0)[0], 0)
    images, targets = batch.images.numpy().astype(float), batch.labels.numpy()
    assert images.shape == (12, 32, 16, 3)
    assert targets.shape == (12, 6)
    assert np.array_equal(targets[:6], targets[6:])
    # Resizing keeps mean colours.
    upper = images[:6, :16].mean(axis=(1, 2))
    np.testing.assert_allclose(upper, targets[:6, :3], atol=4)
    assert np.array_equal(images[:6, 16:], images[6:, 16:])
    assert (abs(images[:6, :4] - images[6:, :4]).mean(axis=(1, 2, 3)) > 5).all()
    assert batch.erased == ()
    assert composer.teachers.shapes == {(256, 128, 3)}


def test_an_epoch_sees_each_crop_once_at_most(composer):
    rows = composer.epoch(0)
    assert rows.shape == (3, 6)
    assert len(set(rows.flat)) == 18
    assert set(rows.flat) <= set(range(20))


def test_a_batch_depends_on_its_place_alone_and_may_be_split(composer):
    chosen = composer.epoch(1)[1]
    whole_batch = composer.batch(1, chosen, 6)
    again = composer.batch(1, chosen, 6)
    assert np.array_equal(whole_batch.images, again.images)
    other = composer.batch(2, chosen, 6)
    assert not np.array_equal(whole_batch.images, other.images)
    parts = list(epoch_batches(composer, 1, Share(accumulate=3), workers=2))[1]
    clear = np.concatenate([part.images[:2] for part in parts])
    hidden = np.concatenate([part.images[2:] for part in parts])
    assert np.array_equal(np.concatenate([clear, hidden]), whole_batch.images)


def test_transforms_and_erasing_of_the_recipe_change_what_the_network_sees_alone(composer):
    chosen = composer.epoch(0)[0]
    plain = composer.batch(0, chosen, 0)

    def inverted(image, _size, _rng):
        return 255 - image

    changed = replace(composer.recipe, transforms=(Resize(), inverted), erase=RandomErasing(1.0))
    batch = replace(composer, recipe=changed).batch(0, chosen, 0)
    assert np.array_equal(batch.images[:6], 255 - plain.images[:6].numpy())
    assert len(batch.erased) == 12
    assert all(bottom > top and right > left for top, left, bottom, right in batch.erased)
    assert not np.array_equal(batch.images, plain.images)


def test_targets_are_those_of_the_first_views(composer):
    rows = composer.epoch(0)
    expected = [composer.batch(0, rows[number], 6 * number).labels[:6] for number in (0, 1)]
    assert np.array_equal(composer.targets(7), np.concatenate(expected))
