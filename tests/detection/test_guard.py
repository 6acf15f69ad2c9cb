"""Whatever a detector does, an answer comes, and the frame is covered where it has to be."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from passerby.detection.guard import Guarded
from passerby.detections import Detections
from passerby.errors import ConfigError, DetectionError

IMAGE = np.zeros((4, 4, 3), np.uint8)
LONG = 60.0


def guards() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "passerby-detector"]


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(guards())
    yield
    for thread in set(guards()) - before:
        thread.join(LONG)
        assert not thread.is_alive()


def test_what_the_detector_says_is_passed_on() -> None:
    images: list[np.ndarray] = []

    def detector(image: np.ndarray) -> Detections:
        images.append(image)
        return Detections.of([[1, 2, 3, 4]])

    with Guarded(detector, LONG) as guarded:
        found = [guarded(IMAGE) for _ in range(3)]
    assert [detections.boxes.tolist() for detections in found] == [[[1, 2, 3, 4]]] * 3
    assert all(image is IMAGE for image in images)


class Counting:
    """A detector whose answers for the frames of a film are numbered."""

    def __call__(self, _image: np.ndarray) -> Detections:
        return Detections.none()

    def over_time(self) -> "Callable[[np.ndarray], Detections]":
        numbers = itertools.count(1)
        return lambda _image: Detections.of([[0, 0, next(numbers), 1]])


def test_each_film_has_a_detector_of_its_own_in_the_same_thread() -> None:
    before = len(guards())
    with Guarded(Counting(), LONG) as guarded:
        first, second = guarded.over_time(), guarded.over_time()
        widths = [film(IMAGE).boxes[0, 2] for film in (first, first, second, first)]
        assert widths == [1, 2, 1, 3]
        assert len(guarded(IMAGE)) == 0
        assert len(guards()) == before + 1


def test_errors_at_the_frames_of_a_film_are_failures_too() -> None:
    def detector(_: np.ndarray) -> Detections:
        raise DetectionError("lost")

    with Guarded(detector, LONG) as guarded:
        assert guarded.over_time()(IMAGE).failure == "the detector failed: lost"


@pytest.mark.parametrize(
    "error",
    [DetectionError("lost"), ValueError("lost"), MemoryError("lost"), SystemExit("lost")],
    ids=lambda error: type(error).__name__,
)
def test_every_error_becomes_a_failure_and_the_next_frame_is_asked_about(
    error: BaseException,
) -> None:
    outcomes: list[BaseException | None] = [error, None]

    def detector(_: np.ndarray) -> Detections:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return Detections.none()

    with Guarded(detector, LONG) as guarded:
        assert guarded(IMAGE).failure == "the detector failed: lost"
        assert guarded(IMAGE).failure is None


def test_an_error_without_words_is_named() -> None:
    def detector(_: np.ndarray) -> Detections:
        raise KeyboardInterrupt

    with Guarded(detector, LONG) as guarded:
        assert guarded(IMAGE).failure == "the detector failed: KeyboardInterrupt"


def test_after_a_stall_frames_fail_at_once_until_the_detector_is_free() -> None:
    released, resting = threading.Event(), threading.Event()
    calls: list[int] = []

    def detector(_: np.ndarray) -> Detections:
        calls.append(1)
        if len(calls) == 1:
            released.wait(LONG)
            resting.set()
        return Detections.of([[0, 0, len(calls), 1]])

    with Guarded(detector, timeout=0.05) as guarded:
        assert guarded(IMAGE).failure == "the detector took longer than 0.05 s"
        for _ in range(3):
            assert "still busy" in (guarded(IMAGE).failure or "")
        assert len(calls) == 1
        released.set()
        resting.wait(LONG)
        late = wait_until(lambda: guarded(IMAGE))
    # The answer to the first frame is not taken for that of a later one.
    assert late.boxes.tolist() == [[0, 0, 2, 1]]


def wait_until(ask: Callable[[], Detections]) -> Detections:
    """Ask until it does not fail; a stall that never ends ends the test by its count."""
    for _ in range(100_000):
        found = ask()
        if found.failure is None:
            return found
    return found


def test_an_answer_of_a_wrong_kind_is_a_failure() -> None:
    with Guarded(lambda _: None, LONG) as guarded:  # type: ignore[arg-type,return-value]
        assert "NoneType" in (guarded(IMAGE).failure or "")


@pytest.mark.parametrize(
    ("box", "score"),
    [
        ([0, 0, np.nan, 1], 1),
        ([0, 0, np.inf, 1], 1),
        ([0, 0, 1e30, 1], 1),
        ([0, 0, 1, 1], np.nan),
        ([2, 2, 2, 3], 1),
        ([2, 3, 3, 3], 1),
        ([3, 1, 2, 2], 1),
        ([1, 3, 2, 2], 1),
    ],
)
def test_an_answer_by_which_nobody_can_be_covered_is_a_failure(
    box: list[float], score: float
) -> None:
    whole = [0.0, 0.0, 4.0, 4.0]
    with Guarded(lambda _: Detections.of([whole, box], [1, score]), LONG) as guarded:
        assert "makes no sense" in (guarded(IMAGE).failure or "")


def test_a_failure_keeps_its_reason() -> None:
    with Guarded(lambda _: Detections.failed("dark"), LONG) as guarded:
        assert guarded(IMAGE).failure == "dark"


def test_a_closed_guard_covers_everything() -> None:
    guarded = Guarded(lambda _: Detections.none(), LONG)
    guarded.close()
    guarded.close()
    assert guarded(IMAGE).failure == "the detector was closed"


def test_a_stalled_detector_does_not_hold_up_closing_or_the_end_of_the_program() -> None:
    released = threading.Event()

    def detector(_: np.ndarray) -> Detections:
        released.wait(LONG)
        return Detections.none()

    guarded = Guarded(detector, 0.01)
    guarded(IMAGE)
    guarded.close()
    assert all(thread.daemon for thread in guards())
    released.set()


SLOW = """
import time
import numpy as np
from passerby.detection.guard import Guarded

def detector(image):
    time.sleep(0.5)
    print("ended", flush=True)

with Guarded(detector, 0.01) as guarded:
    print(guarded(np.zeros((4, 4, 3), np.uint8)).failure)
"""


def test_a_program_does_not_end_within_a_detector() -> None:
    """Its thread would be killed within the network, which aborts the whole program."""
    done = subprocess.run(
        [sys.executable, "-c", SLOW], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["the detector took longer than 0.01 s", "ended"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    with pytest.raises(ConfigError, match="timeout must be above 0"):
        Guarded(lambda _: Detections.none(), timeout)
