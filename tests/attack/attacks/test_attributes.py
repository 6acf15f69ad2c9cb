from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from passerby.attack.attack import ATTACKS, Champions, Fitted, Strongest
from passerby.attack.attacks.attributes import class_weights, told_classes
from passerby.attack.case import AttackCase
from passerby.attack.people import CropPairs


def found_in(case, rebuild=None):
    nobody = Strongest("a", Fitted(case.describe, case.describe, rebuild), "anonymized to clear")
    findings = ATTACKS["attributes"].measure(case, Champions(nobody, nobody, nobody))
    return {one.measure.removeprefix("attribute: "): one for one in findings}


def with_attribute(case: AttackCase, name: str, value) -> AttackCase:
    def known(pairs: CropPairs) -> CropPairs:
        values = np.array([value(int(one)) for one in pairs.clear.ids])
        return CropPairs(replace(pairs.clear, attributes={name: values}), pairs.seen)

    return replace(
        case, train=known(case.train), validation=known(case.validation), test=known(case.test)
    )


def test_black_pictures_tell_no_attribute_exactly(case_for):
    found = found_in(case_for(np.zeros_like))
    assert "sex" in found
    for one in found.values():
        assert (one.success, one.low, one.high) == pytest.approx((one.chance,) * 3)


def test_what_is_painted_on_people_is_told_and_what_is_not_is_not(case_for):
    """A stripe of white or black, by the number of the person: nobody can overlook it."""
    case = with_attribute(case_for(lambda picture: picture), "stripe", lambda one: f"s{one % 2}")

    def painted(pairs):
        seen = pairs.seen.copy()
        seen[pairs.clear.ids % 2 == 1, :30] = 255
        seen[pairs.clear.ids % 2 == 0, :30] = 0
        return CropPairs(pairs.clear, seen)

    told = replace(
        case,
        train=painted(case.train),
        validation=painted(case.validation),
        test=painted(case.test),
    )
    one = found_in(told)["stripe"]
    assert (one.chance, one.success) == (0.5, 1.0)
    assert 0.6 < one.low < 1  # few people: nobody can be sure
    assert found_in(case)["stripe"].success < 0.8


def test_who_rebuilds_pictures_reads_attributes_in_them(case_for):
    """What is told lies in the lowest bit of one value of noise, where no regression finds it."""
    case = with_attribute(case_for(lambda picture: picture), "stripe", lambda one: f"s{one % 2}")
    rng = np.random.default_rng(0)

    def hidden(pairs):
        seen = rng.integers(0, 256, pairs.seen.shape).astype(np.uint8)
        seen[:, 0, 0, 0] = seen[:, 0, 0, 0] & 0xFE | pairs.clear.ids % 2
        return CropPairs(pairs.clear, seen)

    def rebuild(images):
        return np.full_like(images, 255) * (images[:, :1, :1, :1] & 1)

    case = replace(
        case, train=hidden(case.train), validation=hidden(case.validation), test=hidden(case.test)
    )
    assert found_in(case, rebuild)["stripe"].success == 1
    assert found_in(case)["stripe"].success < 0.8


def test_a_class_of_too_few_people_is_left_out(case_for):
    case = case_for(lambda picture: picture)
    everybody = np.unique(case.test.clear.ids)
    rare = with_attribute(case, "rare", lambda one: "yes" if one in everybody[:2] else "no")
    assert found_in(rare) == {}
    assert found_in(with_attribute(case, "unknown", lambda one: "")) == {}


def test_a_class_is_told_beside_how_common_it_is_and_ties_are_random():
    prior = np.array([0.8, 0.1, 0.1])
    likely = np.array([[0.7, 0.2, 0.1], prior, [0.9, 0.05, 0.05]])
    told = told_classes(likely, prior, np.array([1, 2, 0]))
    assert told.tolist() == pytest.approx([1, 1 / 3, 1])


def test_weights_make_it_balanced_accuracy():
    rng = np.random.default_rng(0)
    right, told = rng.integers(0, 3, 50), rng.integers(0, 3, 50)
    ours = np.average(right == told, weights=class_weights(right))
    assert ours == pytest.approx(balanced_accuracy_score(right, told))
