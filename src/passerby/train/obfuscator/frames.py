"""Frames to cut crops from: of videos and photographs, and of people who do not exist."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.errors import InputError
from passerby.media import VIDEO_SUFFIXES
from passerby.sources import expand, open_source
from passerby.synth.sighting import Shot
from passerby.train.detector.synthetic import shots
from passerby.train.obfuscator.crops import ClearFrame
from passerby.types import Frame, Image

__all__ = ["LocatePeople", "ellipses", "real_frames", "synthetic_frames"]

_CHANGED = 0.1
"""Difference from the camera's mean image, of 1, from which a pixel in a box shows a person."""

_LONGEST_SIDE = 854
"""Frames are kept no larger: people of a hundred pixels lose nothing that a crop of 96 shows."""

_LEAST_SCORE = 0.35
_LEAST_VISIBLE = 0.3
_FIRST_SEED = 400_000
"""Worlds that train or test detectors have smaller seeds."""

_MOMENTS = 6
_PEOPLE_OF_A_WORLD = 1_000
"""More than there are in any: numbers of people in different worlds differ."""


class LocatePeople(Protocol):
    """Finds people: `passerby.detection.people.PeopleDetector`, for one."""

    def __call__(self, image: Image) -> Detections:
        """Find the people in an image of shape (height, width, 3), BGR."""


def real_frames(
    named: Path, most: int, find: LocatePeople, numbers: Iterator[int]
) -> Iterator[ClearFrame]:
    """Read a video, a picture, or all videos and pictures in a folder.

    Nobody knows who is who: each person in each frame counts as another one.

    Args:
        named: A file or folder.
        most: At most so many frames of each video and so many pictures, evenly spaced.
        find: Says where people are.
        numbers: Of people who come next.

    Raises:
        InputError: If there is nothing to read, or a file cannot be read.
    """
    found = expand([named])
    for one in found:
        if one.problem is not None or not isinstance(one.path, Path):
            raise InputError(one.problem or f"{one.name} is no file: make one of it first")
    paths = [one.path for one in found if isinstance(one.path, Path)]
    videos = [path for path in paths if path.suffix.lower() in VIDEO_SUFFIXES]
    pictures = [path for path in paths if path not in set(videos)]
    yield from _photographs(_spaced(pictures, most), find, numbers)
    for path in videos:
        yield from _footage(path, most, find, numbers)


def _photographs(
    paths: Sequence[Path], find: LocatePeople, numbers: Iterator[int]
) -> Iterator[ClearFrame]:
    for path in paths:
        with open_source(path) as source:
            image = _reduced(next(iter(source)).image)
        boxes = _people(image, find)
        masks = ellipses(boxes, image.shape[:2])
        yield ClearFrame(image, None, boxes, masks, _numbered(len(boxes), numbers))


def _footage(
    path: Path, most: int, find: LocatePeople, numbers: Iterator[int]
) -> Iterator[ClearFrame]:
    """Read frames of a camera that does not move.

    Pixels in the box of a person show the person where they differ from the mean of all frames.
    """
    images = list(_spaced_frames(path, most))
    total = np.zeros(images[0].shape, np.float64)
    for image in images:
        total += image
    mean = np.rint(total / len(images)).astype(np.uint8)
    for image in images:
        boxes = _people(image, find)
        difference = np.abs(image.astype(np.int16) - mean).max(axis=2)
        people = ellipses(boxes, image.shape[:2], whole=True) & (difference > 255 * _CHANGED)
        yield ClearFrame(image, mean, boxes, people, _numbered(len(boxes), numbers))


def synthetic_frames(world: int) -> Iterator[ClearFrame]:
    """Draw a world of people who do not exist at six moments; the same people stay the same.

    Args:
        world: Its number.
    """
    seen = list(shots(_FIRST_SEED + world, _MOMENTS))
    empty = np.median(np.stack([shot.image for shot in seen]), axis=0)
    mean = np.rint(empty).astype(np.uint8)
    for shot in seen:
        yield _drawn(shot, mean, world)


def _drawn(shot: Shot, mean: Image, world: int) -> ClearFrame:
    height, width = shot.image.shape[:2]
    everybody = np.zeros((height, width), np.bool_)
    for seen in shot.sightings:
        everybody |= seen.mask(width, height)
    large = [seen for seen in shot.sightings if seen.visibility >= _LEAST_VISIBLE]
    boxes = np.array([seen.visible_box for seen in large], np.float32).reshape(-1, 4)
    identities = np.array([seen.identity for seen in large], np.int64)
    own = -1 - (world * _PEOPLE_OF_A_WORLD + identities)  # never those of people who exist
    return ClearFrame(shot.image, mean, boxes, everybody, own, synthetic=True)


def ellipses(boxes: Boxes, size: tuple[int, int], *, whole: bool = False) -> Mask:
    """Mark the ellipse in each box, or the whole box.

    Args:
        boxes: Shape (n, 4), pixels.
        size: Height and width.
        whole: Whether corners count too.
    """
    mask = np.zeros(size, np.uint8)
    for x0, y0, x1, y1 in boxes.astype(float):
        if whole:
            corners = [round(value) for value in (x0, y0, x1, y1)]
            cv2.rectangle(mask, corners[:2], (corners[2] - 1, corners[3] - 1), 1, -1)
        else:
            centre = ((x0 + x1) / 2, (y0 + y1) / 2)
            y, x = np.ogrid[: size[0], : size[1]]
            across = (x + 0.5 - centre[0]) / max((x1 - x0) / 2, 1)
            down = (y + 0.5 - centre[1]) / max((y1 - y0) / 2, 1)
            mask |= (across**2 + down**2 <= 1).astype(np.uint8)
    return mask.astype(np.bool_)


def _people(image: Image, find: LocatePeople) -> Boxes:
    people = find(image).of_kind(Kind.PERSON)
    boxes: Boxes = people.boxes[people.scores >= _LEAST_SCORE]
    height, width = image.shape[:2]
    return boxes.clip(0, (width, height, width, height)).astype(np.float32)


def _numbered(people: int, numbers: Iterator[int]) -> npt.NDArray[np.int64]:
    return np.array([next(numbers) for _ in range(people)], np.int64)


def _spaced(paths: Sequence[Path], most: int) -> list[Path]:
    if not paths:
        return []
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(most, len(paths))).astype(int))
    return [paths[index] for index in chosen]


def _spaced_frames(path: Path, most: int) -> Iterator[Image]:
    """Read evenly spaced frames of a video."""
    with open_source(path) as source:
        frames = source.medium.frames
        every = max(1, -(-(frames or most) // most))
        yield from (_reduced(frame.image) for frame in source if _is_due(frame, every))


def _is_due(frame: Frame, every: int) -> bool:
    return frame.index % every == 0


def _reduced(image: Image) -> Image:
    scale = _LONGEST_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
