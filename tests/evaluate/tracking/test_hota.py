"""HOTA against loops over the sums of the paper, given which boxes are matched."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.evaluate.tracking import Trajectories, Truth
from passerby.evaluate.tracking.hota import ALPHAS, Hota, _matches, hota
from passerby.evaluate.tracking.trajectories import Pairing
from passerby.evaluate.tracking.truth import paired

Make = Callable[[int], tuple[Trajectories, Trajectories]]


def by_definition(pairing: Pairing, alpha: float) -> float:
    """Equations 1 to 7 of the paper."""
    right = [
        (person, track)
        for person, track, overlap in zip(*_matches(pairing), strict=True)
        if overlap >= alpha - 1e-12
    ]
    people = [person for frame in pairing.frames for person in frame.people]
    tracks = [track for frame in pairing.frames for track in frame.tracks]
    total = 0.0
    for person, track in right:
        both = sum(other == (person, track) for other in right)
        missed = people.count(person) - both
        false = tracks.count(track) - both
        total += both / (both + missed + false)
    return sqrt(total / (len(people) + len(tracks) - len(right)))


@given(st.integers(0, 2**32 - 1))
def test_the_curve_is_that_of_the_paper(random_sequence: Make, seed: int) -> None:
    truth, tracks = random_sequence(seed)
    pairing = paired(Truth(truth), tracks)
    if len(truth) or len(tracks):
        expected = [by_definition(pairing, alpha) for alpha in ALPHAS]
        assert hota(pairing).curve == pytest.approx(expected)


@given(st.integers(0, 2**32 - 1))
def test_figures_hang_together(random_sequence: Make, seed: int) -> None:
    truth, tracks = random_sequence(seed)
    found = hota(paired(Truth(truth), tracks))
    assert (np.diff(found.matches) <= 0).all()
    assert (found.matches + found.misses == len(truth)).all()
    assert (found.matches + found.false_boxes == len(tracks)).all()
    assert found.ass_a <= min(found.ass_re, found.ass_pr) + 1e-9


def test_a_box_goes_to_whom_its_track_follows_though_another_is_nearer() -> None:
    # In frame 3 the two people stand close; the first track's box lies a little nearer to the
    # second person, and it is still the first who is matched.
    frames, ids = [1, 2, 3] * 2, [1] * 3 + [2] * 3
    truth = Trajectories.of(
        frames, ids, [*[[0, 0, 10, 20]] * 3, *[[40, 0, 50, 20]] * 2, [4, 0, 14, 20]]
    )
    found = Trajectories.of([1, 2, 3], [7] * 3, [[0, 0, 10, 20]] * 2 + [[2.5, 0, 12.5, 20]])
    people, tracks, _ = _matches(paired(Truth(truth), found))
    assert people.tolist() == [0, 0, 0]
    assert tracks.tolist() == [0, 0, 0]


def test_sequences_add_up() -> None:
    one = Hota(*(np.full(19, value, np.float64) for value in range(1, 8)))
    assert [getattr(one + one, name)[0] for name in Hota.__slots__] == [2, 4, 6, 8, 10, 12, 14]
