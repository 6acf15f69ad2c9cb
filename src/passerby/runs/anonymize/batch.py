"""Many inputs, one after the other: a bad one does not stop the rest."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from itertools import chain, takewhile
from pathlib import Path
from typing import Protocol

from passerby.detections import Kind
from passerby.errors import InputError
from passerby.files.partial import Permit
from passerby.files.reading import ObjectReading, Reading, reading_of
from passerby.locations import Location
from passerby.media import Input, Medium
from passerby.pipeline.notes import notes_on_cover, notes_on_detections_file
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameKnowledge, FrameResult, KeptFrame, Pipeline
from passerby.pipeline.stretch import cut_from, notes_on_end
from passerby.runs.anonymize.frame_log import as_record
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.journal import RunJournal
from passerby.runs.anonymize.live import live_statistics
from passerby.runs.anonymize.report import entries_of
from passerby.runs.anonymize.run_record import Records, name_in_files
from passerby.runs.anonymize.run_statistics import RunStatistics
from passerby.runs.anonymize.stopping import ended_after, ended_by_signals
from passerby.runs.anonymize.track_choice import absence_notes, absent_numbers
from passerby.runs.edit.earlier_copy import EarlierCopy
from passerby.runs.edit.edited import edited_results, followed_in, planned
from passerby.runs.edit.edits import Edit, MutedTime, treatments
from passerby.runs.edit.edits_file import check_edited_source, read_edits
from passerby.runs.edit.splice import Splice, SpliceError
from passerby.runs.review.frames import clock
from passerby.runtime.addresses import public_address, public_name, without_secrets
from passerby.runtime.allocation import kept_memory
from passerby.runtime.counting import counted
from passerby.runtime.reasons import reason_of
from passerby.sinks import Encoding, notes_of, open_sink
from passerby.sinks.images import ImageSink
from passerby.sinks.joining import UnlikePartsError
from passerby.sinks.splicing import SplicingSink
from passerby.sinks.videos import VideoSink
from passerby.sources import open_source
from passerby.sources.seeking import SeekableFile
from passerby.types import Sink, Source

__all__ = ["AnonymizationRun", "RunProgress"]

_FILE_SINKS = ImageSink, VideoSink, SplicingSink
"""Those that know what they have written."""


class RunProgress(Protocol):
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


class AnonymizationRun:
    """Anonymizes inputs into their targets and remembers what became of each.

    Args:
        settings: For all of them.
        progress: Is told how far it is.
        permit: What may happen to files that are there; as the settings say by default.
        journal: Is told what is begun and what is finished, so that a later run can go on.
        earlier: A copy of the only input that was made before. Of it stay the groups of pictures in
            which edits change nothing, if they can.

    Attributes:
        items: What became of each input so far.
        records: What is remembered of their frames.
        encoding: How copies are written.

    Raises:
        ConfigError: If the settings do not fit each other.
        ModelError: If a detector's weights are missing.
    """

    def __init__(
        self,
        settings: Settings,
        progress: RunProgress,
        permit: Permit | None = None,
        journal: RunJournal | None = None,
        earlier: EarlierCopy | None = None,
    ) -> None:
        self.settings = settings
        self.items: list[ItemReport] = []
        self.records = Records(settings, settings.write.mute_span)
        self._progress = progress
        self._permit = permit or Permit(settings.run.overwrite)
        self._journal = journal
        self._earlier = earlier
        self._pipeline = Pipeline(settings)
        self._ambiguous: frozenset[str] = frozenset()
        edits = settings.run.edits
        self._edits_file = None if edits is None else Path(edits)
        self._edits = None if self._edits_file is None else read_edits(self._edits_file)
        more = () if self._edits is None else self._edits.edit
        self._corrections: tuple[Edit, ...] = (*treatments(settings.run), *more)
        self.encoding = _muted(settings.write, self._corrections)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how people are looked for and covered."""
        return (*self._pipeline.notes, *notes_on_cover(self.settings))

    def close(self) -> None:
        """Let go of detectors and boxes."""
        self._pipeline.close()
        self.records.close()

    def process(
        self,
        jobs: Sequence[tuple[Input, Location | str | None]],
        among: Collection[Input] | None = None,
    ) -> None:
        """Do all jobs; failures are noted in `items`, not raised.

        Args:
            jobs: Inputs, and where their copies go.
            among: All inputs, if others do the rest: what two of them share is told from none.
        """
        inputs = [one for one, _ in jobs] if among is None else among
        names = [name_in_files(one) for one in inputs]
        self._ambiguous = self._pipeline.ambiguous_among(names)
        self._pipeline.distrust(self._ambiguous)
        with kept_memory():
            for one, target in jobs:
                item = ItemReport(public_name(one), _public_target(target), part=one.part)
                self.items.append(item)
                started = time.perf_counter()
                try:
                    self._process(one, target, item)
                except Exception as error:  # noqa: BLE001  (whatever it is, it is this input's failure)
                    _note(error, item)
                item.seconds = time.perf_counter() - started
                if self._journal is not None:
                    self._journal.add(*entries_of([item], self.records.log))
                self._progress.finish(item)

    def _process(self, one: Input, target: Location | str | None, item: ItemReport) -> None:
        if target is None:
            raise InputError(one.problem or f"{item.source} has no output: name one")
        if self._earlier is None:
            self._process_whole(one, target, item)
            return
        try:
            self._process_rest(self._earlier, one, target, item)
        except (SpliceError, UnlikePartsError) as reason:
            item.tally, item.earlier_check, item.earlier_review = RunStatistics(), None, ()
            self._process_whole(one, target, item)
            item.notes = (*item.notes, f"all frames were encoded anew: {reason}")

    def _process_whole(self, one: Input, target: Location | str, item: ItemReport) -> None:
        """Search and encode all of an input."""
        reading = None if one.path is None else reading_of(one.path)
        with reading or nullcontext(), closing(self._source(one)) as source:
            self._begin(one, source, item)
            results, medium = self._begun(self._results(source, one, item), source.medium, item)
            sink = self._sink(target, medium, self._encoding_of(one))
            with _aborted_on_failure(sink):
                self._copy(results, source, sink, item, reading)
            self._note_choices(one, source, sink, item)
            item.live = live_statistics(source, sink)
        self.records.look_back(one, target, item)

    def _process_rest(
        self, earlier: EarlierCopy, one: Input, target: Location | str, item: ItemReport
    ) -> None:
        """Encode what edits change in an earlier copy, and keep the rest of it.

        Raises:
            SpliceError, UnlikePartsError: If nothing of it can stay.
        """
        path = one.path
        if self._edits is None or self._edits_file is None or not isinstance(path, Path):
            raise SpliceError("there are no edits of a file")
        if not isinstance(target, Path) or self._edits.source.sha256 != earlier.source_sha256:
            raise SpliceError("the earlier copy is of another source")
        check_edited_source(self._edits, self._edits_file, path)
        with Reading(path) as reading, closing(self._source(one)) as source:
            self._begin(one, source, item)
            splice = Splice(
                earlier,
                self.settings,
                self._corrections,
                path,
                source.medium,
                target,
                self._pipeline.anonymizer,
            )
            with closing(splice):
                item.plan, item.earlier_check = splice.plan, splice.check
                item.earlier_review = tuple(
                    one for one in earlier.review if one.kind == "weak" and not one.tracks
                )
                sink = splice.sink(self.encoding, self._permit_for(target))
                with _aborted_on_failure(sink):
                    self._copy(splice.results(self._pipeline), source, sink, item, reading)
            self._note_choices(one, source, sink, item)
            notes = (*earlier.notes, *item.notes, splice.note)
            item.notes = tuple(dict.fromkeys(notes))
        self.records.look_back(one, target, item)

    def _begin(self, one: Input, source: Source, item: ItemReport) -> None:
        """Get ready for the frames of a source."""
        item.medium = source.medium
        item.tally.size = source.medium.width, source.medium.height
        self._pipeline.check_source(one.path, name_in_files(one))
        self.records.begin(source.medium)
        self._progress.start(item.source, source.medium)

    def _note_choices(self, one: Input, source: Source, sink: Sink, item: ItemReport) -> None:
        """Note what the user should know of an input that was read.

        A source may have more to say once it was read.
        """
        item.absent = absent_numbers(self.settings.cover, item.tally)
        if not source.medium.unrelated:
            end = item.first_frame + item.tally.frames
            item.unlisted = self._pipeline.unlisted_end(end, name_in_files(one))
            item.unnamed = not self._pipeline.knows_sources
        item.notes = (
            *_notes(source.medium, self.encoding),
            *notes_on_end(item.medium, self.settings.run.stretch),
            *notes_of(sink),
            *self.records.notes,
            *notes_on_detections_file(
                self.settings.find.detections,
                item.unlisted,
                says_size=self._pipeline.says_size(name_in_files(one)),
                says_source=not item.unnamed,
            ),
            *absence_notes(self.settings.cover, item.absent),
            *(() if item.plan is None else item.plan.problems),
        )

    def _source(self, one: Input) -> Source:
        if one.path is not None:
            return open_source(one.path, one.part)
        live = self.settings.live
        return open_source(
            one.name,
            connect_timeout=live.connect_timeout,
            read_timeout=live.read_timeout,
            retries=live.retries,
            buffer_frames=live.buffer_frames,
        )

    def _encoding_of(self, one: Input) -> Encoding:
        """How a copy is written; the sound of a part comes when all are joined."""
        if one.part is None:
            return self.encoding
        without = {"audio": "drop", "mute_span": (), "metadata": "drop"}
        return self.encoding.model_copy(update=without)

    def _sink(self, target: Location | str, medium: Medium, encoding: Encoding) -> Sink:
        if isinstance(target, Location):
            return open_sink(target, medium, encoding, self._permit_for(target))
        live = self.settings.live
        return open_sink(
            target, medium, encoding, timeout=live.connect_timeout, retries=live.retries
        )

    def _begun(
        self, results: Iterator[FrameResult], medium: Medium, item: ItemReport
    ) -> tuple[Iterator[FrameResult], Medium]:
        """Go on to the first frame of the stretch that is written, if it is not all that is."""
        if item.part is not None:
            item.stretch = medium.stretch
            return _after_the_meeting(results, item), medium
        wanted = self.settings.run.stretch
        if wanted is None:
            return results, medium
        first = next(results, None)
        if first is None:
            raise InputError(
                f"{item.source} has no picture from {clock(wanted.start)} on{_length(medium)}: "
                "let --from be earlier"
            )
        cut = cut_from(first.frame, wanted, medium)
        item.stretch = cut.stretch
        return chain([first], results), cut

    def _permit_for(self, target: Location) -> Permit:
        """What may happen to a copy that is there: one that was begun before is made again."""
        if self._journal is None:
            return self._permit
        was_ours = target in self._journal.targets
        self._journal.begin(target)
        return replace(self._permit, overwrite=self._permit.overwrite or was_ours)

    def _copy(
        self,
        results: Iterator[FrameResult | KeptFrame],
        source: Source,
        sink: Sink,
        item: ItemReport,
        reading: Reading | ObjectReading | None,
    ) -> None:
        """All frames from ``source`` to ``sink``, which gets its name only if that went well."""
        live = source.medium.kind == "live"
        try:
            limit = ended_after(source, self.settings.live.duration)
            with limit, ended_by_signals(source) if live else nullcontext():
                for result in results:
                    if isinstance(result, FrameResult):
                        sink.write(result.frame)
                    item.tally.add(result)
                    self.records.add(result)
                    self._progress.advance()
        except InputError as error:
            if not (self.settings.run.salvage and item.tally.frames):
                raise _with_hint(error, item) from error
            item.error = without_secrets(str(error))
        self.records.end(item)
        sha256 = self._verified(reading)
        sink.commit()
        item.source_sha256 = sha256
        item.target_sha256 = sink.sha256 if isinstance(sink, _FILE_SINKS) else None
        item.status = "done" if item.error is None else "partial"

    def _verified(self, reading: Reading | ObjectReading | None) -> str | None:
        """Make sure that the input is what was read; return its hash where a report names it."""
        if reading is None:
            return None
        run = self.settings.run
        sha256 = reading.sha256() if run.report or run.save_detections else None
        reading.check()
        return sha256

    def _results(self, source: Source, one: Input, item: ItemReport) -> Iterator[FrameResult]:
        name = name_in_files(one)
        if self._edits is not None or self._corrections:
            yield from self._edited(source, one, item)
            return
        if Kind.MOTION in self._pipeline.anonymizer.kinds and source.medium.kind != "image":
            # The background that motion is told from belongs to one video.
            with Pipeline(self.settings) as pipeline:
                pipeline.distrust(self._ambiguous)
                yield from self._limited(pipeline.run(source, name), source.medium)
            return
        yield from self._limited(self._pipeline.run(source, name), source.medium)

    def _edited(self, source: Source, one: Input, item: ItemReport) -> Iterator[FrameResult]:
        """Search all of a file, and then cover it as the edits say."""
        if one.path is None:
            raise InputError(f"edits and treatments are of files, and {one.name} is a live stream")
        if self._edits is not None and self._edits_file is not None:
            check_edited_source(self._edits, self._edits_file, one.path)
        examined = self._examined(one)
        item.plan, knowledge = planned(
            self._corrections,
            examined,
            source.medium,
            followed_in(SeekableFile(one.path, len(examined))),
            self.settings.cover,
        )
        yield from edited_results(self._pipeline, source, knowledge, item.plan)

    def _examined(self, one: Input) -> list[FrameKnowledge]:
        """What is known of all frames of a file."""
        with closing(self._source(one)) as source:
            motion = Kind.MOTION in self._pipeline.anonymizer.kinds
            pipeline = Pipeline(self.settings) if motion else self._pipeline
            try:
                return list(pipeline.examine(source, name_in_files(one)))
            finally:
                if motion:
                    pipeline.close()

    def _limited(self, results: Iterator[FrameResult], medium: Medium) -> Iterator[FrameResult]:
        """As many as the user wants of a live stream; all of anything else."""
        limit = self.settings.live.duration
        if medium.kind != "live" or limit is None:
            return results
        return takewhile(lambda result: (result.frame.time or 0) < limit, results)


def _after_the_meeting(results: Iterator[FrameResult], item: ItemReport) -> Iterator[FrameResult]:
    """The frames of a part; of those before it, which the part before has, the boxes are kept."""
    for result in results:
        if result.frame.index >= item.first_frame:
            yield result
        else:
            item.meeting.append(as_record(result))


def _length(medium: Medium) -> str:
    return "" if medium.duration is None else f", it ends at {clock(float(medium.duration))}"


@contextmanager
def _aborted_on_failure(sink: Sink) -> Iterator[None]:
    """Leave nothing of what was written if not all of it could be."""
    try:
        yield
    except BaseException:
        sink.abort()
        raise


def _muted(encoding: Encoding, edits: Sequence[Edit]) -> Encoding:
    """How results are written, with the sound silent where edits say so."""
    spans = tuple(one.time for one in edits if isinstance(one, MutedTime))
    if not spans or encoding.audio != "keep":
        return encoding
    return encoding.model_copy(update={"mute_span": (*encoding.mute_span, *spans)})


def _public_target(target: Location | str | None) -> str | None:
    return public_address(target) if isinstance(target, str) else str(target) if target else None


def _note(error: Exception, item: ItemReport) -> None:
    """Say in the report what went wrong; of an input without an output there is nothing to tell."""
    reason = without_secrets(reason_of(error))
    item.error = reason if item.error is None else f"{item.error}; {reason}"
    if item.status == "failed":
        item.tally = RunStatistics()
    else:
        item.status = "partial"


def _notes(medium: Medium, encoding: Encoding) -> tuple[str, ...]:
    sound = {
        "drop": "sound left out, because voices identify people (--audio keep copies it)",
        "mute": "sound replaced by silence",
        "keep": "sound copied: voices identify people",
    }
    return (*medium.notes, sound[encoding.audio]) if medium.audio_streams else medium.notes


def _with_hint(error: InputError, item: ItemReport) -> InputError:
    if not item.tally.frames:
        return error
    return InputError(
        f"{error}; --salvage keeps the {counted(item.tally.frames, 'frame')} before that"
    )
