"""Follow what somebody drew a box around, through the pixels of the frames after it (or before).

A piece of the picture is looked for again by normalized cross-correlation, and what is found is
looked for backwards: if that does not lead back to where it came from, nothing was found
(forward-backward error, Kalal et al., "Forward-Backward Error", ICPR 2010, section 2). While
nothing is found, the place moves on as before and grows; after `LONGEST_DOUBT` it ends, covered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["FollowedPlace", "follow_box"]

GrayPixels = npt.NDArray[np.uint8]
"""Shape (height, width)."""

LONGEST_DOUBT = 1.0
"""Seconds after which what was not found again is given up."""
LEAST_LIKENESS = 0.65
"""Correlation from which on a piece counts as found ..."""
FRESH = 0.85
"""... and below which the piece that is looked for is taken anew from the picture."""
FLAT, CONTEXT = 6.0, 0.25
"""Of a box whose pixels differ by less than this (standard deviation), this share of its sides is
looked at around it too. Usually not: what is around stays behind when the person moves on."""
SEARCH_REACH = 0.75
"""How far from the expected place is searched, in sizes of the box; more while in doubt."""
WAY_BACK = 0.2
"""Most that the way back may miss, in sizes of the box."""
SCALE_STEPS = 0.95, 1.0, 1.05
"""By how much the piece may grow or shrink from one frame to the next."""
SCALE_GAIN = 0.01
"""By how much another scale must be more alike to be believed."""
LOOKED_AT = 32
"""Long side in pixels at which pieces are compared: more takes longer and finds no better."""
MARGIN, MARGIN_OF_A_CHANGE, LARGEST_MARGIN = 0.15, 0.03, 0.4
"""What a place may be off, in sizes of the box: at first, more with each piece taken anew, at most.
"""
GROWTH = 2.0
"""Sizes of the box by which it grows each second while in doubt."""
STEADINESS = 0.7
"""How much of the movement expected is that before."""


class FollowedPlace(NamedTuple):
    """Where it is in one frame.

    Attributes:
        box: Left, top, right, bottom in pixels; shape (4,).
        margin: Pixels by which it may lie further out.
        found: Whether it was found there; else it is expected there.
    """

    box: npt.NDArray[np.float64]
    margin: float
    found: bool


class _Match(NamedTuple):
    centre: npt.NDArray[np.float64]
    scale: float
    likeness: float


@dataclass(slots=True)
class _Piece:
    """What is looked for: pixels around a box, and the size of that box when they were taken."""

    pixels: GrayPixels
    size: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        picture: GrayPixels,
        centre: npt.NDArray[np.float64],
        size: npt.NDArray[np.float64],
        zoom: float,
    ) -> "_Piece":
        pixels = _cut(picture, centre, size, zoom)
        if float(pixels.std()) < FLAT:
            pixels = _cut(picture, centre, size * (1 + 2 * CONTEXT), zoom)
        return cls(pixels, size)


def follow_box(
    pictures: Iterable[GrayPixels], box: Sequence[float] | npt.NDArray[np.float64], rate: float
) -> Iterator[FollowedPlace]:
    """Follow a box from the first picture through the others.

    Args:
        pictures: In order of time, or backwards; shape (height, width), uint8.
        box: In the first picture: left, top, right, bottom in pixels.
        rate: Pictures a second.

    Yields:
        Its place in the first picture, then in each of the others, until it was not found for
        `LONGEST_DOUBT` or has left the picture.

    Example:
        >>> scene = np.random.default_rng(0).integers(0, 255, (60, 90), dtype=np.uint8)
        >>> moved = np.roll(scene, 3, axis=1)
        >>> places = follow_box([scene, moved], (30, 20, 50, 40), rate=25)
        >>> [place.box.round().tolist() for place in places]
        [[30.0, 20.0, 50.0, 40.0], [33.0, 20.0, 53.0, 40.0]]
    """
    waiting = iter(pictures)
    before = next(waiting, None)
    if before is None:
        return
    corners = np.asarray(box, np.float64)
    centre, size = (corners[:2] + corners[2:]) / 2, np.maximum(corners[2:] - corners[:2], 2.0)
    zoom = min(1.0, LOOKED_AT / float(size.max()))
    piece, sure = _Piece.of(before, centre, size, zoom), centre
    movement, doubt, changes = np.zeros(2), 0, 0
    yield FollowedPlace(corners, MARGIN * float(size.max()), found=True)
    for picture in waiting:
        longest = float(size.max())
        expected = centre + movement
        reach = longest * (SEARCH_REACH + GROWTH * doubt / rate) + 2
        match = _found(picture, piece, expected, size, reach, zoom)
        if match is not None and _leads_back(before, picture, match, sure, size, reach, zoom):
            step = (match.centre - sure) / (doubt + 1)
            movement = step if doubt else STEADINESS * movement + (1 - STEADINESS) * step
            centre, size, doubt = match.centre, size * match.scale, 0
            sure = centre
            if match.likeness < FRESH:
                piece, changes = _Piece.of(picture, centre, size, zoom), changes + 1
            before = picture
        else:
            centre, doubt = expected, doubt + 1
        if doubt > LONGEST_DOUBT * rate or _is_outside(picture, centre, size):
            return
        share = min(LARGEST_MARGIN, MARGIN + changes * MARGIN_OF_A_CHANGE) + GROWTH * doubt / rate
        place = np.concatenate([centre - size / 2, centre + size / 2])
        yield FollowedPlace(place, share * float(size.max()), found=not doubt)


def _found(
    picture: GrayPixels,
    piece: _Piece,
    expected: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    reach: float,
    zoom: float,
) -> _Match | None:
    """The most alike place near the expected one; None if none is alike enough."""
    now = float(size.max() / piece.size.max())
    matches = {
        scale: _searched(picture, piece, expected, reach, zoom, now * scale)
        for scale in SCALE_STEPS
    }
    best = matches[1.0]
    for scale, other in matches.items():
        if other is not None and (best is None or other.likeness > best.likeness + SCALE_GAIN):
            best = other._replace(scale=scale)
    return best if best is not None and best.likeness >= LEAST_LIKENESS else None


def _searched(
    picture: GrayPixels,
    piece: _Piece,
    expected: npt.NDArray[np.float64],
    reach: float,
    zoom: float,
    scale: float,
) -> _Match | None:
    height, width = (max(3, round(side * scale)) for side in piece.pixels.shape)
    wanted = piece.pixels
    if (height, width) != wanted.shape:
        wanted = np.asarray(cv2.resize(wanted, (width, height)), np.uint8)
    if int(wanted.min()) == int(wanted.max()):
        return None  # nothing to tell it by
    area = np.array([width, height]) / zoom + 2 * reach
    seen = _cut(picture, expected, area, zoom)
    if seen.shape[0] < height or seen.shape[1] < width:
        return None
    likeness = np.nan_to_num(
        cv2.matchTemplate(seen, wanted, cv2.TM_CCOEFF_NORMED), nan=-1.0, posinf=-1.0, neginf=-1.0
    )
    row, column = np.unravel_index(int(likeness.argmax()), likeness.shape)
    middle = (np.array(likeness.shape[::-1]) - 1) / 2
    peak = np.array(
        [
            column + _between(likeness[row], int(column)),
            row + _between(likeness[:, column], int(row)),
        ]
    )
    return _Match(expected + (peak - middle) / zoom, 1.0, float(likeness[row, column]))


def _between(values: npt.NDArray[np.number], peak: int) -> float:
    """Where the top of a parabola through three values lies, from the middle one: -0.5 to 0.5."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    low, top, high = (float(one) for one in values[peak - 1 : peak + 2])
    bend = low - 2 * top + high
    return float(np.clip(0.5 * (low - high) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _leads_back(
    before: GrayPixels,
    picture: GrayPixels,
    match: _Match,
    centre: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    reach: float,
    zoom: float,
) -> bool:
    """Whether what was found, looked for where it came from, is where it was."""
    piece = _Piece.of(picture, match.centre, size * match.scale, zoom)
    longest = float(size.max())
    back = _searched(before, piece, centre, reach, zoom, 1 / match.scale)
    allowed = WAY_BACK * longest + 1
    return back is not None and float(np.abs(back.centre - centre).max()) <= allowed


def _cut(
    picture: GrayPixels,
    centre: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    zoom: float,
) -> GrayPixels:
    """A part of a picture, made smaller; beyond the edge the pixels of the edge go on."""
    width, height = (max(3, round(float(side) * zoom)) for side in size)
    turn = np.array(
        [
            [1 / zoom, 0, centre[0] - 0.5 - (width - 1) / 2 / zoom],
            [0, 1 / zoom, centre[1] - 0.5 - (height - 1) / 2 / zoom],
        ]
    )
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpAffine(
        picture, turn, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(part, np.uint8)


def _is_outside(
    picture: GrayPixels, centre: npt.NDArray[np.float64], size: npt.NDArray[np.float64]
) -> bool:
    """Whether no pixel of it is left in the picture."""
    height, width = picture.shape
    return bool((centre + size / 2 <= 0).any() or (centre - size / 2 >= (width, height)).any())
