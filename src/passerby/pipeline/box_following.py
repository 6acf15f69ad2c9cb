"""Follow boxes that were drawn in frames of a source, forwards and backwards from there.

The source is read once. Of the frames around, small grey copies wait in memory, and are gone when
the boxes are followed.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.pipeline.film import DEFAULT_RATE
from passerby.tracking.pixel_following import FollowedPlace, follow_box
from passerby.types import Source

__all__ = ["LONGEST_FOLLOWED", "BoxToFollow", "follow_drawn_boxes"]

LONGEST_FOLLOWED = 5.0
"""Seconds for which a box is followed each way: then the person is asked to draw it again."""
LONG_SIDE = 960
"""Of the grey copies, in pixels."""
_COPIES_BYTES = 192 * 2**20
"""Most memory that they may take; of large pictures at high rates fewer frames wait."""

_GrayFrame = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BoxToFollow:
    """A box in a frame.

    Attributes:
        frame: Number of the frame, from 0.
        box: Left, top, right, bottom in pixels.
        first, last: Frames beyond which it need not be followed; None for as far as it can be.
    """

    frame: int
    box: tuple[float, float, float, float]
    first: int | None = None
    last: int | None = None


def follow_drawn_boxes(
    source: Source, boxes: Sequence[BoxToFollow]
) -> list[Mapping[int, FollowedPlace]]:
    """Follow all boxes.

    Args:
        source: Where the frames come from.
        boxes: What to follow.

    Returns:
        For each box, its places by the number of the frame; empty if there is no such frame.

    Raises:
        InputError: If the source breaks off.
    """
    medium = source.medium
    rate = float(medium.rate or DEFAULT_RATE)
    shrunk = min(1.0, LONG_SIDE / max(medium.width, medium.height))
    copy_bytes = round(medium.width * shrunk) * round(medium.height * shrunk)
    reach = (
        0
        if medium.unrelated
        else min(round(LONGEST_FOLLOWED * rate), max(1, _COPIES_BYTES // (2 * max(1, copy_bytes))))
    )
    places: list[Mapping[int, FollowedPlace]] = [{} for _ in boxes]
    waiting = sorted(range(len(boxes)), key=lambda number: boxes[number].frame)
    copies: deque[tuple[int, _GrayFrame]] = deque(maxlen=2 * reach + 1)
    wanted = max((boxes[number].frame for number in waiting), default=-1) + reach
    for frame in source:
        if frame.index > wanted:
            break
        if any(abs(frame.index - one.frame) <= reach for one in boxes):
            copies.append((frame.index, _grey(frame.image, shrunk)))
        while waiting and frame.index >= boxes[waiting[0]].frame + reach:
            number = waiting.pop(0)
            places[number] = _followed(copies, boxes[number], reach, rate, shrunk)
    for number in waiting:
        places[number] = _followed(copies, boxes[number], reach, rate, shrunk)
    return places


def _grey(image: npt.NDArray[np.uint8], shrunk: float) -> _GrayFrame:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if shrunk < 1:
        size = round(grey.shape[1] * shrunk), round(grey.shape[0] * shrunk)
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)


def _followed(
    copies: Sequence[tuple[int, _GrayFrame]],
    wanted: BoxToFollow,
    reach: int,
    rate: float,
    shrunk: float,
) -> dict[int, FollowedPlace]:
    """The places of one box around its frame; in that frame it is where it was drawn."""
    first = max(wanted.frame - reach, wanted.first or 0)
    last = wanted.frame + reach if wanted.last is None else min(wanted.frame + reach, wanted.last)
    numbers = [index for index, _ in copies]
    if wanted.frame not in numbers:
        return {}
    pictures = dict(copies)
    ahead = [index for index in numbers if wanted.frame <= index <= last]
    back = [index for index in reversed(numbers) if first <= index <= wanted.frame]
    box = np.array(wanted.box) * shrunk
    return {
        index: _enlarged(place, shrunk)
        for way in (back, ahead)
        for index, place in _along(way, pictures, box, rate)
    }


def _along(
    way: Sequence[int],
    pictures: Mapping[int, _GrayFrame],
    box: npt.NDArray[np.float64],
    rate: float,
) -> Iterator[tuple[int, FollowedPlace]]:
    places = follow_box((pictures[index] for index in way), box, rate)
    return zip(way, places, strict=False)


def _enlarged(place: FollowedPlace, shrunk: float) -> FollowedPlace:
    return FollowedPlace(place.box / shrunk, place.margin / shrunk, place.found)
