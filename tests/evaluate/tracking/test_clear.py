"""CLEAR MOT in cases made by hand; random ones are compared in test_evaluation.py."""

import numpy as np
import pytest

from passerby.evaluate.tracking import Trajectories, Truth
from passerby.evaluate.tracking.clear import Clear, clear
from passerby.evaluate.tracking.truth import paired

STILL = (0, 0, 10, 20)
NEAR = (3, 0, 13, 20)  # IoU 7/13 with STILL


def measured(truth: list[tuple[int, int]], tracks: list[tuple[int, int]]) -> Clear:
    """One person, or several, at the same place: frames and ids alone matter."""
    return clear(paired(Truth(still(truth)), still(tracks)))


def still(rows: list[tuple[int, int]]) -> Trajectories:
    return Trajectories.of([row[0] for row in rows], [row[1] for row in rows], [STILL] * len(rows))


@pytest.mark.parametrize(
    ("ids", "switches", "fragmentations"),
    [
        ([5, 5, 5, 5], 0, 0),
        ([5, 5, 6, 6], 1, 0),
        ([5, 6, 5, 6], 3, 0),
        ([5, None, 5, 5], 0, 1),
        ([5, None, 6, 6], 1, 1),
        ([None, 5, 5, None], 0, 0),
    ],
)
def test_switches_and_fragmentations(
    ids: list[int | None], switches: int, fragmentations: int
) -> None:
    # A track far away is in every frame: in a frame without tracks nothing is known.
    found = [(frame, one) for frame, one in enumerate(ids, 1) if one is not None]
    far = Trajectories.of([1, 2, 3, 4], [99] * 4, [[500, 0, 510, 20]] * 4)
    tracks = Trajectories.of(
        [*far.frames, *(frame for frame, _ in found)],
        [*far.ids, *(one for _, one in found)],
        np.concatenate([far.boxes, np.array([STILL] * len(found), np.float64)]),
    )
    counts = clear(paired(Truth(still([(frame, 1) for frame in range(1, 5)])), tracks))
    assert (counts.switches, counts.fragmentations) == (switches, fragmentations)
    assert counts.matches == len(found)
    assert counts.false_boxes == 4


def test_a_track_goes_on_though_another_fits_better() -> None:
    tracks = Trajectories.of([1, 2, 2], [5, 5, 6], [STILL, NEAR, STILL])
    counts = clear(paired(Truth(still([(1, 1), (2, 1)])), tracks))
    assert (counts.switches, counts.matches, counts.false_boxes) == (0, 2, 1)
    assert counts.motp == pytest.approx((1 + 7 / 13) / 2)


def test_it_does_not_go_on_where_it_overlaps_too_little() -> None:
    far = (8, 0, 18, 20)
    tracks = Trajectories.of([1, 2, 2], [5, 5, 6], [STILL, far, STILL])
    counts = clear(paired(Truth(still([(1, 1), (2, 1)])), tracks))
    assert (counts.switches, counts.matches, counts.false_boxes) == (1, 2, 1)


@pytest.mark.parametrize(("found", "kind"), [(9, "mt"), (8, "pt"), (2, "pt"), (1, "ml"), (0, "ml")])
def test_mostly_is_more_than_four_fifths_and_less_than_one(found: int, kind: str) -> None:
    counts = measured([(frame, 1) for frame in range(10)], [(frame, 1) for frame in range(found)])
    kinds = counts.mostly_tracked, counts.partly_tracked, counts.mostly_lost
    assert dict(zip(("mt", "pt", "ml"), kinds, strict=True)) == {"mt": 0, "pt": 0, "ml": 0, kind: 1}


def test_mota_may_be_negative() -> None:
    counts = Clear(matches=1, misses=1, false_boxes=5, switches=0)
    assert counts.mota == -2
