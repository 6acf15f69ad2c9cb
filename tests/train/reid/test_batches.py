"""Batches depend on seed, epoch and place alone, and are what networks take."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from passerby.errors import InputError
from passerby.train.engine.machine import Share
from passerby.train.reid.batches import Composer, epoch_batches, erase, normalised
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.settings import LossWeights, PKSampling
from passerby.train.reid.training_set import material_of
from passerby.train.reid.transforms import RandomHorizontalFlip, Resize

SIZE = (32, 16)


@pytest.fixture
def make_composer(make_people, small_recipe):
    def make(seed=0, **changes):
        recipe = replace(small_recipe, order=PKSampling(4, 2), **changes)
        dataset = make_people()
        material = material_of(dataset, recipe.order)
        pictures = Pictures(dataset, material.paths)
        return Composer(pictures, material.labels, recipe, SIZE, seed)

    return make


def same(first, second):
    return all(
        torch.equal(one.images, other.images)
        and torch.equal(one.labels, other.labels)
        and one.erased == other.erased
        for one, other in zip(first, second, strict=True)
    )


def whole(composer, epoch=0, **options):
    return [batch for (batch,) in epoch_batches(composer, epoch, **options)]


def test_threads_do_not_change_batches(make_composer):
    composer = make_composer()
    alone = whole(composer, workers=0)
    assert len(alone) == 3
    assert same(alone, whole(composer, workers=1))
    assert same(alone, whole(composer, workers=3))


def test_seed_and_epoch_do(make_composer):
    first = whole(make_composer())
    assert same(first, whole(make_composer()))
    assert not same(first, whole(make_composer(), epoch=1))
    assert not same(first, whole(make_composer(seed=1)))


@pytest.mark.parametrize("share", [(2, 1), (1, 2), (2, 2), (4, 1)])
def test_processes_and_parts_share_the_batches_of_one(make_composer, share):
    """Each picture is changed alike, whoever computes it."""
    processes, accumulate = share
    composer = make_composer(weights=LossWeights())
    shared = [
        list(epoch_batches(composer, 0, Share(rank, processes, accumulate)))
        for rank in range(processes)
    ]
    for number, batch in enumerate(whole(composer)):
        parts = [part for rank in shared for part in rank[number]]
        assert len(parts) == processes * accumulate
        assert torch.equal(torch.cat([part.images for part in parts]), batch.images)
        assert torch.equal(torch.cat([part.labels for part in parts]), batch.labels)
        assert sum((part.erased for part in parts), ()) == batch.erased


def test_pictures_come_with_their_people(make_composer):
    composer = make_composer(transforms=(Resize(),), erase=None)
    for batch, chosen in zip(whole(composer), composer.epoch(0), strict=True):
        for image, label, index in zip(batch.images, batch.labels, chosen, strict=True):
            assert label == composer.labels[index]
            expected = cv2.resize(composer.pictures[int(index)], SIZE[::-1])
            assert np.array_equal(image.numpy(), expected)
        assert batch.erased == ()


def test_a_picture_that_cannot_be_read_ends_it(make_composer):
    composer = make_composer()
    for path in composer.pictures._paths[::3]:
        (composer.pictures._root / path).write_bytes(b"torn")
    with pytest.raises(InputError, match="damaged"):
        whole(composer, workers=2)


def test_images_become_what_networks_take():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 6, 4, 3)).astype(np.uint8)
    pixels = normalised(torch.from_numpy(images), torch.device("cpu"))
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    for number in range(2):
        rgb = cv2.cvtColor(images[number], cv2.COLOR_BGR2RGB) / 255
        expected = ((rgb - mean) / deviation).transpose(2, 0, 1)
        assert np.allclose(pixels[number].numpy(), expected, atol=1e-6)
    assert pixels.is_contiguous(memory_format=torch.channels_last)


def test_what_is_erased_has_its_colour_after_normalisation():
    pixels = torch.zeros(2, 3, 6, 4)
    erase(pixels, ((1, 1, 3, 4), (0, 0, 0, 0)), (0.485, 0.456, 0.406))
    assert pixels[0, :, 1:3, 1:4].flatten(1).T.unique(dim=0).tolist() == [
        pytest.approx([0.485, 0.456, 0.406])
    ]
    pixels[0, :, 1:3, 1:4] = 0
    assert not pixels.any()


def test_transforms_follow_each_other_in_the_order_of_the_recipe(make_composer):
    calls = []

    class Noted:
        def __init__(self, name):
            self.name = name

        def __call__(self, image, size, rng):
            calls.append(self.name)
            return Resize()(image, size, rng)

    composer = make_composer(transforms=(Noted("first"), RandomHorizontalFlip(), Noted("second")))
    composer.batch(0, np.array([0, 5]), 0)
    assert calls == ["first", "second"] * 2
