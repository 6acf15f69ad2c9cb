"""Identity scores against every way to take tracks for people."""

from collections.abc import Callable
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.evaluate.tracking import Trajectories, Truth
from passerby.evaluate.tracking.identity import IdentityCounts, identity
from passerby.evaluate.tracking.trajectories import Pairing
from passerby.evaluate.tracking.truth import paired

Make = Callable[[int], tuple[Trajectories, Trajectories]]


def most_matches(pairing: Pairing) -> int:
    """The most boxes that are right, whatever track each person takes."""
    together = {
        (person, track): 0 for person in range(pairing.people) for track in range(pairing.tracks)
    }
    for frame in pairing.frames:
        for row, person in enumerate(frame.people.tolist()):
            for column, track in enumerate(frame.tracks.tolist()):
                together[person, track] += bool(frame.overlaps[row, column] >= 0.5)
    choices = [*range(pairing.tracks), *[-1] * pairing.people]
    return max(
        sum(together.get((person, track), 0) for person, track in enumerate(chosen))
        for chosen in set(permutations(choices, pairing.people))
    )


@given(st.integers(0, 2**32 - 1))
def test_no_other_choice_of_tracks_is_better(random_sequence: Make, seed: int) -> None:
    truth, tracks = random_sequence(seed)
    chosen = truth.ids < 9, (tracks.ids < 4) | (tracks.ids == 50)
    truth, tracks = truth[chosen[0]], tracks[chosen[1]]  # few enough for all permutations
    found = identity(paired(Truth(truth), tracks))
    assert found.matches == most_matches(paired(Truth(truth), tracks))
    assert found.matches + found.misses == len(truth)
    assert found.matches + found.false_boxes == len(tracks)


def test_shares() -> None:
    found = IdentityCounts(matches=6, misses=2, false_boxes=4)
    assert (found.idr, found.idp) == (0.75, 0.6)
    assert found.idf1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert (found + found).idf1 == found.idf1
