"""From a source to anonymized frames: in order, all of them, and covered when anything fails."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import find_bright

from passerby.anonymization import PRESETS, REGIONS
from passerby.detections import Detections, Kind
from passerby.errors import DetectionError, InputError
from passerby.media import Medium
from passerby.pipeline import stages
from passerby.pipeline.film import LONGEST_INTERVAL, LOOK_FRAMES
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.types import Frame, Image

HEIGHT, WIDTH = 32, 48
CLEAR = 200
BODY = [20, 6, 30, 30]
HEAD = (10, 25)
"""A pixel (row, column) in the middle of the body's head."""
FAR = (30, 2)
"""A pixel that nothing in these tests covers, but for whole frames."""
LONG = 60.0
MILLISECONDS = Fraction(1, 1000)

Look = Callable[[int], Detections]


class FakeSource:
    """Grey frames whose first pixel tells their number; may break off with an error."""

    def __init__(
        self,
        frames: int = 0,
        *,
        rate: float | None = 25,
        times: Sequence[int] | None = None,
        error: Exception | None = None,
        before: Callable[[int], None] = lambda _: None,
        **medium: object,
    ) -> None:
        self.times = times
        self.count = frames if times is None else len(times)
        self.error = error
        self.before = before
        fields = {"name": "fake", "kind": "video", "width": WIDTH, "height": HEIGHT} | medium
        self.medium = Medium(rate=Fraction(rate) if rate else None, **fields)

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.count):
            self.before(index)
            image = np.full((HEIGHT, WIDTH, 3), CLEAR, np.uint8)
            image[0, 0] = index % 256
            pts = None if self.times is None else self.times[index]
            yield Frame(image, index=index, pts=pts, time_base=MILLISECONDS)
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        pass


class FakeDetector:
    """Notes at which frames it looked, and answers as it is told."""

    def __init__(self, answer: Look = lambda _: Detections.of([BODY], [0.9])) -> None:
        self.answer = answer
        self.looks: list[int] = []

    def __call__(self, image: np.ndarray) -> Detections:
        self.looks.append(int(image[0, 0, 0]))
        return self.answer(self.looks[-1])


def results(
    source: FakeSource, detector: FakeDetector | None = None, **options: object
) -> list[FrameResult]:
    with Pipeline(Settings.of(**options), detector or FakeDetector()) as pipeline:
        return list(pipeline.run(source))


def head_is_covered(result: FrameResult) -> bool:
    return not result.frame.image[HEAD].any()


def is_covered_in_full(result: FrameResult) -> bool:
    return result.frame.covered_in_full and not result.frame.image.any()


# --- Order and completeness ----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("lookahead", [0, 0.2, 1, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 90])
def test_every_frame_comes_out_once_and_in_order(count: int, lookahead: float) -> None:
    out = results(FakeSource(count), lookahead=lookahead)
    assert [result.frame.index for result in out] == list(range(count))
    assert all(head_is_covered(result) for result in out)
    assert all((result.frame.image[FAR] == CLEAR).all() for result in out)


def test_between_two_looks_people_are_filled_in() -> None:
    detector = FakeDetector()
    out = results(FakeSource(30), detector)
    looks = [*range(0, 30, 3), 29]
    assert detector.looks == looks
    assert [result.looked for result in out] == [frame in looks for frame in range(30)]
    assert [result.detections.seen.all() for result in out] == [f in looks for f in range(30)]
    assert all(head_is_covered(result) for result in out)


def test_a_live_frame_is_not_kept_back_without_look_ahead() -> None:
    read: list[int] = []
    source = FakeSource(20, kind="live", before=read.append)
    with Pipeline(Settings.of(lookahead=0), FakeDetector()) as pipeline:
        for result in pipeline.run(source):
            assert read[-1] == result.frame.index


def test_few_frames_of_a_large_video_wait() -> None:
    """Whatever the look-ahead: frames of 8K would fill the memory."""
    read: list[int] = []
    source = FakeSource(20, before=read.append, width=7680, height=4320)
    with Pipeline(Settings.of(lookahead=10), FakeDetector()) as pipeline:
        for result in pipeline.run(source):
            assert len(read) - result.frame.index <= 4
    assert len(read) == 20


def test_what_is_kept_is_known_and_left() -> None:
    (result, *_) = results(FakeSource(9), keep=[1])
    assert result.detections.tracks.tolist() == [1]
    assert (result.frame.image[HEAD] == CLEAR).all()
    (result, *_) = results(FakeSource(9), only=[2])
    assert (result.frame.image[HEAD] == CLEAR).all()
    (result, *_) = results(FakeSource(9), only=[1])
    assert head_is_covered(result)


@pytest.mark.parametrize(
    ("chosen", "weak"), [({}, False), ({"keep": [1]}, True), ({"keep": [2]}, False)]
)
def test_frames_say_whether_somebody_was_left_by_choice(
    chosen: dict[str, list[int]], weak: bool
) -> None:
    found = [result.frame.protection for result in results(FakeSource(9), **chosen)]
    assert {one.search for one in found} == {"looked for"}
    assert [one.weakness is not None for one in found] == [weak] * 9


def test_a_pipeline_may_be_closed_twice() -> None:
    pipeline = Pipeline(detector=FakeDetector())
    pipeline.close()
    pipeline.close()
    (result,) = pipeline.run(FakeSource(1))
    assert is_covered_in_full(result)


# --- When it looks -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "every"),
    [(1, 1), (5, 1), (7, 2), (10, 3), (12, 3), (25, 3), (30, 3), (60, 3), (120, 3), (1000, 3)],
)
@pytest.mark.parametrize("timed", [True, False])
def test_the_default_looks_at_every_third_frame_or_more_often(
    rate: int, every: int, timed: bool
) -> None:
    detector = FakeDetector()
    times = [round(1000 * frame / rate) for frame in range(40)] if timed else None
    results(FakeSource(40, rate=rate, times=times), detector)
    assert detector.looks == [*range(0, 39, every), 39]


@pytest.mark.parametrize("every", [1, 2, 7, 20])
def test_the_user_decides_how_often(every: int) -> None:
    detector = FakeDetector()
    results(FakeSource(40), detector, every=every)
    assert detector.looks == [*range(0, 39, every), 39]


def test_a_look_is_not_put_off_until_frames_have_left() -> None:
    """Frame 1 leaves after a second, when frame 26 comes: nobody could vouch for it."""
    detector = FakeDetector()
    results(FakeSource(60), detector, every=100)
    assert detector.looks == [0, 26, 52, 59]


@pytest.mark.slow
@given(st.lists(st.integers(2, 400), min_size=1, max_size=60))
def test_with_a_variable_rate_it_looks_neither_too_often_nor_too_late(steps: list[int]) -> None:
    times = np.cumsum([0, *steps]).tolist()
    detector = FakeDetector()
    results(FakeSource(times=times), detector)
    looks = sorted(detector.looks)
    assert (looks[0], looks[-1]) == (0, len(times) - 1)
    for before, after in pairwise(looks):
        elapsed = (times[after] - times[before]) / 1000
        assert after - before <= LOOK_FRAMES
        assert elapsed <= LONGEST_INTERVAL + 0.002 or after - before == 1
    # As little as that allows: three looks in a row would reach as far with one of them left out.
    for before, after in zip(looks[:-3], looks[3:-1], strict=False):
        reach = (times[after] - times[before]) / 1000
        assert after - before > LOOK_FRAMES or reach > LONGEST_INTERVAL - 0.042


@pytest.mark.slow
@pytest.mark.parametrize(
    "times", [[0] * 60, [5000, *range(59)], [*range(60, 0, -1)], [*range(-90, -30)]]
)
@pytest.mark.parametrize("rate", [1, 25, 1000])
def test_whatever_its_clock_says_it_looks_at_every_third_frame(times: list[int], rate: int) -> None:
    detector = FakeDetector()
    out = results(FakeSource(times=times, rate=rate), detector)
    assert set(detector.looks) >= {*range(0, 60, 3), 59}
    assert rate == 1 or detector.looks == [*range(0, 60, 3), 59]
    assert [result.frame.index for result in out] == list(range(60))
    assert all(head_is_covered(result) for result in out)


def test_motion_must_be_seen_in_every_frame() -> None:
    detector = FakeDetector(lambda _: Detections.of([BODY], [0.9], Kind.MOTION))
    out = results(FakeSource(20), detector, regions="motion", every=5)
    assert detector.looks == list(range(20))
    assert all(head_is_covered(result) for result in out)


# --- Cuts ----------------------------------------------------------------------------------


class Film(FakeSource):
    """Scenes with backgrounds of their own, in which bright people stand or walk."""

    def __init__(self, scenes: Sequence[tuple[int, int, int]], **fields: object) -> None:
        """Each scene is its length in frames, where somebody stands in it, and how they move."""
        self.frames = [
            (number, left + step * index if left >= 0 else None)
            for number, (length, left, step) in enumerate(scenes)
            for index in range(length)
        ]
        super().__init__(len(self.frames), width=96, height=64, **fields)

    def __iter__(self) -> Iterator[Frame]:
        for frame, (scene, left) in zip(super().__iter__(), self.frames, strict=True):
            ground = np.random.default_rng(scene).integers(0, 230, (8, 12, 3), np.uint8)
            image = ground.repeat(8, axis=0).repeat(8, axis=1)
            if left is not None:
                image[12:52, left : left + 12] = 250
            yield Frame(image, index=frame.index, pts=frame.pts, time_base=frame.time_base)


class BrightDetector:
    """Finds who is bright, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, image: Image) -> Detections:
        self.asked += 1
        return find_bright(image)


CLOCKS: dict[str, Callable[[int], int | None]] = {
    "none": lambda _: None,
    "25 a second": lambda index: 40 * index,
    "120 a second": lambda index: round(1000 * index / 120),
    "1 a second": lambda index: 1000 * index,
    "1000 a second": lambda index: index,
    "stands still": lambda _: 7,
    "runs back": lambda index: -index,
    "negative": lambda index: 40 * index - 5000,
    "jumps back": lambda index: 40 * (index % 11),
    "jumps on": lambda index: 40 * index + 36_000_000 * (index > 9),
    "uneven": lambda index: 40 * index + (index * 7919) % 35,
    "pauses": lambda index: 40 * index + 900 * (index // 5),
}
SCENES = st.tuples(
    st.sampled_from([1, 1, 2, 3, 4, 7]), st.sampled_from([-1, 4, 30, 60]), st.integers(-1, 1)
)


@pytest.mark.slow
@pytest.mark.parametrize("clock", CLOCKS)
@settings(max_examples=10)
@given(
    scenes=st.lists(SCENES, min_size=1, max_size=8),
    rate=st.sampled_from([None, 1, 25, 1000]),
    lookahead=st.sampled_from([0, 0.1, 1.0]),
    error=st.booleans(),
)
def test_in_no_frame_of_any_film_anybody_is_seen(
    clock: str,
    scenes: list[tuple[int, int, int]],
    rate: int,
    lookahead: float,
    error: bool,
) -> None:
    fault = InputError("it breaks off") if error else None
    film = Film(scenes, rate=rate, error=fault, time_base=MILLISECONDS)
    film.times = [CLOCKS[clock](index) for index in range(film.count)]
    out: list[FrameResult] = []
    options = Settings.of(regions="people", lookahead=lookahead)
    with Pipeline(options, find_bright) as pipeline, suppress(InputError):
        out.extend(pipeline.run(film))
    assert [result.frame.index for result in out] == list(range(film.count))
    assert not any(result.frame.covered_in_full for result in out)
    seen = [r.frame.index for r in out if len(find_bright(r.frame.image))]
    assert seen == []
    assert out[-1].looked


def test_tracks_end_at_a_cut() -> None:
    film = Film([(10, 30, 0), (10, 30, 0), (10, -1, 0)])
    with Pipeline(Settings.of(regions="people"), find_bright) as pipeline:
        tracks = [sorted(set(r.detections.tracks.tolist())) for r in pipeline.run(film)]
    assert tracks[:8] == [[1]] * 8
    assert tracks[12:18] == [[2]] * 6
    assert tracks[23:] == [[]] * 7


def test_a_cut_costs_two_looks() -> None:
    detector = BrightDetector()
    with Pipeline(Settings.of(regions="people"), detector) as pipeline:
        film = Film([(31, 30, 0), (30, 60, 0)])
        looks = [r.frame.index for r in pipeline.run(film) if r.looked]
    assert looks == [*range(0, 31, 3), *range(31, 61, 3), 60]
    assert detector.asked == len(looks)


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("rate", [1, 25, 120])
def test_films_of_few_frames(frames: int, rate: int) -> None:
    with Pipeline(Settings.of(regions="people"), find_bright) as pipeline:
        out = list(pipeline.run(Film([(frames, 30, 0)], rate=rate)))
    assert len(out) == frames
    assert not any(len(find_bright(result.frame.image)) for result in out)


# --- Whatever fails, fails covered ---------------------------------------------------------


def raising(_: int) -> Detections:
    raise DetectionError("lost")


FAILURES: dict[str, Look] = {
    "raises": raising,
    "NaN": lambda _: Detections.of([[np.nan, 0, 1, 1]]),
    "infinite": lambda _: Detections.of([[0, 0, np.inf, 1]]),
    "NaN score": lambda _: Detections.of([BODY], [np.nan]),
    "nothing": lambda _: None,  # type: ignore[return-value,dict-item]
    "says so": lambda _: Detections.failed("dark"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_look_covers_the_frame_and_is_repeated_at_the_next(failure: str) -> None:
    bad = {0, 7, 8, 12}
    detector = FakeDetector(lambda f: FAILURES[failure](f) if f in bad else Detections.of([BODY]))
    out = results(FakeSource(20), detector)
    assert sorted(detector.looks) == [0, 1, 4, 6, 7, 8, 9, 11, 12, 13, 16, 19]
    assert [result.frame.index for result in out if is_covered_in_full(result)] == sorted(bad)
    assert all(head_is_covered(result) for result in out)
    assert all(bool(result.detections.failure) == is_covered_in_full(result) for result in out)


def test_a_stalled_detector_covers_all_frames_until_it_is_back() -> None:
    released = threading.Event()

    def stall(frame: int) -> Detections:
        if frame == 0:
            released.wait(LONG)
        return Detections.of([BODY])

    def release(frame: int) -> None:
        if frame == 5:
            released.set()
            pipeline._guarded._latest.exception(LONG)  # type: ignore[union-attr]

    detector = FakeDetector(stall)
    with Pipeline(Settings.of(timeout=0.05), detector) as pipeline:
        out = list(pipeline.run(FakeSource(12, before=release)))
    assert [is_covered_in_full(result) for result in out] == [True] * 5 + [False] * 7
    assert all(head_is_covered(result) for result in out)
    assert detector.looks == [0, 5, 8, 11]


def test_frames_before_a_look_that_failed_are_covered_if_nobody_can_look_at_them() -> None:
    """Else they would lie between two looks with a stall between them."""
    detector = FakeDetector(lambda f: raising(f) if 5 <= f < 20 else Detections.of([BODY]))
    out = results(FakeSource(30), detector)
    assert [r.frame.index for r in out if is_covered_in_full(r)] == list(range(4, 20))
    assert [r.looked for r in out][3:7] == [True, False, True, True]
    assert all("lost" in (r.detections.failure or "") for r in out[4:20])


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([*FAILURES, "nobody", "somebody"]), min_size=1, max_size=40),
    st.sampled_from([0, 0.1, 1.0]),
    st.sampled_from([None, 1, 4]),
)
def test_no_frame_is_raw_whatever_the_detector_does(
    answers: list[str], lookahead: float, every: int | None
) -> None:
    known = FAILURES | {"nobody": lambda _: Detections.none()}

    def answer(frame: int) -> Detections:
        return known.get(answers[frame], lambda _: Detections.of([BODY]))(frame)

    detector = FakeDetector(answer)
    out = results(FakeSource(len(answers)), detector, lookahead=lookahead, every=every)
    assert [result.frame.index for result in out] == list(range(len(answers)))
    for result, said in zip(out, answers, strict=True):
        if result.looked and said in FAILURES:
            assert is_covered_in_full(result)
        elif result.looked and said == "somebody":
            assert head_is_covered(result)


@pytest.mark.parametrize("stage", ["tracking.selection.Selection.covers", "pipeline.film.Timeline"])
def test_an_error_in_a_stage_ends_the_run_before_any_frame(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(f"passerby.{stage}", broken)
    out: list[FrameResult] = []
    with Pipeline(detector=FakeDetector()) as pipeline, pytest.raises(RuntimeError, match="broken"):
        out.extend(pipeline.run(FakeSource(50)))
    assert out == []


def test_what_was_read_before_a_source_broke_off_comes_out_before_its_error() -> None:
    error = InputError("the file ends in the middle")
    out: list[FrameResult] = []
    with Pipeline(detector=FakeDetector()) as pipeline, pytest.raises(InputError) as caught:
        out.extend(pipeline.run(FakeSource(40, error=error)))
    assert caught.value is error
    assert [result.frame.index for result in out] == list(range(40))
    assert all(head_is_covered(result) for result in out)


def test_any_other_error_of_a_source_passes_through() -> None:
    error = ZeroDivisionError("a bug")
    out: list[FrameResult] = []
    with Pipeline(detector=FakeDetector()) as pipeline, pytest.raises(ZeroDivisionError):
        out.extend(pipeline.run(FakeSource(40, error=error)))
    assert all(head_is_covered(result) for result in out)


# --- Pictures ------------------------------------------------------------------------------


def kinds_covered(score: float, **options: object) -> set[int]:
    """Which kinds of boxes of this score are covered in a picture that stands alone."""
    found = Detections.of([BODY] * len(Kind), [score] * len(Kind), list(Kind))
    (result,) = results(FakeSource(1, kind="image"), FakeDetector(lambda _: found), **options)
    return set(result.detections.kinds.tolist())


def test_a_picture_is_looked_at_once_and_doubtful_people_are_left() -> None:
    detector = FakeDetector()
    (result,) = results(FakeSource(1, kind="image"), detector)
    assert detector.looks == [0]
    assert result.looked
    assert head_is_covered(result)
    assert kinds_covered(0.5) == set(Kind)
    assert kinds_covered(0.49) == kinds_covered(0.2) == set(Kind) - {Kind.PERSON}  # heads are found
    assert kinds_covered(0.2, regions="people,heads") == set(Kind)
    assert kinds_covered(0.19) == {Kind.FACE, Kind.MOTION}
    assert kinds_covered(0.19, threshold=0.07) == set(Kind)


def test_the_threshold_for_people_does_not_uncover_faces_in_a_video() -> None:
    detector = FakeDetector(
        lambda _: Detections.of([BODY, BODY], [0.6, 0.6], [Kind.PERSON, Kind.FACE])
    )
    out = results(FakeSource(20), detector, threshold=0.9)
    assert all(result.detections.kinds.tolist() == [Kind.FACE] for result in out)


def test_every_page_of_a_picture_is_looked_at() -> None:
    detector = FakeDetector()
    out = results(FakeSource(4, kind="image"), detector, every=2)
    assert detector.looks == [0, 1, 2, 3]
    assert all(result.looked and head_is_covered(result) for result in out)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_picture_at_which_nobody_could_look_is_covered_in_full(failure: str) -> None:
    (result,) = results(FakeSource(1, kind="image"), FakeDetector(FAILURES[failure]))
    assert is_covered_in_full(result)


class FilmDetector(FakeDetector):
    """Notes whether it was asked about a picture or about a film."""

    def __init__(self) -> None:
        super().__init__()
        self.films = 0

    def over_time(self) -> FakeDetector:
        self.films += 1
        return FakeDetector()


def test_each_film_has_a_detector_of_its_own_and_pictures_share_one() -> None:
    detector = FilmDetector()
    with Pipeline(Settings(), detector) as pipeline:
        for source in (FakeSource(4), FakeSource(4), FakeSource(1, kind="image")):
            list(pipeline.run(source))
        pipeline.frame(next(iter(FakeSource(1))))
    assert detector.films == 2
    assert detector.looks == [0, 0]


def test_a_single_frame_is_covered_too() -> None:
    (frame,) = FakeSource(1)
    with Pipeline(detector=FakeDetector()) as pipeline:
        assert head_is_covered(pipeline.frame(frame))


# --- Detections from a file ----------------------------------------------------------------


@pytest.fixture
def mot(tmp_path: Path) -> str:
    """Track 3 in the first frame and in the eleventh, track 8 in all of twenty frames."""
    path = tmp_path / "boxes.txt"
    left, top, right, bottom = BODY
    box = f"{left},{top},{right - left},{bottom - top},0.01"
    rows = [f"{frame},3,{box}\n" for frame in (1, 11)]
    rows += [f"{frame},8,0,24,8,8,0.01\n" for frame in range(1, 21)]
    path.write_text("".join(rows))
    return str(path)


def from_file(
    path: str, source: FakeSource, name: str | None = None, **options: object
) -> list[FrameResult]:
    with Pipeline(Settings.of(detections=path, **options)) as pipeline:
        return list(pipeline.run(source, name))


def test_a_file_takes_the_place_of_detectors(mot: str) -> None:
    out = from_file(mot, FakeSource(30), every=7)
    assert all(result.looked for result in out)
    assert {result.frame.protection.search for result in out} == {"given"}
    assert all(8 in result.detections.tracks for result in out[:27])  # held for 0.3 s
    covered = [head_is_covered(result) for result in out]
    assert all(covered[:11])
    assert not any(covered[25:])  # and track 3 as long


def test_tracks_of_a_file_are_kept_or_covered_by_their_numbers(mot: str) -> None:
    kept = from_file(mot, FakeSource(20), keep=[3])
    assert not any(head_is_covered(result) for result in kept)
    only = from_file(mot, FakeSource(20), only=[3])
    assert head_is_covered(only[0])
    assert all((result.frame.image[26, 4] == CLEAR).all() for result in only)
    both = from_file(mot, FakeSource(20), only=[3, 8])
    assert all(not result.frame.image[25, 4].any() for result in both)


def test_whoever_is_kept_is_kept_with_their_head_and_face_also_where_a_look_missed_them() -> None:
    """Person, head and face have one number, so that nothing of them stays black."""

    def look(index: int) -> Detections:
        left, top, right, _ = BODY
        middle = (left + right) / 2
        boxes = [
            BODY,
            [middle - 2, top, middle + 2, top + 6],
            [middle - 1, top + 1, middle + 1, top + 4],
        ]
        kinds = [Kind.PERSON, Kind.HEAD, Kind.FACE]
        there = [part for part in range(3) if (index + part) % 4]
        return Detections.of([boxes[part] for part in there], kinds=[kinds[part] for part in there])

    detector = FakeDetector(look)
    kept = results(FakeSource(40), detector, keep=[1], every=1)
    assert all((result.frame.image[1:] > 0).all() for result in kept)
    covered = results(FakeSource(40), FakeDetector(look), only=[1], every=1)
    assert all(head_is_covered(result) for result in covered)
    assert {number for result in covered for number in result.detections.tracks.tolist()} == {1}


def test_a_file_knows_pictures_by_name(mot: str) -> None:
    picture = FakeSource(1, kind="image")
    (first,) = from_file(mot, picture, name="street/000011.jpg")
    assert head_is_covered(first)
    (second,) = from_file(mot, picture, name="street/000012.jpg")
    assert (second.frame.image[HEAD] == CLEAR).all()
    (unknown,) = from_file(mot, picture, name="street/church.jpg")
    assert is_covered_in_full(unknown)


def test_a_single_frame_is_covered_by_the_file_too(mot: str) -> None:
    frame = list(FakeSource(11))[10]
    with Pipeline(Settings.of(detections=mot)) as pipeline:
        assert head_is_covered(pipeline.frame(frame))


def test_a_file_that_is_missing_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.txt"):
        Pipeline(Settings.of(detections=str(tmp_path / "gone.txt")))


Boxes = dict[int, tuple[int, int]]
"""Left and top of one track's box, by the number of its frame."""


def listed(tracks: Sequence[tuple[Kind, Boxes]], path: Path) -> Path:
    """Tracks as MOT text, numbered from 1, each box 10 x 16 pixels."""
    classes = {Kind.PERSON: 1, Kind.HEAD: 101, Kind.FACE: 102}
    rows = [
        f"{frame + 1},{number},{left},{top},10,16,0.9,{classes[kind]},1"
        for number, (kind, boxes) in enumerate(tracks, 1)
        for frame, (left, top) in boxes.items()
    ]
    path.write_text("\n".join(rows))
    return path


def bare(tracks: Sequence[tuple[Kind, Boxes]], out: Sequence[FrameResult]) -> list[tuple[int, int]]:
    """Tracks and frames in which the middle of the head on the straight line can be seen."""
    return [
        (number, frame)
        for number, (_, boxes) in enumerate(tracks, 1)
        for known in [sorted(boxes)]
        for frame in range(known[0], known[-1] + 1)
        for left, top in [[np.interp(frame, known, [boxes[f][i] for f in known]) for i in (0, 1)]]
        if out[frame].frame.image[int(top) + 1, int(left) + 4 : int(left) + 6].any()
    ]


@pytest.mark.slow
@given(
    tracks=st.lists(
        st.tuples(
            st.sampled_from((Kind.PERSON, Kind.HEAD, Kind.FACE)),
            st.dictionaries(
                st.integers(0, 119),
                st.tuples(st.integers(0, WIDTH - 10), st.integers(0, HEIGHT - 16)),
                min_size=2,
                max_size=5,
            ),
        ),
        min_size=1,
        max_size=3,
    ),
    rate=st.sampled_from((5, 25)),
    lookahead=st.sampled_from((0, 0.2, 1)),
)
@settings(deadline=None, max_examples=40)
def test_no_frame_between_two_boxes_of_a_track_in_a_file_is_bare(
    tracks: list[tuple[Kind, Boxes]],
    rate: int,
    lookahead: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = listed(tracks, tmp_path_factory.mktemp("tracks") / "boxes.txt")
    out = from_file(str(path), FakeSource(120, rate=rate), lookahead=lookahead)
    assert bare(tracks, out) == []


def test_what_a_gap_of_a_file_was_filled_with_is_not_saved_as_seen(tmp_path: Path) -> None:
    tracks = [(Kind.PERSON, {0: (4, 4), 100: (34, 12)})]
    out = from_file(str(listed(tracks, tmp_path / "boxes.txt")), FakeSource(120))
    assert [len(result.sighted) for result in out] == [n in (0, 100) for n in range(120)]
    assert not any(result.detections.seen.any() for result in out[1:100])


# --- No detector needed --------------------------------------------------------------------

WITHOUT_DETECTOR = [
    *({"regions": name} for name, region in REGIONS.items() if not region.kinds),
    *({"preset": name} for name, preset in PRESETS.items() if not preset.region.kinds),
]


@pytest.mark.parametrize("options", WITHOUT_DETECTOR, ids=str)
@pytest.mark.parametrize("kind", ["image", "video"])
def test_regions_that_need_no_detector_need_no_model(
    options: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_models(*_: object) -> None:
        raise AssertionError("a model was looked up")

    monkeypatch.setattr(stages, "detectors_for", no_models)
    with Pipeline(Settings.of(**options)) as pipeline:
        out = list(pipeline.run(FakeSource(3, kind=kind)))
    assert [result.frame.index for result in out] == [0, 1, 2]
    assert not any(result.frame.covered_in_full for result in out)
    if "regions" in options:
        assert not any(result.frame.image[2].any() for result in out)


def test_other_regions_ask_for_the_detectors_of_their_kinds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[frozenset[Kind]] = []

    def detectors_for(kinds: frozenset[Kind], _: object) -> FakeDetector:
        asked.append(kinds)
        return FakeDetector()

    monkeypatch.setattr(stages, "detectors_for", detectors_for)
    for name in ("faces", "heads", "people", "motion"):
        Pipeline(Settings.of(regions=name)).close()
    assert asked == [REGIONS[name].kinds for name in ("faces", "heads", "people", "motion")]
