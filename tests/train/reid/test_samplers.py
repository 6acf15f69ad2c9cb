"""Who and what is in the batches of an epoch."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.train.reid.recipes import recipe
from passerby.train.reid.samplers import batches_of, share_of
from passerby.train.reid.settings import LossWeights, PKSampling, Shuffled

ORDER = PKSampling(3, 4)
LABELS = np.repeat(np.arange(6), [4, 9, 2, 13, 8, 1])


@pytest.mark.parametrize("epoch", range(3))
def test_each_batch_has_so_many_people_with_so_many_images(epoch):
    batches = batches_of(ORDER, LABELS, seed=0, epoch=epoch)
    assert batches.shape[1] == 12
    for batch in batches:
        groups = LABELS[batch].reshape(3, 4)
        assert (groups == groups[:, :1]).all()
        assert len(set(groups[:, 0])) == 3


def test_nobody_is_drawn_more_often_than_they_have_groups():
    """Of those with 4 images or more none comes twice in an epoch; few images are repeated."""
    batches = batches_of(ORDER, LABELS, seed=1, epoch=0)
    images, counts = np.unique(batches, return_counts=True)
    assert (counts[np.isin(LABELS[images], (0, 1, 3, 4))] == 1).all()
    for person in (2, 5):
        drawn = batches[LABELS[batches] == person]
        assert len(drawn) in (0, 4)
        if len(drawn):
            assert set(drawn) == set(np.flatnonzero(person == LABELS))


def test_an_epoch_of_market_1501_has_as_many_batches_as_its_authors_expect():
    """751 people with 12,936 images: more than 180 batches of 64, where the older way has 47."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(12_936 - 751 * 2, np.full(751, 1 / 751)) + 2
    labels = np.repeat(np.arange(751), counts)
    batches = batches_of(PKSampling(16, 4), labels, seed=0, epoch=0)
    assert 140 < len(batches) <= 12_936 // 64
    assert len(np.unique(batches)) > 0.75 * 12_936


def test_shuffled_batches_hold_each_image_once_but_the_last_few():
    batches = batches_of(Shuffled(5), np.zeros(23, np.int64), seed=0, epoch=0)
    assert batches.shape == (4, 5)
    assert len(np.unique(batches)) == 20


@pytest.mark.parametrize("order", [ORDER, Shuffled(5)])
def test_an_epoch_depends_on_seed_and_number_alone(order):
    first = batches_of(order, LABELS, seed=0, epoch=3)
    np.random.default_rng().random(5)
    assert np.array_equal(first, batches_of(order, LABELS, seed=0, epoch=3))
    for seed, epoch in ((0, 4), (1, 3)):
        other = batches_of(order, LABELS, seed=seed, epoch=epoch)
        assert first.shape != other.shape or not np.array_equal(first, other)


def one_with(order, **weights):
    """A recipe that learns from such batches."""
    return replace(recipe("bot", "quick"), order=order, weights=LossWeights(**weights))


@pytest.mark.parametrize("order", [PKSampling(4, 3), Shuffled(12)])
@pytest.mark.parametrize("parts", [1, 2, 4])
def test_parts_make_the_whole_and_leave_people_together(order, parts):
    batch, own = np.arange(12), one_with(order)
    shares = [batch[share_of(own, part, parts)] for part in range(parts)]
    assert np.concatenate(shares).tolist() == batch.tolist()
    for share in shares:
        assert len(share) % order.indivisible == 0


@pytest.mark.parametrize(
    ("order", "parts", "complaint"),
    [
        (PKSampling(4, 3), 3, "4 people cannot be split into 3"),
        (PKSampling(4, 3), 8, "4 people cannot be split into 8"),
        (Shuffled(12), 5, "12 images cannot be split into 5"),
        (Shuffled(12), 12, "12 images cannot be split into 12"),
    ],
)
def test_what_cannot_be_split_is_refused(order, parts, complaint):
    with pytest.raises(ConfigError, match=complaint):
        share_of(one_with(order), 0, parts)


@pytest.mark.parametrize("loss", ["triplet", "pair"])
def test_each_part_has_two_people_where_losses_compare_them(loss):
    own = one_with(PKSampling(4, 2), **{loss: 1.0})
    labels = np.repeat(np.arange(4), 2)
    for part in range(2):
        assert len(set(labels[share_of(own, part, 2)])) == 2
    with pytest.raises(
        ConfigError, match="4 people cannot be split into 4 equal parts of 2 people or more, wh"
    ):
        share_of(own, 0, 4)
