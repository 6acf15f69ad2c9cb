"""The order of the stages: look, link over time, choose, cover."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import dropwhile
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.anatomy import people_with_heads
from passerby.anonymization import Anonymizer
from passerby.anonymization.extra_covers import ExtraCover
from passerby.detection.appearance import detect_shown
from passerby.detection.combined import detectors_for
from passerby.detection.files import FileDetections
from passerby.detection.films import LONGEST_REST
from passerby.detection.guard import Guarded
from passerby.detections import Detections, Kind
from passerby.errors import InputError
from passerby.locations import Location
from passerby.media import Medium
from passerby.pipeline.film import DEFAULT_RATE, LOOK_FRAMES, Film
from passerby.pipeline.notes import notes_on_search
from passerby.pipeline.obfuscation import opened_anonymizer
from passerby.pipeline.settings import Settings, lone_threshold
from passerby.pipeline.stretch import is_after, is_within, part_range
from passerby.protection import Search
from passerby.tracking import KnownTracks, Release
from passerby.types import AnonymizedFrame, Detector, Frame, Source

__all__ = ["CoverOverride", "FrameKnowledge", "FrameResult", "KeptFrame", "Pipeline"]

NO_TIME = "a picture has no time, so --cover-time covers it"

_Look = Callable[[Frame], Detections]


@dataclass(frozen=True, slots=True)
class FrameResult:
    """One frame that may be shown, and what is known about it.

    Attributes:
        frame: The anonymized picture.
        detections: Everybody in it, seen or filled in, covered or left by choice.
        sighted: The people that the detector found in this frame itself, with their tracks.
        looked: Whether a detector searched this frame itself.
    """

    frame: AnonymizedFrame
    detections: Detections
    sighted: Detections
    looked: bool

    @property
    def index(self) -> int:
        """Number of the frame, from 0."""
        return self.frame.index

    @property
    def time(self) -> float | None:
        """In seconds, or None where time means nothing."""
        return self.frame.time

    @property
    def covered_in_full(self) -> bool:
        """Whether the whole frame was covered because it could not be trusted."""
        return self.frame.covered_in_full


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """One frame that stays as it is in a copy that was made before.

    Attributes:
        index, time, covered_in_full, detections, sighted, looked: As in `FrameResult`.
    """

    index: int
    time: float | None
    covered_in_full: bool
    detections: Detections
    sighted: Detections
    looked: bool


@dataclass(frozen=True, slots=True)
class FrameKnowledge:
    """What is known of a frame before it is covered; it holds boxes, never a pixel.

    Attributes:
        index: Number of the frame, from 0.
        time: In seconds, or None where time means nothing.
        known, sighted, looked: As in `passerby.tracking.Release`.
    """

    index: int
    time: float | None
    known: Detections
    sighted: Detections
    looked: bool


@dataclass(frozen=True, slots=True, eq=False)
class CoverOverride:
    """What a person decided about a frame, against or beyond what the settings say.

    Attributes:
        left: Which of the known boxes are not covered as the settings say; shape (n,).
        bare: Which of these are not covered at all; shape (n,).
        extra: What else is covered.
        whole: Whether the whole frame is covered.
    """

    left: npt.NDArray[np.bool_]
    bare: npt.NDArray[np.bool_]
    extra: tuple[ExtraCover, ...] = ()
    whole: bool = False


class Pipeline:
    """Turns raw frames into anonymized ones.

    Args:
        settings: What to cover and how to find it.
        detector: Used instead of the detectors that the settings ask for.

    Attributes:
        notes: What the user should know about how people are looked for.

    Raises:
        ConfigError: If the settings do not fit each other.
        ModelError: If the weights of a detector or an obfuscator are missing, or it hides nobody.
    """

    def __init__(self, settings: Settings | None = None, detector: Detector | None = None) -> None:
        self.settings = settings or Settings()
        self.anonymizer: Anonymizer = opened_anonymizer(self.settings)
        self._nobody = self.settings.cover.anonymizer_of_nobody()
        self._guarded: Guarded | None = None
        self._file: FileDetections | None = None
        regions = set() if self.settings.cover.preset else set(self.settings.cover.regions)
        self._only_heads = "heads" in regions and "people" not in regions
        self.notes: tuple[str, ...] = ()
        find = self.settings.find
        if detector is None and find.detections is not None:
            self._file = FileDetections(find.detections)
        elif detector is not None or self.anonymizer.kinds:
            self._guarded = Guarded(detector or self._detectors(), find.timeout)

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
        """Release the detectors; calling it twice does no harm."""
        if self._guarded is not None:
            self._guarded.close()

    def _detectors(self) -> Detector:
        """What the settings ask for."""
        kinds = self.anonymizer.kinds
        self.notes = notes_on_search(self.settings)
        return detectors_for(
            kinds, self.settings.find.detection(kinds, self.settings.cover.classes)
        )

    @property
    def looks_for(self) -> frozenset[Kind]:
        """The kinds of boxes that are covered; empty if nobody has to be found."""
        return self.anonymizer.kinds

    @property
    def counts_faces(self) -> bool:
        """Whether it can say how many faces there are: faces are detected, or come from a file."""
        kinds = self.anonymizer.kinds
        if self._file is not None:
            return kinds == {Kind.FACE}  # a file about people may have none
        return Kind.FACE in kinds and not self.notes

    def ambiguous_among(self, names: Sequence[str]) -> frozenset[str]:
        """Which inputs of a run cannot be told apart by a file of detections."""
        return frozenset() if self._file is None else self._file.ambiguous_among(names)

    def distrust(self, names: Collection[str]) -> None:
        """Cover inputs of these names in full: a file of detections cannot tell them apart."""
        if self._file is not None:
            self._file.ambiguous = names

    def check_source(self, path: Location | None, name: str) -> None:
        """Make sure that an input is the file for which the boxes were saved, if they name one.

        Args:
            path: Path of the input; None for a live stream.
            name: Its name in a file of detections.

        Raises:
            InputError: If it is another file.
        """
        if self._file is not None:
            self._file.check_source(path, name)

    @property
    def knows_sources(self) -> bool:
        """Whether it detects, or a file of detections says which files its boxes are for."""
        return self._file is None or self._file.says_sources

    def says_size(self, name: str) -> bool:
        """Whether boxes from a file, if any, are known to be for pictures of this size."""
        return self._file is None or self._file.says_size(name)

    def unlisted_end(self, frames: int, name: str) -> int:
        """How many frames at the end of a video a file of detections does not know."""
        return 0 if self._file is None else max(0, self._file.unlisted_end(frames, name))

    def frame(self, frame: Frame) -> FrameResult:
        """Anonymize one picture on its own."""
        look = self._look_once if self._file is None else self._file_look(frame.image.shape[:2])
        return self._covered_alone(frame, look(frame))

    def run(self, source: Source, name: str | None = None) -> Iterator[FrameResult]:
        """Anonymize all frames of a source, in order, each exactly once.

        Args:
            source: Where the frames come from.
            name: Name of the source in a file of detections.

        Raises:
            InputError: If the source breaks off; the frames before that have come out.
        """
        medium = source.medium
        self._check_stretch(medium)
        if medium.unrelated:
            yield from self._one_by_one(source, medium, name)
        else:
            yield from self._over_time(source, medium, name or medium.name)

    def _one_by_one(
        self, source: Source, medium: Medium, name: str | None
    ) -> Iterator[FrameResult]:
        """Search each picture on its own: nobody is followed from one page to the next."""
        look = self._look_alone(medium, name)
        for frame in source:
            yield self._covered_alone(frame, look(frame))

    def _look_alone(self, medium: Medium, name: str | None) -> _Look:
        """Searches pictures that have nothing to do with each other."""
        size = medium.height, medium.width
        if self._file is None:
            return self._look_once
        if medium.kind == "image":
            return self._file_look(size, name)
        return self._file_look(size, video=name or medium.name)

    def _over_time(self, source: Source, medium: Medium, name: str) -> Iterator[FrameResult]:
        """Search some frames; the timeline fills in the frames between."""
        film, broken, frames = self.film(medium, name), None, 0
        stretch = part_range(medium) or self.settings.run.stretch
        try:
            for frames, frame in enumerate(self._in_step(source, medium), 1):  # noqa: B007
                for released in film.push(frame):
                    if is_after(stretch, released.payload.time):
                        return
                    if is_within(stretch, released.payload.time):
                        yield self.released(released)
        except InputError as error:
            broken = error
        left = (one for one in film.flush() if is_within(stretch, one.payload.time))
        yield from map(self.released, left)
        if broken is not None:
            raise broken
        if self._file is not None and medium.kind != "live":
            self._file.check_end(frames, name)

    def _in_step(self, source: Source, medium: Medium) -> Iterator[Frame]:
        """The frames of a source; of a part, from one on that is searched as in the whole video.

        Then people are looked for in the same frames, and in all of the picture at the same looks,
        as long as nothing changes suddenly.
        """
        if medium.stretch is None:
            return iter(source)
        step = (self._every() or LOOK_FRAMES) * LONGEST_REST
        return dropwhile(lambda frame: frame.index % step > 0, source)

    def _check_stretch(self, medium: Medium) -> None:
        """Make sure that a stretch can be cut out of a source.

        Raises:
            InputError: If it has no times that count from its beginning.
        """
        if self.settings.run.stretch is not None and medium.kind != "video":
            what = "a live stream" if medium.kind == "live" else f"an {medium.kind}"
            raise InputError(f"{medium.name} is {what}: --from and --to cut videos, leave them out")

    def film(self, medium: Medium, name: str) -> Film:
        """The queue for the frames of one video or camera; see `released`."""
        time, size = self.settings.time, (medium.height, medium.width)
        look = self._film_look() if self._file is None else self._file_look(size, video=name)
        threshold = self.settings.find.threshold
        tracking = time.tracking(threshold, only_heads=self._only_heads)
        if medium.kind == "animation":  # a slide may show somebody whom no other confirms
            tracking = replace(tracking, evidence=0)
        tracks = self._file_tracks(medium, name)
        return Film(medium, look, tracking, time.lookahead, self._every(), tracks)

    def examine(self, source: Source, name: str | None = None) -> Iterator[FrameKnowledge]:
        """Search all frames of a source as `run` does, and cover none.

        Args:
            source: Where the frames come from.
            name: Name of the source in a file of detections.

        Raises:
            InputError: If the source breaks off.
        """
        medium = source.medium
        self._check_stretch(medium)
        if medium.unrelated:
            look = self._look_alone(medium, name)
            for frame in source:
                found = look(frame)
                known = found.in_tenths()
                yield FrameKnowledge(frame.index, frame.time, known, found, looked=True)
            return
        film, frames = self.film(medium, name or medium.name), 0
        for frames, frame in enumerate(source, 1):  # noqa: B007  (counts them)
            yield from map(_knowledge, film.push(frame))
        yield from map(_knowledge, film.flush())
        if self._file is not None:
            self._file.check_end(frames, name or medium.name)

    def cover_known(
        self, frame: Frame, knowledge: FrameKnowledge, override: CoverOverride
    ) -> FrameResult:
        """Cover a frame that was examined, with what a person decided about it.

        Args:
            frame: The raw frame.
            knowledge: What is known of it.
            override: What was decided.
        """
        known, sighted, looked = knowledge.known, knowledge.sighted, knowledge.looked
        if override.whole:
            return FrameResult(self.anonymizer.cover(frame, in_doubt=False), known, sighted, looked)
        return self._covered(frame, known, sighted, looked=looked, override=override)

    def _every(self) -> int | None:
        """Search every k-th frame; None for the default. Motion must be searched in all frames."""
        if self._file is not None or Kind.MOTION in self.anonymizer.kinds:
            return 1
        return self.settings.find.every

    def _look(self, frame: Frame) -> Detections:
        return Detections.none() if self._guarded is None else detect_shown(self._guarded, frame)

    def _film_look(self) -> _Look:
        """Searches the frames of one video."""
        if self._guarded is None:
            return self._look
        return partial(detect_shown, self._guarded.over_time())

    def _look_once(self, frame: Frame) -> Detections:
        """Search a single picture: no track can confirm a doubtful box."""
        found, threshold = self._look(frame), self.settings.find.threshold
        # Faces have their own threshold.
        judged = np.isin(found.kinds, (Kind.PERSON, Kind.HEAD, Kind.OBJECT))
        found = found[~judged | (found.scores >= threshold)]
        if not (self._only_heads and (found.kinds == Kind.HEAD).any()):
            return found
        doubtful = (found.kinds == Kind.PERSON) & (found.scores < lone_threshold(threshold))
        return found[~doubtful | people_with_heads(found)]

    def _file_look(
        self, size: tuple[int, int], picture: str | None = None, video: str | None = None
    ) -> _Look:
        file = self._file
        assert file is not None  # noqa: S101  (asked for only where there is one)
        height, width = size
        if picture is not None:
            return lambda _frame: file.of_file(picture, width, height)
        return lambda frame: file.of_frame(frame.index, width, height, video)

    def _file_tracks(self, medium: Medium, name: str) -> KnownTracks | None:
        """The tracks of a file of detections, which are known completely; None without one."""
        if self._file is None:
            return None
        listed = self._file.tracked(medium.width, medium.height, name)
        return KnownTracks(listed, float(medium.rate or DEFAULT_RATE))

    def released(self, released: Release[Frame]) -> FrameResult:
        """Cover a frame that leaves its `film`; boxes count in tenths of a pixel, as in reports."""
        frame, known, sighted, looked = released
        return self._covered(frame, known, sighted, looked=looked)

    def _covered_alone(self, frame: Frame, found: Detections) -> FrameResult:
        """Cover a single picture; if nobody is found in it, the user chooses what is covered."""
        is_empty = bool(self.looks_for) and not len(found.of_kind(*self.looks_for))
        if self._nobody is None or not is_empty or found.failure is not None:
            return self._covered(frame, found, found, looked=True)
        return FrameResult(self._nobody(frame, found, self._search), found, found, looked=True)

    @property
    def _search(self) -> Search:
        return "looked for" if self._file is None else "given"

    def _covered(
        self,
        frame: Frame,
        known: Detections,
        sighted: Detections,
        *,
        looked: bool,
        override: CoverOverride | None = None,
    ) -> FrameResult:
        known = known.in_tenths()
        cover = self.settings.cover
        if cover.cover_time and frame.time is None and known.failure is None:
            known = Detections.failed(NO_TIME)
        covers = cover.selection.covers(known)
        spared = not bool(covers.all())
        extra: tuple[ExtraCover, ...] = ()
        if override is not None and known.failure is None:
            covers &= ~override.left
            spared |= bool(override.bare.any())
            extra = override.extra
        covered = self.anonymizer(frame, known[covers], self._search, spared=spared, extra=extra)
        return FrameResult(covered, known, sighted, looked)


def _knowledge(released: Release[Frame]) -> FrameKnowledge:
    frame, known, sighted, looked = released
    return FrameKnowledge(frame.index, frame.time, known.in_tenths(), sighted, looked)
