"""Follows people through one video, and shows their tracks in an anonymized copy of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from passerby.detection.appearance import detect_shown
from passerby.detection.files import FileDetections
from passerby.detections import Detections
from passerby.errors import InputError, OutputError
from passerby.files.partial import ANEW, Permit
from passerby.media import Medium
from passerby.pipeline.film import DEFAULT_RATE, LookSchedule
from passerby.pipeline.stages import Pipeline
from passerby.runs.track.people import TrackedPerson, people_of
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.videos import VideoSink
from passerby.tracking.analysis import Analysis, filled
from passerby.tracking.linking import JOINING, Joining
from passerby.tracking.tracklet import Tracklet
from passerby.types import Detector, Frame, Source

__all__ = [
    "Followed",
    "check_video",
    "follow",
    "follow_boxes",
    "interval_of",
    "looking_up",
    "rate_of",
    "searching",
    "write_numbered",
]

Advance = Callable[[], None]
"""Is called after each frame."""
FrameSearch = Callable[[Frame], Detections | None]
"""Finds the people and heads in a frame; None where nobody looks."""


@dataclass(frozen=True)
class Followed:
    """Who was followed through a video.

    Attributes:
        tracks: All people, in the order in which they appeared.
        frames: How many the video has.
        looks: In how many of them people were searched for.
        seconds: Length of the video.
    """

    tracks: tuple[Tracklet, ...]
    frames: int
    looks: int
    seconds: float

    @cached_property
    def by_frame(self) -> Mapping[int, Detections]:
        """The people of each frame in which there is anybody, by its number from 0."""
        return filled(self.tracks)

    @cached_property
    def people(self) -> list[TrackedPerson]:
        """When each was in view."""
        return people_of(self.tracks)

    @property
    def most_at_once(self) -> int:
        """Most people in one frame."""
        return max(map(len, self.by_frame.values()), default=0)


def follow(
    source: Source,
    look: FrameSearch,
    interval: float,
    advance: Advance,
    joining: Joining = JOINING,
) -> Followed:
    """Link what is found in the frames of a video.

    Args:
        source: The video. Its pictures also tell how people look.
        look: Finds the people and heads in a frame; None where nobody looks.
        interval: Seconds between two looks.
        advance: Is told of each frame.
        joining: By what people are told apart.

    Raises:
        DetectionError: If somebody looks and cannot tell.
        InputError: If the source breaks off.
    """
    analysis, clock = Analysis(interval, joining=joining), LookSchedule(None, source.medium)
    frames, looks, time = 0, 0, 0.0
    for frame in source:
        time, found = clock.next(frame).time, look(frame)
        if found is not None:
            analysis.add(frame.index, time, found, frame.image)
            looks += 1
        frames += 1
        advance()
    seconds = time + 1 / rate_of(source) if frames else 0.0
    return Followed(tuple(analysis.tracks()), frames, looks, seconds)


def searching(detector: Detector, every: int) -> FrameSearch:
    """Search every k-th frame."""
    return lambda frame: detect_shown(detector, frame) if frame.index % every == 0 else None


def looking_up(
    file: FileDetections, listed: Collection[int], name: str, medium: Medium
) -> FrameSearch:
    """Take boxes from a file in those frames that it lists.

    Args:
        file: Of boxes.
        listed: Numbers of these frames, from 0.
        name: Of the video in the file.
        medium: Of the video.
    """
    frames = frozenset(listed)

    def look(frame: Frame) -> Detections | None:
        if frame.index not in frames:
            return None
        found = file.of_frame(frame.index, medium.width, medium.height, name)
        if found.failure is not None:
            raise InputError(found.failure)
        return found

    return look


def follow_boxes(listed: Mapping[int, Detections], rate: float) -> Followed:
    """Link boxes without any picture: nobody is told by how they look.

    Args:
        listed: What was found, by number of the frame, from 0 and in order.
        rate: Frames a second.
    """
    analysis = Analysis(interval_of(listed, rate))
    for frame, found in listed.items():
        analysis.add(frame, frame / rate, found)
    frames = max(listed, default=-1) + 1
    return Followed(tuple(analysis.tracks()), frames, len(listed), frames / rate)


def interval_of(listed: Collection[int], rate: float) -> float:
    """Seconds between two looks, of which those that found nobody may not be listed."""
    gaps = np.diff(sorted(listed))
    return float(np.median(gaps)) / rate if len(gaps) else 1 / rate


def rate_of(source: Source) -> float:
    """Frames a second, or what is likely where the source does not say."""
    return float(source.medium.rate or DEFAULT_RATE)


def check_video(target: Path) -> None:
    """Make sure that a name is one of a video that can be written.

    Raises:
        OutputError: If it is not.
    """
    if target.suffix.lower() not in VIDEO_FORMATS:
        known = " ".join(sorted(VIDEO_FORMATS))
        raise OutputError(f"{target} will hold a video: end its name with one of {known}")


def write_numbered(
    source: Source,
    target: Path,
    people: Mapping[int, Detections],
    pipeline: Pipeline,
    advance: Advance,
    permit: Permit = ANEW,
) -> None:
    """Write an anonymized copy of a video with the boxes and numbers of tracks drawn over it.

    Args:
        source: The video, from its beginning.
        target: The video to write.
        people: With their tracks, by number of the frame, from 0.
        pipeline: Anonymizes it.
        advance: Is told of each frame.
        permit: What may happen to a file that is there.

    Raises:
        InputError: If the source breaks off.
        OutputError: If the copy cannot be written.
    """
    nobody = Detections.none()
    sink = VideoSink(target, source.medium, Encoding(), permit)
    try:
        for result in pipeline.run(source):
            sink.write(result.frame, people.get(result.frame.index, nobody))
            advance()
        sink.commit()
    finally:
        sink.abort()
