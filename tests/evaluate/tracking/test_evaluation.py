"""All figures against the program of MOTChallenge, and against cases made by hand."""

from collections.abc import Callable, Sequence
from math import isnan, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.evaluate.tracking import (
    TrackingResult,
    Trajectories,
    Truth,
    combined,
    evaluate_tracking,
)

Given = tuple[Trajectories, Trajectories]
Make = Callable[[int], Given]

EMPTY = Trajectories.of([], [], [])
SHARES = ("HOTA", "DetA", "AssA", "DetRe", "DetPr", "AssRe", "AssPr", "IDF1", "IDP", "IDR", "MOTP")
COUNTS = ("IDSW", "Frag", "MT", "PT", "ML", "CLR_FN", "CLR_FP", "IDTP", "IDFN", "IDFP")

# --- The program of MOTChallenge -----------------------------------------------------------


def reference(sequences: Sequence[Given]) -> dict[str, float]:
    """What trackeval says about one sequence, or about several together."""
    trackeval = pytest.importorskip("trackeval", reason="pip install --no-deps trackeval")
    found: dict[str, float] = {}
    silent = {"PRINT_CONFIG": False}
    metrics = trackeval.metrics
    for metric in (metrics.HOTA(), metrics.CLEAR(silent), metrics.Identity(silent)):
        each = {str(n): metric.eval_sequence(prepared(*one)) for n, one in enumerate(sequences)}
        figures = metric.combine_sequences(each) if len(each) > 1 else each["0"]
        found |= {name: float(np.mean(value)) for name, value in figures.items()}
    return found


def prepared(truth: Trajectories, tracks: Trajectories) -> dict[str, Any]:
    frames = range(1, 1 + max([0, *truth.frames.tolist(), *tracks.frames.tolist()]))
    people, followed = sorted(set(truth.ids.tolist())), sorted(set(tracks.ids.tolist()))
    return {
        "num_timesteps": len(frames),
        "num_gt_ids": len(people),
        "num_tracker_ids": len(followed),
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(tracks),
        "gt_ids": [np.searchsorted(people, truth.ids[truth.frames == one]) for one in frames],
        "tracker_ids": [
            np.searchsorted(followed, tracks.ids[tracks.frames == one]) for one in frames
        ],
        "similarity_scores": [
            overlaps(truth.boxes[truth.frames == one], tracks.boxes[tracks.frames == one])
            for one in frames
        ],
    }


def overlaps(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    found = np.zeros((len(first), len(second)))
    for row, (l1, t1, r1, b1) in enumerate(first):
        for column, (l2, t2, r2, b2) in enumerate(second):
            shared = max(0, min(r1, r2) - max(l1, l2)) * max(0, min(b1, b2) - max(t1, t2))
            union = (r1 - l1) * (b1 - t1) + (r2 - l2) * (b2 - t2) - shared
            found[row, column] = shared / union
    return found


def agrees(found: TrackingResult, expected: dict[str, float]) -> None:
    """All shares and counts are the same, but that what is undefined is 0 (or 1) there."""
    shares = found.summary()
    for name in SHARES:
        value = 0.0 if isnan(shares[name]) else shares[name]
        assert value == pytest.approx(expected[name], abs=1e-9), name
    if found.hota.matches.any():
        assert found.hota.loc_a == pytest.approx(expected["LocA"], abs=1e-9)
    if not isnan(found.clear.mota) and found.clear.matches + found.clear.false_boxes:
        assert found.clear.mota == pytest.approx(expected["MOTA"], abs=1e-9)
    clear, identity = found.clear, found.identity
    counted = [
        *(clear.switches, clear.fragmentations, clear.mostly_tracked, clear.partly_tracked),
        *(clear.mostly_lost, clear.misses, clear.false_boxes),
        *(identity.matches, identity.misses, identity.false_boxes),
    ]
    assert counted == [expected[name] for name in COUNTS]


@given(st.integers(0, 2**32 - 1))
def test_every_figure_is_that_of_the_program_of_motchallenge(
    random_sequence: Make, seed: int
) -> None:
    truth, tracks = random_sequence(seed)
    agrees(evaluate_tracking(Truth(truth), tracks), reference([(truth, tracks)]))


@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=4))
def test_sequences_are_taken_together_as_there(random_sequence: Make, seeds: list[int]) -> None:
    sequences = [random_sequence(seed) for seed in seeds]
    results = [evaluate_tracking(Truth(truth), tracks) for truth, tracks in sequences]
    together = combined(results)
    agrees(together, reference(sequences))
    assert together.people == sum(one.people for one in results)
    assert together.frames == sum(one.frames for one in results)


# --- Cases made by hand --------------------------------------------------------------------


def walk(person: int, frames: Sequence[int], track: int | None = None) -> Trajectories:
    """Somebody who walks to the right, far from all others."""
    boxes = [[frame, 100 * person, frame + 10, 100 * person + 20] for frame in frames]
    return Trajectories.of(frames, [person if track is None else track] * len(frames), boxes)


def together(*parts: Trajectories) -> Trajectories:
    return Trajectories.of(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.boxes for part in parts]),
    )


def test_the_truth_itself_is_perfect() -> None:
    truth = together(walk(1, range(1, 11)), walk(2, range(4, 8)))
    found = evaluate_tracking(Truth(truth), truth).summary()
    perfect = ("HOTA", "DetA", "AssA", "LocA", "IDF1", "IDP", "IDR", "MOTA", "MOTP")
    assert [found[name] for name in perfect] == pytest.approx([1] * len(perfect))
    assert [found[name] for name in ("IDSW", "Frag", "FN", "FP", "ML")] == [0] * 5
    assert (found["frames"], found["people"], found["tracks"], found["MT"]) == (10, 2, 2, 2)


def test_two_who_swap_their_tracks_halfway() -> None:
    half, rest = range(1, 6), range(6, 11)
    truth = together(walk(1, range(1, 11)), walk(2, range(1, 11)))
    swapped = together(walk(1, half), walk(2, half), walk(1, rest, 2), walk(2, rest, 1))
    found = evaluate_tracking(Truth(truth), swapped)
    assert found.clear.switches == 2
    assert found.clear.mota == pytest.approx(1 - 2 / 20)
    assert found.identity.idf1 == pytest.approx(0.5)
    # Each match: 5 frames together, of 10 + 10 - 5 boxes of either.
    assert found.hota.ass_a == pytest.approx(1 / 3)
    assert found.hota.hota == pytest.approx(sqrt(1 / 3))
    assert found.clear.fragmentations == 0


def test_who_is_lost_for_a_while_is_a_fragmentation_and_no_switch() -> None:
    truth = together(walk(1, range(1, 11)), walk(2, range(1, 11)))
    gap = together(walk(1, [1, 2, 3, 8, 9, 10]), walk(2, range(1, 11)))
    found = evaluate_tracking(Truth(truth), gap).clear
    assert (found.switches, found.fragmentations, found.misses) == (0, 1, 4)
    assert (found.mostly_tracked, found.partly_tracked, found.mostly_lost) == (1, 1, 0)


def test_without_truth_all_is_false_and_what_is_undefined_is_nan() -> None:
    found = evaluate_tracking(Truth(EMPTY), walk(1, range(1, 6)))
    assert (found.clear.false_boxes, found.identity.false_boxes, found.people) == (5, 5, 0)
    assert (found.hota.hota, found.hota.det_a, found.identity.idf1) == (0, 0, 0)
    assert isnan(found.clear.mota)
    assert isnan(found.identity.idr)
    assert isnan(found.tracks_per_person)
    assert isnan(found.hota.loc_a)


def test_without_tracks_all_is_missed() -> None:
    found = evaluate_tracking(Truth(walk(1, range(1, 6))), EMPTY)
    assert (found.clear.misses, found.identity.misses, found.clear.mostly_lost) == (5, 5, 1)
    assert (found.hota.hota, found.clear.mota, found.identity.idf1) == (0, 0, 0)
    assert isnan(found.identity.idp)
    assert isnan(found.clear.motp)


def test_of_nothing_at_all_nothing_is_known() -> None:
    found = evaluate_tracking(Truth(EMPTY), EMPTY, frames=range(1, 4))
    assert found.frames == 3
    assert all(isnan(found.summary()[name]) for name in ("HOTA", "DetA", "IDF1", "MOTA"))
    assert found.as_dict()["HOTA"] is None


def test_one_frame_with_one_person() -> None:
    found = evaluate_tracking(Truth(walk(1, [5])), walk(1, [5], track=9))
    assert (found.hota.hota, found.clear.mota, found.identity.idf1) == (1, 1, 1)


def test_frames_that_do_not_count_are_left_out() -> None:
    truth, tracks = walk(1, [1, 6]), together(walk(1, range(1, 11)), walk(2, [3]))
    assert evaluate_tracking(Truth(truth), tracks).clear.false_boxes == 9
    listed = evaluate_tracking(Truth(truth), tracks, frames=[1, 6])
    assert (listed.clear.false_boxes, listed.frames, listed.tracks) == (0, 2, 1)


def test_the_overlap_decides_what_is_right() -> None:
    truth = walk(1, range(1, 6))
    shifted = Trajectories.of(truth.frames, truth.ids, truth.boxes + np.array([5, 0, 5, 0]))
    strict = evaluate_tracking(Truth(truth), shifted)  # each box overlaps its own by 1/3
    loose = evaluate_tracking(Truth(truth), shifted, overlap=1 / 3)
    assert (strict.clear.matches, strict.identity.matches) == (0, 0)
    assert (loose.clear.matches, loose.identity.matches) == (5, 5)
    assert loose.clear.motp == pytest.approx(1 / 3)
    # HOTA has its own thresholds: six of nineteen are at most 1/3.
    assert strict.hota.hota == loose.hota.hota == pytest.approx(6 / 19)
    assert strict.hota.loc_a == pytest.approx((6 / 3 + 13) / 19)


@pytest.mark.parametrize("overlap", [0, -0.5, 1.01, float("nan")])
def test_an_overlap_out_of_range_is_refused(overlap: float) -> None:
    with pytest.raises(ConfigError, match="overlap must be above 0"):
        evaluate_tracking(Truth(EMPTY), EMPTY, overlap=overlap)


def test_what_does_not_belong_together_is_not_combined() -> None:
    loose = evaluate_tracking(Truth(EMPTY), EMPTY, overlap=0.3)
    strict = evaluate_tracking(Truth(EMPTY), EMPTY, overlap=0.5)
    with pytest.raises(ConfigError, match="same overlap"):
        combined([loose, strict])
    with pytest.raises(ConfigError, match="one or more"):
        combined([])


def test_a_file_has_all_figures_and_the_curve() -> None:
    content = evaluate_tracking(Truth(walk(1, range(1, 6))), walk(1, range(2, 6))).as_dict()
    assert content["HOTA_alpha"]["0.05"] == pytest.approx(content["HOTA"]) == pytest.approx(0.8)
    assert content["counts"]["identity"] == {"matches": 4, "misses": 1, "false_boxes": 0}
    assert (content["overlap"], content["FN"], content["tracks_per_person"]) == (0.5, 1, 1)
