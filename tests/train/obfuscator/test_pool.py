"""Crops in memory: what is learned from, and what only measures, share no frame."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError, InputError
from passerby.train.obfuscator import pool as module
from passerby.train.obfuscator.crops import AIMED_AT_NOBODY, ClearFrame
from passerby.train.obfuscator.data_sources import FrameSources
from passerby.train.obfuscator.pool import CropSet, read_pool


def frames(world):
    """Seven frames, each of a grey of its own, with a bright person."""
    for number in range(7):
        image = np.full((100, 170, 3), 10 * (number + 1), np.uint8)
        people = np.zeros((100, 170), np.bool_)
        people[20:90, 60:90] = True
        image[people] = 240
        box = np.array([[60, 20, 90, 90]], np.float32)
        yield ClearFrame(image, None, box, people, np.array([100 * world + number]), True)


@pytest.fixture
def drawn(monkeypatch):
    monkeypatch.setattr(module, "synthetic_frames", frames)


def test_whole_worlds_are_held_out(drawn):
    told = []
    found = read_pool(FrameSources(worlds=8), 0, told.append)
    learned = {identity // 100 for identity in found.train.identities}
    measured = {identity // 100 for identity in found.held_out.identities}
    assert learned == {0, 1, 2, 3, 4, 5, 7}
    assert measured == {6}
    assert [one.done for one in told] == list(range(1, 9))


def test_windows_are_aimed_at_nobody_and_never_of_what_is_held_out(drawn):
    sources = FrameSources(worlds=7, views=4)
    without, found = read_pool(sources, 0), read_pool(replace(sources, windows=2), 0)
    assert without.wider is None
    aimed = len(found.train)
    assert set(found.wider.identities[aimed:]) == {AIMED_AT_NOBODY}
    assert len(found.wider) == len(found.wider.boxes) == aimed + 2 * 6 * 7  # six worlds of seven
    for one, other in zip(without[:2], found[:2], strict=True):
        assert np.array_equal(one.images, other.images)
        assert np.array_equal(one.identities, other.identities)
    # Both together take the memory of one.
    assert np.shares_memory(found.train.images, found.wider.images)
    for name in ("images", "means", "people", "aimed", "identities", "synthetic"):
        assert np.array_equal(getattr(found.wider, name)[:aimed], getattr(found.train, name))
    assert found.train.boxes == found.wider.boxes[:aimed]


def test_of_footage_the_end_is_held_out(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "PeopleDetector", lambda *_, **__: None)
    monkeypatch.setattr(module, "real_frames", lambda *_: frames(0))
    found = read_pool(FrameSources(data=(tmp_path,), worlds=0), 0)
    assert set(found.train.identities) == set(range(6))
    assert set(found.held_out.identities) == {6}


def test_without_sources_or_people_nothing_is_trained(monkeypatch):
    with pytest.raises(ConfigError, match="give --data, or --worlds"):
        read_pool(FrameSources(worlds=0), 0)
    monkeypatch.setattr(module, "synthetic_frames", lambda _: iter(()))
    with pytest.raises(InputError, match="too few people"):
        read_pool(FrameSources(worlds=7), 0)


def test_batches_hold_whole_people_and_are_functions_of_the_seed(crops):
    some = crops(6, 0)
    numbers = some.drawn(4, 1, 2, 3)
    assert numbers == some.drawn(4, 1, 2, 3)
    assert numbers != some.drawn(4, 1, 2, 4)
    people = [number // 2 for number in numbers]
    assert people[0::2] == people[1::2]
    assert len(set(people)) == 2


def test_a_batch_is_what_the_crops_show(crops):
    some = crops(3, 0)
    batch = some.batch([4, 1], torch.device("cpu"))
    expected = some.images[[4, 1]].transpose(0, 3, 1, 2) / 255
    assert np.allclose(batch.images.numpy(), expected, atol=1e-6)
    assert np.array_equal(batch.people[:, 0].numpy(), some.people[[4, 1]])
    assert batch.identities.tolist() == some.identities[[4, 1]].tolist()
    assert batch.numbers == [4, 1]


def test_the_mean_colour_is_that_of_people_alone(crops):
    some = crops(3, 0)
    expected = some.images[some.people].mean(axis=0) / 255
    assert some.person_colour() == pytest.approx(expected)


def test_photographs_have_one_plain_mean():
    crops = [
        views[0]
        for frame in frames(0)
        for views in module.cut_views(frame, np.random.default_rng(0), views=1)
    ]
    means = CropSet.of(crops, 1).means
    assert len(np.unique(means.reshape(-1, 3), axis=0)) == 1


def test_without_a_pixel_of_people_it_is_said(crops):
    some = crops(2, 0)
    some.people[:] = False
    with pytest.raises(ConfigError, match="no pixel"):
        some.person_colour()
