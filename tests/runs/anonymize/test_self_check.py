"""Who is found again: those whom nothing covers, and nobody else."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from passerby.anonymization import Anonymizer, TimeRange, Zone
from passerby.detections import Detections, Kind
from passerby.media import Medium
from passerby.pipeline.stages import FrameResult
from passerby.runs.anonymize.frame_log import as_record
from passerby.runs.anonymize.self_check import Finding, SelfCheck, found_heads, self_check
from passerby.tracking.selection import Selection
from passerby.types import AnonymizedFrame, Frame, Image

SIZE = WIDTH, HEIGHT = 96, 64
BODY = [20, 10, 32, 50]
FACE = [23, 12, 29, 19]
ELSEWHERE = [60, 10, 72, 50]

Look = Callable[[int], Detections]


def run(
    known: Look,
    found: Look,
    anonymizer: Anonymizer | None = None,
    selection: Selection | None = None,
    *,
    frames: int = 4,
    finds_heads: bool = False,
    watch: Callable[[Image], None] = lambda _: None,
) -> tuple[SelfCheck, list[int]]:
    """Check an output in which ``known`` was covered; also gives the frames looked at."""
    anonymizer = anonymizer or Anonymizer()
    looks: list[int] = []

    def detector(image: Image) -> Detections:
        watch(image)
        looks.append(int(image[-1, -1, 0]))
        return found(looks[-1])

    selection = selection or Selection()
    covered = [
        anonymizer(raw(index), known(index)[selection.covers(known(index))])
        for index in range(frames)
    ]
    records = [
        as_record(FrameResult(frame, known(frame.index), known(frame.index), looked=True))
        for frame in covered
    ]
    output = Output(reread(covered))
    checked = self_check(
        output, records, anonymizer, detector, selection, frames=frames, finds_heads=finds_heads
    )
    return checked, looks


def raw(index: int) -> Frame:
    """A grey picture whose last pixel tells its number."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    image[-1, -1] = index
    return Frame(image, index=index, pts=index, time_base=Fraction(1, 2))


def reread(covered: Sequence[AnonymizedFrame]) -> list[Frame]:
    """Frames as they come out of the finished file."""
    return [
        Frame(one.image, index=one.index, pts=one.pts, time_base=one.time_base) for one in covered
    ]


class Output:
    """Stands for the finished file, two frames a second."""

    medium = Medium("safe.mkv", "video", WIDTH, HEIGHT, rate=Fraction(2))

    def __init__(self, frames: Sequence[Any]) -> None:
        self._frames = frames

    def __iter__(self) -> Iterator[Any]:
        return iter(self._frames)


def somebody(_index: int) -> Detections:
    return Detections.of([BODY], [0.9], tracks=[1])


def nobody(_index: int) -> Detections:
    return Detections.none()


def face(_index: int) -> Detections:
    return Detections.of([FACE], [0.7], Kind.FACE)


def test_who_is_covered_is_found_again_and_fine() -> None:
    checked, looks = run(somebody, somebody)
    assert (checked.frames, checked.found, checked.uncovered) == (4, 4, [])
    assert looks == [0, 1, 2, 3]


def test_who_was_overlooked_is_reported_with_frame_time_and_box() -> None:
    checked, _ = run(nobody, somebody)
    assert [one.frame for one in checked.uncovered] == [0, 1, 2, 3]
    last = checked.uncovered[-1]
    assert (last.time, last.kind, last.score, last.box) == (1.5, "person", 0.9, (20, 10, 12, 40))


def test_nobody_is_found_where_nobody_is() -> None:
    checked, _ = run(somebody, nobody)
    assert (checked.frames, checked.found, checked.uncovered) == (4, 0, [])


def test_the_body_below_a_covered_head_is_no_finding() -> None:
    checked, _ = run(somebody, lambda _: Detections.of([[20, 30, 32, 50]], [0.9]))
    assert (checked.found, checked.uncovered) == (4, [])


def test_somebody_else_beside_a_covered_person_is_a_finding() -> None:
    checked, _ = run(somebody, lambda _: Detections.of([BODY, ELSEWHERE], [0.9, 0.8]))
    assert [one.score for one in checked.uncovered] == [0.8] * 4


def test_a_face_is_fine_under_the_head_of_a_person_and_a_finding_elsewhere() -> None:
    checked, _ = run(somebody, face)
    assert checked.uncovered == []
    low = Detections.of([[23, 40, 29, 47]], [0.75], Kind.FACE)
    checked, _ = run(somebody, lambda _: low)
    assert [one.kind for one in checked.uncovered] == ["face"] * 4


def test_who_stands_in_a_zone_to_leave_is_left_by_choice_known_or_not() -> None:
    zone = Zone(((0, 0), (48, 0), (48, 64), (0, 64)), "leave")
    everybody = Detections.of([BODY, ELSEWHERE], [0.9, 0.9], tracks=[1, 2])
    for known in (everybody, everybody[np.array([1])]):
        checked, _ = run(lambda _, k=known: k, lambda _: everybody, Anonymizer(zones=(zone,)))
        assert (checked.left_by_choice, checked.uncovered) == (4, [])


def test_who_stands_beside_a_zone_to_leave_is_not_left_by_choice() -> None:
    zone = Zone(((0, 0), (48, 0), (48, 64), (0, 64)), "leave")
    checked, _ = run(nobody, lambda _: Detections.of([ELSEWHERE]), Anonymizer(zones=(zone,)))
    assert (checked.left_by_choice, len(checked.uncovered)) == (0, 4)


def test_in_a_time_to_leave_everybody_is_left_by_choice_and_at_no_other() -> None:
    leaving = Anonymizer(leave_times=(TimeRange(0.5, 1.0),))
    checked, _ = run(nobody, somebody, leaving)
    assert checked.left_by_choice == 2
    assert [one.frame for one in checked.uncovered] == [0, 3]


# --- Heads, by a detector that knows them ---------------------------------------------------

TORSO = [20, 25, 32, 50]
CHEST = [23, 26, 29, 32]


def people(*boxes: Sequence[float], kind: Kind = Kind.HEAD, score: float = 0.6) -> Look:
    """The same in each frame."""
    return lambda _: Detections.of(list(boxes), [score] * len(boxes), kind)


def heads(known: Look, found: Look, **options: Any) -> SelfCheck:
    return run(known, found, finds_heads=True, **options)[0]


def test_a_bare_head_is_a_finding() -> None:
    checked = heads(nobody, people(FACE))
    assert [one.kind for one in checked.uncovered] == ["head"] * 4


@pytest.mark.parametrize("kind", [Kind.HEAD, Kind.FACE])
def test_a_chest_that_looks_like_a_head_below_a_cover_is_explained(kind: Kind) -> None:
    checked = heads(somebody, people(CHEST, kind=kind))
    assert (checked.uncovered, checked.doubtful, checked.explained) == ([], [], 4)


def test_a_chest_below_a_head_whose_person_is_unknown_is_explained_too() -> None:
    known = people(FACE, kind=Kind.HEAD)
    checked = heads(known, people([23, 21, 29, 27]))
    assert (checked.uncovered, checked.explained) == ([], 4)


def test_a_trunk_is_no_person_of_its_own() -> None:
    def found(_index: int) -> Detections:
        kinds = [Kind.PERSON, Kind.HEAD]
        return Detections.of([TORSO, [23, 26, 29, 30]], [0.9, 0.6], kinds)

    checked = heads(somebody, found)
    assert (checked.uncovered, checked.explained) == ([], 8)


def test_who_stands_before_a_covered_body_with_feet_of_his_own_is_a_finding() -> None:
    def found(_index: int) -> Detections:
        person = [20, 25, 32, 62]
        return Detections.of([person, [23, 26, 29, 31]], [0.9, 0.6], [Kind.PERSON, Kind.HEAD])

    checked = heads(somebody, found)
    assert [one.kind for one in checked.uncovered] == ["head"] * 4


def test_no_body_explains_what_surely_is_a_head() -> None:
    assert len(heads(somebody, people(CHEST, score=0.75)).uncovered) == 4


def test_a_doubtful_head_counts_if_the_next_look_shows_it_too() -> None:
    def once(index: int) -> Detections:
        return people(FACE, score=0.4)(index) if index == 1 else nobody(index)

    def twice(index: int) -> Detections:
        return people(FACE, score=0.4)(index) if index in (1, 2) else nobody(index)

    checked = heads(nobody, once)
    assert ([one.frame for one in checked.doubtful], checked.uncovered) == ([1], [])
    checked = heads(nobody, twice)
    assert (checked.doubtful, [one.frame for one in checked.uncovered]) == ([], [1, 2])


def test_two_doubtful_heads_far_apart_do_not_confirm_each_other() -> None:
    def jumping(index: int) -> Detections:
        return people(FACE if index % 2 else [80, 40, 86, 47], score=0.4)(index)

    checked = heads(nobody, jumping)
    assert (len(checked.doubtful), checked.uncovered) == (4, [])


def test_a_person_without_a_head_counts_far_from_all_who_are_known() -> None:
    assert len(heads(somebody, people(ELSEWHERE, kind=Kind.PERSON, score=0.8)).uncovered) == 4
    assert heads(somebody, people(TORSO, kind=Kind.PERSON, score=0.8)).uncovered == []


def test_the_detector_does_not_see_the_covers() -> None:
    seen: list[int] = []

    def found(_index: int) -> Detections:
        return nobody(0)

    run(somebody, found, watch=lambda image: seen.append(int(image[11:20, 21:31].min())))
    assert min(seen) > 80


def test_whoever_covers_faces_alone_wants_no_heads_covered() -> None:
    faces_alone = Anonymizer(regions=("faces",))
    assert run(face, somebody, faces_alone)[0].uncovered == []
    assert run(face, face, faces_alone)[0].uncovered == []
    assert len(run(nobody, face, faces_alone)[0].uncovered) == 4


def two(_index: int) -> Detections:
    return Detections.of([BODY, ELSEWHERE], [0.9, 0.8], tracks=[1, 2])


@pytest.mark.parametrize("selection", [Selection(keep=[1]), Selection(only=[2])])
def test_who_was_left_by_number_is_counted_apart(selection: Selection) -> None:
    checked, _ = run(two, two, selection=selection)
    assert (checked.found, checked.left_by_choice, checked.uncovered) == (8, 4, [])
    checked, _ = run(two, face, selection=selection)
    assert (checked.found, checked.left_by_choice, checked.uncovered) == (4, 4, [])


def test_whom_nobody_knows_was_not_left_by_choice() -> None:
    checked, _ = run(somebody, two, selection=Selection(keep=[1]))
    assert (checked.left_by_choice, [one.score for one in checked.uncovered]) == (4, [0.8] * 4)


@pytest.mark.parametrize("region", ["people", "frame"])
def test_any_region_that_holds_the_heads_is_fine(region: str) -> None:
    assert run(somebody, somebody, Anonymizer(regions=(region,)))[0].uncovered == []


def test_frames_covered_in_full_are_not_looked_at() -> None:
    def failing(index: int) -> Detections:
        return Detections.failed("dark") if index == 2 else somebody(index)

    checked, looks = run(failing, somebody)
    assert looks == [0, 1, 3]
    assert checked.frames == 3


def test_how_many_frames_of_how_many_were_looked_at_is_told() -> None:
    def failing(index: int) -> Detections:
        return Detections.failed("dark") if index == 2 else somebody(index)

    assert run(somebody, somebody)[0].in_all == 4
    checked, _ = run(failing, somebody)
    assert (checked.frames, checked.in_all) == (3, 4)


def test_a_miss_is_listed_found_heads() -> None:
    def seen(frame: int, left: float) -> Finding:
        return Finding(frame, frame / 10, "head", 0.9, (left, 10.0, 8.0, 8.0))

    walking = [seen(frame, 10.0 + frame) for frame in range(0, 31, 3)]
    standing = [seen(frame, 200.0) for frame in range(15, 31, 3)]
    later = [seen(90, 40.0)]
    both = sorted([*walking, *standing], key=lambda one: one.frame)
    listed = found_heads([*both, *later])
    assert [[one.frame for one in head] for head in listed] == [[0, 12, 24], [15, 27], [90]]
    assert found_heads([]) == []
