"""A network on whole frames: what it may claim, and what happens where it fails."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from passerby.anonymization import Anonymizer, Strength, TimeRange, Zone
from passerby.anonymization.operators.learned import learned_weakness
from passerby.detections import Detections
from passerby.errors import ConfigError, DetectionError
from passerby.types import Frame, Image

NOBODY = Detections.none()
STRONG = {"explained_variance": 0.04, "reid_auc": 0.52}


class Counting:
    """Inverts frames, and counts them."""

    def __init__(self, fresh_attackers: object = None) -> None:
        self.card: Mapping[str, Any] = {"fresh_attackers": fresh_attackers}
        self.calls = 0

    def __call__(self, image: Image) -> Image:
        self.calls += 1
        return 255 - image


class Failing(Counting):
    """Fails in the way that it is told to."""

    def __init__(self, failure: object) -> None:
        super().__init__()
        self.failure = failure

    def __call__(self, image: Image) -> Image:
        if isinstance(self.failure, Exception):
            raise self.failure
        return self.failure  # type: ignore[return-value]


def picture(height: int = 12, width: int = 20) -> Image:
    return np.random.default_rng(0).integers(1, 255, (height, width, 3), np.uint8)


@pytest.mark.parametrize("size", [(1, 1), (2, 31), (12, 20)])
def test_the_whole_frame_is_turned_into_another(size: tuple[int, int]) -> None:
    network, image = Counting(), picture(*size)
    sealed = Anonymizer(operator="learned", network=network)(Frame(image), NOBODY)
    np.testing.assert_array_equal(sealed.image, 255 - image)
    assert (sealed.covered_in_full, network.calls) == (False, 1)
    assert (sealed.protection.regions, sealed.protection.operator) == (("frame",), "learned")
    assert sealed.protection.search == "not needed"


def test_nobody_has_to_be_found() -> None:
    assert Anonymizer(operator="learned", network=Counting()).kinds == frozenset()


def test_what_nobody_sees_does_not_come_out() -> None:
    image, alpha = picture(), np.full((12, 20), 255, np.uint8)
    alpha[:6] = 0
    sealed = Anonymizer(operator="learned", network=Counting())(Frame(image, alpha=alpha), NOBODY)
    assert (sealed.image[:6] == 255).all()  # what black becomes
    assert sealed.alpha is not None
    assert (sealed.alpha == 255).all()


@pytest.mark.parametrize(
    "failure",
    [
        DetectionError("NaN"),
        RuntimeError("out of memory"),
        np.zeros((3, 3, 3), np.uint8),
        np.zeros((12, 20, 3), np.float32),
        None,
    ],
)
def test_a_network_that_fails_covers_all_of_it(
    failure: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        sealed = Anonymizer(operator="learned", network=Failing(failure))(Frame(picture()), NOBODY)
    assert sealed.covered_in_full
    assert not sealed.image.any()


def test_without_a_network_all_is_black(caplog: pytest.LogCaptureFixture) -> None:
    sealed = Anonymizer(operator="learned")(Frame(picture()), NOBODY)
    assert sealed.covered_in_full
    assert not sealed.image.any()
    assert "needs a network: name one with --model" in caplog.text


def test_zones_are_left_and_covered_by_one_run() -> None:
    network, image = Counting(), picture()
    left = Zone(((0, 0), (10, 0), (10, 12), (0, 12)), "leave")
    covered = Zone(((0, 0), (4, 0), (4, 12), (0, 12)), "cover")
    sealed = Anonymizer(operator="learned", network=network, zones=(left, covered))(
        Frame(image), NOBODY
    )
    same = (sealed.image == image).all(axis=2)
    assert network.calls == 1
    assert same[1:-1, 6:8].all()
    assert not same[:, :4].any()
    assert not same[:, 10:].any()
    assert sealed.protection.weakness is not None


def test_what_is_all_left_is_not_run() -> None:
    network = Counting()
    anonymize = Anonymizer(operator="learned", network=network, leave_times=(TimeRange(0),))
    assert anonymize.patches(NOBODY, 20, 12, time=1.0) == []


# --- What it may claim ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fresh", "told"),
    [
        (STRONG, None),
        ({**STRONG, "reid_auc": 0.45}, None),
        ({**STRONG, "explained_variance": -0.2}, None),
        ({**STRONG, "explained_variance": 0.34}, "explains 34% of the variance of people's pixels"),
        ({**STRONG, "reid_auc": 0.2}, "with an AUC of 0.80"),
        ({"explained_variance": 0.01}, "says nothing of fresh attackers"),
        ({**STRONG, "reid_auc": float("nan")}, "says nothing of fresh attackers"),
        ({**STRONG, "reid_auc": "good"}, "says nothing of fresh attackers"),
        ("strong", "says nothing of fresh attackers"),
        (None, "says nothing of fresh attackers"),
    ],
)
def test_it_hides_people_if_fresh_attackers_failed(fresh: object, told: str | None) -> None:
    network = Counting(fresh)
    weak = learned_weakness(network)
    assert (weak is None) == (told is None)
    if told is not None:
        assert told in str(weak)
    anonymize = Anonymizer(operator="learned", network=network)
    assert anonymize.weakness == weak
    assert anonymize(Frame(picture()), NOBODY).protection.weakness == weak


def test_of_an_unknown_network_nothing_is_claimed() -> None:
    assert "which is not known here" in str(Anonymizer(operator="learned").weakness)


# --- What does not fit ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"operator": "learned", "regions": ("people",)}, "covers whole frames: leave regions out"),
        ({"operator": "learned", "regions": ("frame", "heads")}, "leave regions out"),
        ({"operator": "learned", "strength": Strength(3)}, "takes no strength"),
        ({"operator": "median", "network": Counting()}, "the operator median takes no network"),
        ({"preset": "de-coninck-blur", "network": Counting()}, "takes no network"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Anonymizer(**options)


def test_the_region_may_be_named() -> None:
    assert Anonymizer(operator="learned", regions=("frame",), network=Counting()).kinds == set()
