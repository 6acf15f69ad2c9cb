"""Updates that must not be averaged, and one line about each."""

import re

import numpy as np
import pytest

from passerby.train.federated.acceptance import accept
from passerby.train.federated.update import Contribution

BEFORE = {"a": np.zeros((2, 2), np.float32), "b": np.zeros(3, np.float32)}
NAMES = ("a", "b")


def good(site, scale=1.0, images=10):
    rng = np.random.default_rng(len(site))
    update = {
        name: scale * rng.normal(size=part.shape).astype(np.float32)
        for name, part in BEFORE.items()
    }
    return Contribution(site, update, images)


def changed(site, **parts):
    one = good(site)
    return Contribution(site, {**one.update, **parts}, one.images)


OTHERS = [good("yard"), good("hall"), good("gate")]


def test_good_ones_are_accepted_in_the_order_of_their_names():
    taken = accept(OTHERS, BEFORE, NAMES, 5)
    assert [one.site for one in taken.accepted] == ["gate", "hall", "yard"]
    assert taken.refused == ()


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (
            changed("x", b=np.array([0, np.nan, 0], np.float32)),
            "x: update refused: it has numbers that are NaN or infinite",
        ),
        (
            changed("x", b=np.array([0, np.inf, 0], np.float32)),
            "x: update refused: it has numbers that are NaN or infinite",
        ),
        (
            changed("x", b=np.zeros(4, np.float32)),
            r"x: update refused: b has the shape \(4,\), not \(3,\)",
        ),
        (changed("x", c=np.zeros(4, np.float32)), "x: update refused: c is in it"),
        (Contribution("x", {"a": BEFORE["a"]}, 3), "x: update refused: b is not in it"),
        (good("x", images=0), "x: update refused: it is said to be of 0 images"),
        (good("x", images=-4), "x: update refused: it is said to be of -4 images"),
        (
            good("x", scale=1e3),
            "x: update refused: its norm is .*, more than 5 times the median of",
        ),
    ],
    ids=["nan", "inf", "shape", "more", "less", "no images", "negative", "poisoned"],
)
def test_a_bad_one_is_refused_and_the_others_are_not(bad, line):
    taken = accept([bad, *OTHERS], BEFORE, NAMES, 5)
    assert [one.site for one in taken.accepted] == ["gate", "hall", "yard"]
    (told,) = taken.refused
    assert re.match(line, told)


def test_a_bad_one_does_not_move_the_median():
    """Half of the sites send NaN: they must not make the others look long."""
    bad = [changed(f"bad{n}", a=np.full((2, 2), np.nan, np.float32)) for n in range(3)]
    taken = accept([*bad, *OTHERS], BEFORE, NAMES, 5)
    assert len(taken.accepted) == 3
    assert len(taken.refused) == 3


def test_nobody_is_left():
    taken = accept([good("x", images=0)], BEFORE, NAMES, 5)
    assert taken.accepted == ()
    assert accept([], BEFORE, NAMES, 5).refused == ()


def test_updates_of_zeros_are_no_outliers():
    zeros = [Contribution(name, BEFORE, 1) for name in "ab"]
    assert len(accept(zeros, BEFORE, NAMES, 5).accepted) == 2
