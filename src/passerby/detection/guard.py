"""Turn a detector's errors and stalls into frames that are covered in full."""

import atexit
import threading
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from passerby.detection.films import over_time
from passerby.detection.formats.entry import is_sound
from passerby.detections import Detections
from passerby.errors import ConfigError
from passerby.types import Detector, Image

__all__ = ["Guarded"]

LONGEST_FAREWELL = 60.0
"""Seconds for which the end of a program waits for detectors that are still at work."""

_Job = tuple[Detector, Image, "Future[object]"]

_at_work: "set[Future[object]]" = set()
"""What detectors are busy with."""


class Guarded:
    """A detector that always answers, and in time.

    The detector works in a thread of its own. If it raises, is not done in time, or gives boxes
    that make no sense, the answer is `Detections.failed`. After a stall further frames fail at
    once until the thread is free.

    Args:
        detector: The one to guard.
        timeout: Longest time to wait for it, in seconds.

    Raises:
        ConfigError: If the time is not positive.
    """

    def __init__(self, detector: Detector, timeout: float) -> None:
        if not timeout > 0:
            raise ConfigError(f"timeout must be above 0 seconds, not {timeout}")
        self._detector = detector
        self._timeout = timeout
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._latest: Future[object] = Future()
        self._latest.set_result(Detections.none())
        self._closed = False
        threading.Thread(
            target=_work, args=(self._jobs,), name="passerby-detector", daemon=True
        ).start()

    def __call__(self, image: Image) -> Detections:
        """Ask the detector; see `passerby.types.Detector`. Never raises."""
        return self._ask(self._detector, image)

    def over_time(self) -> Detector:
        """The same for the frames of one film."""
        return partial(self._ask, over_time(self._detector))

    def _ask(self, detector: Detector, image: Image) -> Detections:
        if self._closed:
            return Detections.failed("the detector was closed")
        if not self._latest.done():
            return Detections.failed("the detector is still busy with an earlier frame")
        self._latest = Future()
        _at_work.add(self._latest)
        self._latest.add_done_callback(_at_work.discard)
        self._jobs.put((detector, image, self._latest))
        try:
            error = self._latest.exception(self._timeout)
        except (TimeoutError, CancelledError):
            return Detections.failed(f"the detector took longer than {self._timeout:g} s")
        if error is not None:
            return Detections.failed(f"the detector failed: {str(error) or type(error).__name__}")
        return _checked(self._latest.result())

    def close(self) -> None:
        """Let the thread end after what it is doing; calling it twice does no harm."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@atexit.register
def _say_farewell() -> None:
    """Wait for stalled detectors: a program that ends within a network is aborted."""
    wait(tuple(_at_work), LONGEST_FAREWELL)


def _checked(answer: object) -> Detections:
    """The answer, or a failure if nobody can be covered by it."""
    if not isinstance(answer, Detections):
        return Detections.failed(f"the detector gave {type(answer).__name__}, not Detections")
    if answer.failure is None and not is_sound(answer):
        return Detections.failed("the detector gave a box or score that makes no sense")
    return answer


def _work(jobs: "SimpleQueue[_Job | None]") -> None:
    """Do the jobs until there is a None; whatever goes wrong goes to the one who asked."""
    while (job := jobs.get()) is not None:
        detector, image, future = job
        try:
            future.set_result(detector(image))
        except BaseException as error:  # noqa: BLE001 - any error at all must cover the frame
            future.set_exception(error)
        del job, detector, image, future  # hold no raw pixels while waiting
