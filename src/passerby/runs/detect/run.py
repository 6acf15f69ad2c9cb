"""Look at many inputs, one after the other, and list whom they show; a bad one stops no other."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from passerby.detection.formats.coco_results import results
from passerby.detections import Detections, Kind
from passerby.errors import InputError
from passerby.files.reading import reading_of
from passerby.media import Input, Medium
from passerby.pipeline.frame_detections import detect_frames
from passerby.runs.anonymize.run_record import name_in_files
from passerby.runs.detect.results_file import ResultsFile
from passerby.runtime.addresses import public_name, without_secrets
from passerby.runtime.error_line import error_line
from passerby.runtime.reasons import reason_of
from passerby.sources import open_source
from passerby.types import Detector, Frame, Source

__all__ = ["DetectProgress", "DetectionRun", "LookedAt"]


@dataclass(slots=True)
class LookedAt:
    """What became of one input.

    Attributes:
        source: Its path.
        medium: What was read, or None if it could not be opened.
        looks: Frames that were looked at.
        boxes: How many boxes of each kind were found in them.
        seconds: How long it took.
        error: Why it failed, or None.
    """

    source: str
    medium: Medium | None = None
    looks: int = 0
    boxes: Counter[Kind] = field(default_factory=Counter)
    seconds: float = 0.0
    error: str | None = None

    @property
    def complaint(self) -> str | None:
        """The error with the name of the input, which most errors hold already."""
        return error_line(self.source, self.error)


class DetectProgress(Protocol):
    """Is told how far a run is."""

    def start(self, name: str, medium: Medium) -> None:
        """An input was opened."""
        ...

    def advance(self) -> None:
        """One more frame of it was read."""
        ...

    def finish(self, item: LookedAt) -> None:
        """It is done, or has failed."""
        ...


class DetectionRun:
    """Writes the boxes of all inputs into one file.

    Args:
        detector: Who looks.
        file: Takes the boxes.
        progress: Is told how far it is.
        every: In a video, look at every k-th frame.

    Attributes:
        items: What became of each input so far.
    """

    def __init__(
        self, detector: Detector, file: ResultsFile, progress: DetectProgress, every: int = 1
    ) -> None:
        self.items: list[LookedAt] = []
        self._every = every
        self._detector = detector
        self._file = file
        self._progress = progress
        self._images = 0

    def process(self, inputs: Sequence[Input]) -> None:
        """Look at all inputs; of one that fails no box is kept, or it would seem to be empty."""
        for one in inputs:
            item = LookedAt(public_name(one))
            self.items.append(item)
            started, position, images = time.perf_counter(), self._file.position, self._images
            try:
                self._process(one, item)
            except Exception as error:  # noqa: BLE001  (whatever it is, it is this input's failure)
                item.error = without_secrets(reason_of(error))
                self._file.take_back(position)
                self._images = images
            item.seconds = time.perf_counter() - started
            self._progress.finish(item)

    def _process(self, one: Input, item: LookedAt) -> None:
        if one.problem is not None:
            raise InputError(one.problem)
        path = one.path or Path(one.name)
        with reading_of(path) as reading, closing(open_source(path)) as source:
            item.medium = source.medium
            self._progress.start(item.source, source.medium)
            still = source.medium.kind == "image"
            size, name = (source.medium.width, source.medium.height), name_in_files(one)
            frames = self._read(source)
            every = 1 if source.medium.unrelated else self._every
            sha256 = reading.sha256()
            for look in detect_frames(frames, self._detector, every):
                self._note(look.detections, item)
                place = (None, None) if still else (look.frame, look.time)
                found = results(
                    look.detections, self._images, name, *place, size=size, sha256=sha256
                )
                self._file.add(found)
                self._images += 1
            reading.check()

    def _read(self, source: Source) -> Iterator[Frame]:
        for frame in source:
            yield frame
            self._progress.advance()

    @staticmethod
    def _note(found: Detections, item: LookedAt) -> None:
        item.looks += 1
        item.boxes.update(Kind(kind) for kind in found.kinds.tolist())
