"""What people are followed through: a video, a folder of frames, or boxes that were saved."""

from collections.abc import Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path

from passerby.detection.combined import detectors_for
from passerby.detection.files import SUFFIX_OF_JSON, SUFFIXES_OF_TEXT, FileDetections
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError
from passerby.files.partial import ANEW, Permit
from passerby.files.reading import Reading
from passerby.pipeline.appearance import signature_appearance
from passerby.pipeline.notes import notes_on
from passerby.pipeline.stages import Pipeline
from passerby.runs.track.remembered import Remembered
from passerby.runs.track.run import (
    Advance,
    Followed,
    FrameSearch,
    follow,
    follow_boxes,
    interval_of,
    looking_up,
    rate_of,
    searching,
    write_numbered,
)
from passerby.runs.track.settings import TrackSettings, VideoCover
from passerby.signatures.opening import default_model, open_describer
from passerby.sources import open_source
from passerby.sources.picture_sequence import PictureSequence, rate_beside
from passerby.tracking.linking import JOINING, Joining
from passerby.types import Detector, Source

__all__ = ["TrackedVideo"]

SOUND_LEFT_OUT = "sound left out, because voices identify people"
_ENDINGS_OF_BOXES = (*SUFFIXES_OF_TEXT, SUFFIX_OF_JSON)


class TrackedVideo:
    """One video, however it is kept.

    Args:
        path: A video, a folder of frames, or boxes.
        find: How people are found.
        rate: Frames a second of a folder or of boxes; by default what a ``seqinfo.ini`` says.
        cover: What an anonymized copy covers; None if none is asked for.

    Attributes:
        frames: How many frames are expected; None where nobody knows.
        notes: What the user should know.

    Raises:
        ConfigError: If options do not fit each other, or what is tracked.
        InputError: If it cannot be read, or is no video.
        ModelError: If a network is missing or damaged.
    """

    def __init__(
        self,
        path: Path,
        find: TrackSettings,
        rate: float | None = None,
        cover: VideoCover | None = None,
    ) -> None:
        self._path, self._find, self._cover = path, find, cover
        self._has_pictures = path.is_dir() or path.suffix.lower() not in _ENDINGS_OF_BOXES
        self._rate = self._checked_rate(rate)
        self._settings = (cover or VideoCover()).settings(find)
        self.frames: int | None = None
        self.notes: tuple[str, ...] = () if cover is None else notes_on(self._settings)
        if self._has_pictures:
            with closing(self._open()) as source:
                self.frames = source.medium.frames
                self.notes += source.medium.notes
                if cover is not None and source.medium.audio_streams:
                    self.notes += (SOUND_LEFT_OUT,)
        elif cover is not None:
            raise ConfigError(f"{path} holds boxes and no pictures: a video cannot be made of it")
        elif find.appearance != "clothing":
            raise ConfigError(
                f"{path} holds boxes and no pictures: nobody can be told apart by "
                f"{find.appearance}; leave --appearance out"
            )
        elif find.detections is not None:
            raise ConfigError(f"{path} holds boxes already: leave --detections out")

    def follow(self, advance: Advance) -> Followed:
        """Follow everybody from the beginning to the end.

        Args:
            advance: Is told of each frame.

        Raises:
            DetectionError: If people cannot be searched for.
            InputError: If it cannot be read to its end, or boxes are of another video.
        """
        if not self._has_pictures:
            return follow_boxes(dict(FileDetections(self._path).sequence()), self._rate or 0.0)
        with Reading(self._path) as reading, closing(self._open()) as source:
            if self._find.detections is None:
                look, interval = self._searching(), self._find.every / rate_of(source)
            else:
                look, interval = self._listed(FileDetections(self._find.detections), source)
            followed = follow(source, look, interval, advance, self._joining())
            reading.check()
        return followed

    def write_video(
        self,
        target: Path,
        people: Mapping[int, Detections],
        advance: Advance,
        permit: Permit = ANEW,
    ) -> None:
        """Write an anonymized copy with boxes and numbers of tracks over it.

        Args:
            target: The video to write.
            people: With their tracks, by number of the frame, from 0.
            advance: Is told of each frame.
            permit: What may happen to a file that is there.

        Raises:
            InputError: If the video cannot be read to its end.
            OutputError: If the copy cannot be written.
        """
        detector = None if self._find.detections is not None else self._detector
        with Pipeline(self._settings, detector) as pipeline, closing(self._open()) as source:
            pipeline.check_source(self._file, self._path.name)
            write_numbered(source, target, people, pipeline, advance, permit)

    def _checked_rate(self, rate: float | None) -> float | None:
        """Frames a second of what does not say them itself."""
        if not self._path.exists():
            raise InputError(f"{self._path} does not exist: check the path")
        if self._has_pictures and not self._path.is_dir():
            if rate is not None:
                raise ConfigError(f"{self._path} has times of its own: leave --rate out")
            return None
        known = rate or rate_beside(self._path)
        if known is None:
            raise ConfigError(f"{self._path} does not say how fast it is: add --rate, as in 25")
        return known

    @property
    def _file(self) -> Path | None:
        return None if self._path.is_dir() else self._path

    def _open(self) -> Source:
        if self._path.is_dir():
            return PictureSequence(self._path, self._rate or 0.0)
        source = open_source(self._path)
        if source.medium.unrelated:
            source.close()
            raise InputError(
                f"{self._path} is a picture, in which nobody can be followed: name a video, or a "
                "folder with a picture for each frame"
            )
        return source

    @cached_property
    def _detector(self) -> Detector:
        """Finds whom to follow, and whom to cover: for both, each picture is searched once."""
        kinds = frozenset({Kind.PERSON, Kind.HEAD})
        if self._cover is None:
            return detectors_for(kinds, self._settings.find.detection(kinds))
        kinds |= self._settings.cover.anonymizer().kinds
        return Remembered(detectors_for(kinds, self._settings.find.detection(kinds)))

    def _searching(self) -> FrameSearch:
        return searching(self._detector, self._find.every)

    def _joining(self) -> Joining:
        if self._find.appearance == "clothing":
            return JOINING
        return Joining(signature_appearance(open_describer(default_model())))

    def _listed(self, file: FileDetections, source: Source) -> tuple[FrameSearch, float]:
        """What looks boxes up in a file instead of searching, and seconds between two looks."""
        name = self._path.name
        file.check_source(self._file, name)
        listed = [frame for frame, _ in file.sequence(name)]
        return looking_up(file, listed, name, source.medium), interval_of(listed, rate_of(source))
