import numpy as np
import pytest

from passerby.attack.case import case_of, split_people
from passerby.errors import InputError


def test_nobody_is_in_two_parts_and_half_are_measured_on(crowd):
    split = split_people(crowd)
    parts = [set(part.ids) for part in (split.train, split.validation, split.test)]
    assert [len(part) for part in parts] == [6, 4, 10]
    assert len(set.union(*parts)) == 20


def test_the_same_seed_splits_alike(crowd):
    one, same, other = (set(split_people(crowd, seed=seed).test.ids) for seed in (1, 1, 2))
    assert one == same != other


def test_who_is_seen_by_one_camera_alone_is_left_out(crowd):
    alone = np.isin(crowd.ids, [1, 2]) & (crowd.cameras > 1)
    split = split_people(crowd.take(~alone))
    assert not {1, 2} & {*split.train.ids, *split.validation.ids, *split.test.ids}


def test_too_few_people_and_one_camera_are_refused(crowd):
    with pytest.raises(InputError, match="1 different people"):
        split_people(crowd.of(np.array([1])))
    with pytest.raises(InputError, match="needs a second camera"):
        split_people(crowd.take(crowd.cameras == 1))
    few = np.isin(crowd.ids, [1, 2, 3]) | (crowd.cameras == 1)
    with pytest.raises(InputError, match="3 people are seen by two cameras"):
        split_people(crowd.take(few))


def test_each_part_is_anonymized(split, colours):
    case = case_of(split, lambda people, _number: 255 - people.images, colours)
    for pairs in (case.train, case.validation, case.test):
        np.testing.assert_array_equal(pairs.seen, 255 - pairs.clear.images)
