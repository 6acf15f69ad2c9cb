"""When memory is short, the largest part of a batch that fits is named."""

from dataclasses import replace

import pytest
import torch

from passerby.train.reid.memory import too_large
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import LossWeights, PKSampling, Shuffled

BOT = recipe("bot", "paper")


def room_for(fitting, tried):
    """An attempt at so many images, which notes them; more than fit are too many."""

    def attempt(images):
        tried.append(images)
        if images > fitting:
            raise torch.OutOfMemoryError

    return attempt


@pytest.mark.parametrize(
    ("fitting", "parts", "complaint", "expected"),
    [
        (40, 1, "memory for 64 images at a time, but 32 fit: add --accumulate 2", [32]),
        (9, 1, "memory for 64 images at a time, but 8 fit: add --accumulate 8", [32, 16, 8]),
        (9, 2, "but 8 fit: add --accumulate 16", [32, 16, 8]),
        (7, 1, "nor for any part of them: use smaller images", [32, 16, 8]),
    ],
)
def test_the_largest_part_that_fits_is_named(fitting, parts, complaint, expected):
    tried = []
    assert complaint in str(too_large(room_for(fitting, tried), 64, BOT, parts))
    assert tried == expected


@pytest.mark.parametrize(
    ("order", "fitting", "complaint", "expected"),
    [
        (PKSampling(12, 4), 16, "but 16 fit: add --accumulate 3", [24, 16]),
        (PKSampling(6, 2), 4, "but 4 fit: add --accumulate 3", [6, 4]),
        (PKSampling(7, 4), 9, "for any part", []),
        (Shuffled(15), 5, "but 5 fit: add --accumulate 3", [5]),
        (Shuffled(15), 2, "for any part", [5, 3]),
    ],
)
def test_batches_of_any_size_are_split_as_they_can_be(order, fitting, complaint, expected):
    tried, own = [], replace(BOT, order=order)
    assert complaint in str(too_large(room_for(fitting, tried), order.batch, own, 1))
    assert tried == expected


def test_where_nobody_is_compared_one_person_is_a_part():
    tried, own = [], replace(BOT, weights=LossWeights(triplet=0.0))
    assert "but 4 fit: add --accumulate 16" in str(too_large(room_for(4, tried), 64, own, 1))
    assert tried == [32, 16, 8, 4]


def test_another_error_while_trying_is_raised():
    def attempt(images):
        raise ValueError(images)

    with pytest.raises(ValueError, match="32"):
        too_large(attempt, 64, BOT, 1)
