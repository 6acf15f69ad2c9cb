"""The order of the stages: look, link over time, choose, cover."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from passerby.anonymization import Anonymizer
from passerby.detection.combined import detectors_for
from passerby.detection.files import FileDetections
from passerby.detection.guard import Guarded
from passerby.detections import Detections, Kind
from passerby.errors import InputError
from passerby.media import Medium
from passerby.pipeline.settings import Settings
from passerby.tracking import Timeline
from passerby.tracking.selection import select
from passerby.types import AnonymizedFrame, Detector, Frame, Source

__all__ = ["Pipeline", "Result"]

LOOK_FRAMES = 3
SHORTEST_INTERVAL = 0.1
LONGEST_INTERVAL = 0.3
"""Unless the user says otherwise, people are looked for in every third frame, but at most ten
times a second, and after 0.3 s at the latest, in which they walk half a metre."""

BUFFER_BYTES = 96 * 2**20
"""Most memory that waiting frames may take, whatever the look-ahead."""

Look = Callable[[Frame], Detections]


@dataclass(frozen=True, slots=True)
class Result:
    """One frame that may be shown, and what is known about it.

    Attributes:
        frame: The anonymized picture.
        detections: Everybody in it, seen or filled in, covered or left by choice.
        sighted: Whom the detector found in this very frame, with their tracks.
        looked: Whether a detector looked at this very frame.
    """

    frame: AnonymizedFrame
    detections: Detections
    sighted: Detections
    looked: bool


class Pipeline:
    """Turns raw frames into anonymized ones.

    Args:
        settings: What to cover and how to find it.
        detector: Used instead of the detectors that the settings ask for.

    Raises:
        ConfigError: If the settings do not fit each other.
        ModelError: If a detector's weights are missing.
    """

    def __init__(self, settings: Settings | None = None, detector: Detector | None = None) -> None:
        self.settings = settings or Settings()
        self.anonymizer: Anonymizer = self.settings.cover.anonymizer()
        self._guarded: Guarded | None = None
        self._file: FileDetections | None = None
        kinds = self.anonymizer.kinds
        find = self.settings.find
        if detector is None and find.detections is not None:
            self._file = FileDetections(find.detections)
        elif detector is not None or kinds:
            finder = detector or detectors_for(kinds, find.detection(kinds))
            self._guarded = Guarded(finder, find.timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the detectors go; calling it twice does no harm."""
        if self._guarded is not None:
            self._guarded.close()

    def frame(self, frame: Frame) -> Result:
        """Anonymize one picture on its own."""
        look = self._look_once if self._file is None else self._file_look(frame.image.shape[:2])
        found = look(frame)
        return self._covered(frame, found, found, looked=True)

    def run(self, source: Source, name: str | None = None) -> Iterator[Result]:
        """Anonymize all frames of a source, in order, each exactly once.

        Args:
            source: Where the frames come from.
            name: Under which a file of detections knows the source, if it is a picture.

        Raises:
            InputError: If the source breaks off; the frames before that have come out.
        """
        medium = source.medium
        if medium.kind == "image":
            size = medium.height, medium.width
            look = self._look_once if self._file is None else self._file_look(size, name)
            for frame in source:
                found = look(frame)
                yield self._covered(frame, found, found, looked=True)
            return
        yield from self._over_time(source, medium)

    def _over_time(self, source: Source, medium: Medium) -> Iterator[Result]:
        """Look now and then; the timeline fills in the frames between."""
        time_settings = self.settings.time
        frame_bytes = medium.width * medium.height * 3 // 2
        timeline: Timeline[tuple[Frame, bool]] = Timeline(
            time_settings.lookahead,
            time_settings.tracking(self.settings.find.threshold),
            capacity=max(2, BUFFER_BYTES // frame_bytes),
        )
        schedule = _Schedule(self._every(), medium)
        size = medium.height, medium.width
        look = self._look if self._file is None else self._file_look(size)
        broken: InputError | None = None
        try:
            for frame in source:
                time, due = schedule.next(frame)
                found = look(frame) if due else None
                if found is not None and found.failure is None:
                    schedule.looked(frame)
                for (waited, looked), known, sighted in timeline.push((frame, due), time, found):
                    yield self._covered(waited, known, sighted, looked=looked)
        except InputError as error:
            broken = error
        for (waited, looked), known, sighted in timeline.flush():
            yield self._covered(waited, known, sighted, looked=looked)
        if broken is not None:
            raise broken

    def _every(self) -> int | None:
        """In which frames to look; None to go by the clock. Motion must be seen in all."""
        if self._file is not None or Kind.MOTION in self.anonymizer.kinds:
            return 1
        return self.settings.find.every

    def _look(self, frame: Frame) -> Detections:
        return Detections.none() if self._guarded is None else self._guarded(frame.image)

    def _look_once(self, frame: Frame) -> Detections:
        """Look at a picture that stands alone: no track can vouch for a doubtful box."""
        found = self._look(frame)
        judged = np.isin(found.kinds, (Kind.PERSON, Kind.HEAD))  # faces have their own threshold
        return found[~judged | (found.scores >= self.settings.find.threshold)]

    def _file_look(self, size: tuple[int, int], name: str | None = None) -> Look:
        file = self._file
        assert file is not None  # noqa: S101  (asked for only where there is one)
        height, width = size
        if name is not None:
            return lambda _frame: file.of_file(name, width, height)
        return lambda frame: file.of_frame(frame.index, width, height)

    def _covered(
        self, frame: Frame, known: Detections, sighted: Detections, *, looked: bool
    ) -> Result:
        cover = self.settings.cover
        chosen = select(known, keep=cover.keep, only=cover.only)
        return Result(self.anonymizer(frame, chosen), known, sighted, looked)


class _Schedule:
    """When to look: in every k-th frame, or as the constants above say."""

    def __init__(self, every: int | None, medium: Medium) -> None:
        self._every = every
        self._rate = float(medium.rate) if medium.rate else 25.0
        self._most_frames = max(1, int(LONGEST_INTERVAL * self._rate))
        self._time = 0.0
        self._last_look: tuple[int, float] | None = None

    def next(self, frame: Frame) -> tuple[float, bool]:
        """The frame's time in seconds, which always grows, and whether it is due for a look."""
        time = frame.index / self._rate if frame.time is None else frame.time
        self._time = time if frame.index == 0 else max(time, self._time + 1e-6)
        return self._time, self._due(frame.index)

    def _due(self, index: int) -> bool:
        if self._last_look is None:
            return True
        frames, seconds = index - self._last_look[0], self._time - self._last_look[1] + 1e-3
        if self._every is not None:
            return frames >= self._every
        often = frames >= LOOK_FRAMES and seconds >= SHORTEST_INTERVAL
        # Frames count too: a source's times may stand still.
        return often or seconds >= LONGEST_INTERVAL or frames >= self._most_frames

    def looked(self, frame: Frame) -> None:
        """Note a look that worked; one that failed is repeated at the next frame."""
        self._last_look = frame.index, self._time
