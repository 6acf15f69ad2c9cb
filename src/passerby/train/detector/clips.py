"""Labels for frames of clips that nobody has labelled: where detectors and time agree."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np

from passerby.detection.people import PeopleDetector
from passerby.detections import Boxes, Detections, Kind
from passerby.errors import InputError
from passerby.geometry import intersection_over_union
from passerby.tracking.timeline import Release, Timeline
from passerby.train.detector.example import Example, LabelledScene, Labels
from passerby.types import Image

__all__ = ["agreed", "clip_examples"]

_SURE = 0.5
"""Score at which one detector is believed alone."""

_SAME = 0.5
"""Intersection over union of boxes that mean the same person."""

_CLOSE = 0.011
"""A box filled in between two sightings is a label if its margin is at most this share of its
height; of others, nothing is known."""

_DOUBTED = 0.2
"""Boxes of a lower score are no reason to doubt that nobody is there."""


def clip_examples(
    path: Path, detectors: Sequence[PeopleDetector], every: int, kept: int
) -> list[Example]:
    """Label a clip.

    A box is a label where the first detector is sure, where another one agrees with it, or where
    the person was there shortly before and shortly after: a miss between two hits is a label.

    Args:
        path: Of the video.
        detectors: At least one.
        every: Look at one of so many frames.
        kept: Keep one of so many frames that were looked at.

    Raises:
        InputError: If the file is not a video.
    """
    timeline: Timeline[tuple[Image, Boxes]] = Timeline(lookahead=2.0, capacity=256)
    scenes: list[LabelledScene] = []
    for seconds, image in _frames(path, every):
        certain, doubtful = agreed([detector(image) for detector in detectors])
        released = timeline.push((image, doubtful), seconds, certain)
        scenes.extend(map(_scene, released))
    scenes.extend(map(_scene, timeline.flush()))
    return [
        Example(f"{path.stem}/{index}", lambda scene=scene: scene)  # type: ignore[misc]
        for index, scene in enumerate(scenes[::kept])
    ]


def agreed(opinions: Sequence[Detections]) -> tuple[Detections, Boxes]:
    """Take the first detector's people where it is sure or another one sees them too.

    Returns:
        Those people, and the boxes of everybody about whom there is doubt.
    """
    first, *others = (opinion.of_kind(Kind.PERSON) for opinion in opinions)
    believed = first.scores >= _SURE
    for other in others:
        if len(other):
            same = intersection_over_union(first.boxes, other.boxes) >= _SAME
            believed |= same.any(axis=1)
    rest = [first.boxes[~believed & (first.scores >= _DOUBTED)]]
    rest += [other.boxes[other.scores >= _DOUBTED] for other in others]
    certain = first[believed]
    return certain, np.concatenate(rest)


def _scene(release: Release[tuple[Image, Boxes]]) -> LabelledScene:
    """Labels of a frame: people who were seen, or filled in closely; doubt about the others.

    Those who were seen are where they were seen: a detector must not learn from a smoother.
    """
    image, doubtful = release.payload
    filled = release.known[~release.known.seen]
    people = Detections.joined(release.sighted, filled).of_kind(Kind.PERSON)
    heights = people.boxes[:, 3] - people.boxes[:, 1]
    certain = people.margins <= _CLOSE * heights
    labels = Labels.of(people.boxes[certain])
    labels = labels.doubted(people.boxes[~certain], Kind.PERSON).doubted(doubtful, Kind.PERSON)
    everybody = np.concatenate([people.boxes, doubtful])
    return LabelledScene(image, labels.doubted(everybody, Kind.HEAD))


def _frames(path: Path, every: int) -> Iterator[tuple[float, Image]]:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 25)
            for index, frame in enumerate(container.decode(stream)):
                if index % every == 0:
                    image = frame.to_ndarray(format="bgr24")
                    yield index / rate, np.asarray(image, np.uint8)
    except (av.FFmpegError, IndexError) as error:
        raise InputError(f"{path} cannot be read as a video: {error}") from error
