import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.evaluate.tracking import Trajectories, Truth, TruthRole, evaluate_tracking
from passerby.evaluate.tracking.truth import paired

HERE, NEAR, FAR = (0, 0, 10, 20), (3, 0, 13, 20), (500, 0, 510, 20)


def truth(*roles: TruthRole, boxes: list[tuple[int, int, int, int]]) -> Truth:
    """One frame, with somebody of each role."""
    people = Trajectories.of([1] * len(roles), range(len(roles)), boxes)
    return Truth(people, np.array(roles, np.int8))


def tracks(*boxes: tuple[int, int, int, int]) -> Trajectories:
    return Trajectories.of([1] * len(boxes), range(7, 7 + len(boxes)), list(boxes))


def test_who_follows_the_ignored_is_neither_right_nor_wrong() -> None:
    known = truth(TruthRole.COUNTS, TruthRole.IGNORED, boxes=[FAR, HERE])
    found = evaluate_tracking(known, tracks(FAR, NEAR)).clear
    assert (found.matches, found.misses, found.false_boxes) == (1, 0, 0)


def test_who_follows_what_is_absent_is_wrong() -> None:
    known = truth(TruthRole.COUNTS, TruthRole.ABSENT, boxes=[FAR, HERE])
    found = evaluate_tracking(known, tracks(FAR, NEAR)).clear
    assert (found.matches, found.misses, found.false_boxes) == (1, 0, 1)


def test_a_box_follows_whom_it_overlaps_most() -> None:
    known = truth(TruthRole.COUNTS, TruthRole.IGNORED, boxes=[HERE, NEAR])
    found = evaluate_tracking(known, tracks(HERE)).clear
    assert (found.matches, found.false_boxes) == (1, 0)
    both = evaluate_tracking(known, tracks(HERE, NEAR)).clear
    assert (both.matches, both.false_boxes) == (1, 0)


def test_the_ignored_must_be_overlapped_by_half() -> None:
    known = truth(TruthRole.IGNORED, boxes=[HERE])
    assert evaluate_tracking(known, tracks((4, 0, 14, 20))).clear.false_boxes == 1


def test_ids_are_counted_from_0_and_boxes_stay_in_their_order() -> None:
    people = Trajectories.of([2, 1, 2], [30, 10, 20], [HERE, HERE, FAR])
    pairing = paired(Truth(people), Trajectories.of([2], [5], [FAR]))
    assert [frame.people.tolist() for frame in pairing.frames] == [[0], [2, 1]]
    assert [frame.tracks.tolist() for frame in pairing.frames] == [[], [0]]
    assert pairing.frames[1].overlaps.tolist() == [[0], [1]]
    assert (pairing.people, pairing.tracks) == (3, 1)
    assert pairing.people_frames.tolist() == [1, 1, 1]


def test_frames_are_sorted_and_count_once() -> None:
    pairing = paired(Truth(tracks(HERE)), tracks(HERE), frames=[3, 1, 3])
    assert [len(frame.people) for frame in pairing.frames] == [1, 0]


def test_roles_must_fit() -> None:
    with pytest.raises(ConfigError, match="roles must have shape"):
        Truth(tracks(HERE), np.zeros(2, np.int8))
