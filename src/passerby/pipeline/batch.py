"""Many inputs, one after the other: a bad one does not stop the rest."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from passerby.addresses import public_address
from passerby.detection.combined import detectors_for
from passerby.detection.files import save_detections
from passerby.detections import Kind
from passerby.errors import InputError, PasserbyError
from passerby.media import Input, Medium
from passerby.pipeline.frame_log import FrameLog, as_detections
from passerby.pipeline.item_report import ItemReport
from passerby.pipeline.report import sha256_of
from passerby.pipeline.self_check import SelfCheck, self_check
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline, Result
from passerby.sinks import Encoding, open_sink
from passerby.sources import open_source
from passerby.types import Detector, Sink, Source

__all__ = ["Batch", "Progress"]

CHECKED = frozenset({Kind.PERSON, Kind.FACE})
"""What the self-check looks for."""
CHECKS_A_SECOND = 2
"""How many frames of a second of video the self-check looks at."""


class Progress(Protocol):
    """Is told how far a run is."""

    def start(self, name: str, medium: Medium) -> None:
        """An input was opened."""
        ...

    def advance(self) -> None:
        """One more frame of it is done."""
        ...

    def finish(self, item: ItemReport) -> None:
        """It is done, or has failed."""
        ...


class Batch:
    """Anonymizes inputs into their targets and remembers what became of each.

    Args:
        settings: For all of them.
        progress: Is told how far it is.

    Attributes:
        items: What became of each input so far.
        log: The boxes of all frames, if anything asks for them later.

    Raises:
        ConfigError: If the settings do not fit each other.
        ModelError: If a detector's weights are missing.
    """

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self.settings = settings
        self.items: list[ItemReport] = []
        run = settings.run
        self.log = FrameLog() if run.report or run.self_check or run.save_detections else None
        self._progress = progress
        self._checker = _checker(settings) if run.self_check else None
        self._for_pictures = Pipeline(settings)

    def close(self) -> None:
        """Let go of detectors and boxes."""
        self._for_pictures.close()
        if self.log is not None:
            self.log.close()

    def process(self, jobs: Sequence[tuple[Input, Path | str]]) -> None:
        """Do all jobs; failures are noted in `items`, not raised."""
        for one, target in jobs:
            item = ItemReport(public_address(one.name), public_address(str(target)))
            self.items.append(item)
            started = time.perf_counter()
            try:
                self._process(one, target, item)
            except PasserbyError as error:
                item.error = str(error)
                item.status = "partial" if item.status == "done" else item.status
            item.seconds = time.perf_counter() - started
            self._progress.finish(item)

    def _process(self, one: Input, target: Path | str, item: ItemReport) -> None:
        with closing(open_source(one.path or one.name)) as source:
            item.medium = source.medium
            sink = open_sink(target, source.medium, self.settings.write)
            self._progress.start(item.source, source.medium)
            try:
                self._copy(source, sink, item, one)
            except BaseException:
                sink.abort()
                raise
            # A source may have more to say once it was read.
            item.notes = _notes(source.medium, self.settings.write)
        self._look_back(one, target, item)

    def _copy(self, source: Source, sink: Sink, item: ItemReport, one: Input) -> None:
        """All frames from ``source`` to ``sink``, which gets its name only if that went well."""
        start = self.log.position if self.log is not None else 0
        try:
            for result in self._results(source, one):
                sink.write(result.frame)
                item.tally.add(result)
                if self.log is not None:
                    self.log.add(result)
                self._progress.advance()
        except KeyboardInterrupt:
            # Stopping is how a live stream ends; anything else is thrown away.
            if source.medium.kind != "live" or not item.tally.frames:
                raise
        except InputError as error:
            if not (self.settings.run.salvage and item.tally.frames):
                raise _with_hint(error, item) from error
            item.error = str(error)
        if self.log is not None:
            item.span = (start, self.log.position)
        sink.commit()
        item.status = "done" if item.error is None else "partial"

    def _results(self, source: Source, one: Input) -> Iterator[Result]:
        if source.medium.kind == "image":
            yield from self._for_pictures.run(source, _name_in_files(one))
            return
        # Background and tracks belong to one video.
        with Pipeline(self.settings) as pipeline:
            results = pipeline.run(source)
            limit = self.settings.run.duration
            if source.medium.kind == "live" and limit is not None:
                results = takewhile(lambda result: (result.frame.time or 0) < limit, results)
            yield from results

    def _look_back(self, one: Input, target: Path | str, item: ItemReport) -> None:
        """Hash, check and give out what is asked for."""
        run = self.settings.run
        if run.report:
            item.source_sha256 = sha256_of(one.path) if one.path else None
            item.target_sha256 = sha256_of(target) if isinstance(target, Path) else None
        if self._checker is not None and isinstance(target, Path):
            item.self_check = self._self_check(self._checker, target, item)
        if run.save_detections and self.log is not None and item.medium is not None:
            records = self.log.records(item.span)
            found = {record["frame"]: as_detections(record) for record in records}
            seen = {frame: known[known.seen] for frame, known in found.items()}
            save_detections(run.save_detections, seen, item.medium.width, item.medium.height)

    def _self_check(self, checker: Detector, target: Path, item: ItemReport) -> SelfCheck:
        assert self.log is not None  # noqa: S101  (made when a self-check is asked for)
        with closing(open_source(target)) as output:
            rate = output.medium.rate
            return self_check(
                output,
                self.log.records(item.span),
                self._for_pictures.anonymizer,
                checker,
                every=max(1, round(rate / CHECKS_A_SECOND)) if rate else 1,
            )


def _checker(settings: Settings) -> Detector:
    """Who looks at the output again; nobody can vouch for people below the user's threshold."""
    find = settings.find
    again = replace(find.detection(CHECKED), person_threshold=find.threshold)
    return detectors_for(CHECKED, again)


def _name_in_files(one: Input) -> str:
    """How a file of detections may know a picture."""
    return str(one.relative or one.name)


def _notes(medium: Medium, encoding: Encoding) -> tuple[str, ...]:
    sound = {
        "drop": "sound left out, for voices identify too (--audio keep copies it)",
        "mute": "sound replaced by silence",
        "keep": "sound copied: voices identify too",
    }
    return (*medium.notes, sound[encoding.audio]) if medium.audio_streams else medium.notes


def _with_hint(error: InputError, item: ItemReport) -> InputError:
    if not item.tally.frames:
        return error
    return InputError(f"{error}; --salvage keeps the {item.tally.frames} frames before that")
