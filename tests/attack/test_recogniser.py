import numpy as np
import pytest

from passerby.attack.attack import Fitted
from passerby.attack.case import case_of
from passerby.attack.describing import CachedDescriber
from passerby.attack.identity_map import identity_map
from passerby.attack.recogniser import trained_recogniser
from passerby.attack.recognition import recognise_clear, recognise_people


def clear(people, _number):
    return people.images


def best(fitted, pairs) -> float:
    return max(found.mean_average_precision for _, found in recognise_people(fitted, pairs))


def test_it_is_as_good_as_the_network_and_the_regression_where_it_is_chosen(case_for, colours):
    case = case_for(lambda picture: picture[::-1])
    found = trained_recogniser(case, case.train.seen, case.validation.seen)
    of_seen = identity_map(case, case.train.seen, case.validation.seen)
    of_clear = identity_map(case, case.train.clear.images, case.validation.clear.images)
    for one in (Fitted(of_seen, of_clear), Fitted(colours, colours)):
        assert best(found, case.validation) >= best(one, case.validation) - 1e-9


class Names:
    """A network that knows everybody by the brightest pixel in the corner, and nothing else."""

    name, path, pixels, size, batch = "names", __file__, "bgr-255", (128, 64), 8

    def describe(self, pictures):
        return np.eye(256, dtype=np.float32)[[int(one[0, 0, 0]) for one in pictures]]


def test_a_network_that_knows_more_than_can_be_learned_counts(split):
    """Of people who are not in its training part, no regression learns the name."""

    def named(people, _number):
        images = people.images.copy()
        images[:, 0, 0] = people.ids[:, None]
        return images

    parts = [
        type(one)(named(one, 0), one.ids, one.cameras, one.masks, one.heads)
        for one in (split.train, split.validation, split.test)
    ]
    case = case_of(type(split)(*parts), clear, CachedDescriber(Names(), threads=1))
    found = trained_recogniser(case, case.train.seen, case.validation.seen)
    assert recognise_clear(found, case.test).rank1 == pytest.approx(1)


def test_pictures_that_are_the_same_stay_so_bit_for_bit(case_for):
    case = case_for(np.zeros_like)
    rows = trained_recogniser(case, case.train.seen, case.validation.seen).of_seen(case.test.seen)
    assert (rows == rows[0]).all()
