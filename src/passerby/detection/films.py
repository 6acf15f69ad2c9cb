"""Search the frames of one film: where something has changed, and from afar where that may matter.

A look at a film costs as much as the pixels that a network is given. What looks as it did when it
was last searched shows the same people, so they are taken over.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind, Mask
from passerby.geometry import PixelBox, area, intersection
from passerby.types import Detector, Image

__all__ = [
    "LONGEST_REST",
    "TALL",
    "FilmDetector",
    "FilmSearch",
    "PartSearch",
    "are_tall",
    "over_time",
    "tallest",
    "window_around",
    "with_whole_people",
]

_CELL = 10
"""Side of the cells whose mean colours are compared, in pixels of the network's input: people whom
a network can find are wider."""

_CHANGED, _NEW = 6, 8
"""Levels by which a cell differs in one colour at least, where something has changed since it was
last searched; and where somebody large has come."""

_TOLD_APART = 0.75
"""Share of the height of somebody new that differs at least from what was there before."""

LONGEST_REST = 5
"""Every fifth look all of the picture is searched, closely and from afar."""

_MOST = 0.75
"""Share of the picture from which on all of it is searched."""

TALL = 150
"""Height from which on a close look may miss somebody, in pixels of the network's input. Of people
of 250 to 300 pixels it misses every tenth, of those of 400 every third. Below that it misses few,
but two looks make better boxes."""
_HEAD_HEIGHT = 0.15
"""Of a person who stands."""

_MARGIN = 48
"""What is searched around a change, in pixels of the network's input: what they see of a picture
around a person helps networks to find them."""
_STEP = 64
"""Windows lie on multiples of this, likewise: each shape of input takes some memory."""

_Cells = npt.NDArray[np.float32]


@runtime_checkable
class FilmDetector(Protocol):
    """A detector that can take the frames of one film for what they are."""

    def over_time(self) -> Detector:
        """Return a detector for the frames of one film, one after the other."""
        ...


def over_time(detector: Detector) -> Detector:
    """Return what searches the frames of one film: the detector itself, if it knows no better."""
    return detector.over_time() if isinstance(detector, FilmDetector) else detector


class PartSearch(Protocol):
    """Searches a picture, or a part of it."""

    def __call__(
        self, image: Image, window: PixelBox, known: Detections, *, from_afar: bool
    ) -> Detections:
        """Find the people in a picture.

        Args:
            image: Shape (height, width, 3), BGR.
            window: What is searched closely; nothing if it has no area.
            known: Who is in the rest of it.
            from_afar: Whether it is looked at from afar too, for who fills it.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        ...


class FilmSearch:
    """Finds the people in the frames of one film.

    A frame is searched where it differs from what was there when that part was last searched. A
    network that has learned from small pictures misses who fills a large one: it looks at a frame
    from afar if somebody was large in the last look, or if so large a part of the picture has
    changed since it was last looked at from afar that somebody large may have come. In every fifth
    look all of the picture is searched, in both ways.

    Args:
        search: Searches a frame.
        scale: By how much a frame of a width and height is enlarged for a close look.
    """

    def __init__(self, search: PartSearch, scale: Callable[[int, int], float]) -> None:
        self._search = search
        self._scale = scale
        self._size = 0, 0
        self._known = Detections.none()
        self._searched: _Cells = np.full((0, 0, 3), np.inf, np.float32)
        self._from_afar = self._searched
        self._rest = 0

    def __call__(self, image: Image) -> Detections:
        """Find the people in the next frame; see `passerby.types.Detector`."""
        height, width = image.shape[:2]
        scale = self._scale(width, height)
        cells = _cells_of(image, scale)
        self._rest += 1
        if (width, height) != self._size or self._rest == LONGEST_REST:
            self._forget((width, height), cells)
        core = self._core(cells, scale)
        window = window_around(core, width, height, scale)
        from_afar = self._may_be_tall(cells, TALL / scale)
        known = self._known[~_meet(self._known.boxes, core)]
        self._known = self._search(image, window, known, from_afar=from_afar)
        within = _cells_within(window, width, height, cells.shape)
        self._searched = np.where(within, cells, self._searched)
        if from_afar:
            self._from_afar = cells
        return self._known

    def _forget(self, size: tuple[int, int], cells: _Cells) -> None:
        """Begin anew: everything differs from what was never seen."""
        self._size = size
        self._known = Detections.none()
        self._searched = self._from_afar = np.full_like(cells, np.inf)
        self._rest = 0

    def _core(self, cells: _Cells, scale: float) -> Boxes:
        """The box around what has changed and the people there, or around all if that is most."""
        width, height = self._size
        changed = _bounds(_differ(cells, self._searched, _CHANGED), width, height)
        core = with_whole_people(changed, self._known.boxes)
        left, top, right, bottom = window_around(core, width, height, scale)
        if (right - left) * (bottom - top) > _MOST * width * height:
            return np.array([[0, 0, width, height]], np.float32)
        return core

    def _may_be_tall(self, cells: _Cells, tall: float) -> bool:
        """Whether somebody of so many pixels was seen in the last look, or may have come."""
        if are_tall(self._known, tall).any():
            return True
        change = tallest(_differ(cells, self._from_afar, _NEW)) / len(cells)
        return change * self._size[1] >= _TOLD_APART * tall


def _cells_of(image: Image, scale: float) -> _Cells:
    """Mean colours of the cells of a picture, shape (down, across, 3)."""
    height, width = image.shape[:2]
    size = max(round(width * scale / _CELL), 1), max(round(height * scale / _CELL), 1)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def _differ(cells: _Cells, others: _Cells, levels: float) -> Mask:
    """Which cells differ by more than so many levels in a colour, shape (down, across)."""
    differ: Mask = np.abs(cells - others).max(axis=2) > levels
    return differ


def are_tall(found: Detections, tall: float) -> Mask:
    """Which people, and whose heads, have so many pixels in height at least; shape (n,)."""
    heights = found.boxes[:, 3] - found.boxes[:, 1]
    least = np.where(found.kinds == Kind.HEAD, _HEAD_HEIGHT * tall, tall)
    tall_ones: Mask = heights >= least
    return tall_ones


def tallest(cells: Mask) -> int:
    """Height of the tallest patch of cells; gaps of one or two do not part it.

    Example:
        >>> tallest(np.array([[1, 0, 0], [0, 0, 0], [1, 0, 1]], np.bool_))
        3
    """
    closed = cv2.morphologyEx(cells.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(closed)
    return int(statistics[1:, cv2.CC_STAT_HEIGHT].max(initial=0))


def _bounds(cells: Mask, width: int, height: int) -> Boxes:
    """The box around cells, in pixels of their picture; shape (1, 4), without area if none is."""
    columns, rows = np.flatnonzero(cells.any(axis=0)), np.flatnonzero(cells.any(axis=1))
    if not len(rows):
        return np.zeros((1, 4), np.float32)
    down, across = cells.shape
    corners = np.array([[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], np.float32)
    return corners * np.array([width / across, height / down] * 2, np.float32)


def _meet(boxes: Boxes, core: Boxes) -> Mask:
    """Which boxes share a pixel with another; shape (n,)."""
    meet: Mask = intersection(boxes, core)[:, 0] > 0
    return meet


def with_whole_people(core: Boxes, people: Boxes) -> Boxes:
    """Widen a box until it holds everybody whom it touches.

    Args:
        core: Shape (1, 4).
        people: Shape (n, 4).

    Example:
        >>> people = np.array([[5, 0, 15, 30], [14, 0, 24, 40], [60, 0, 70, 30]], np.float32)
        >>> with_whole_people(np.array([[0, 0, 6, 10]], np.float32), people).tolist()
        [[0.0, 0.0, 24.0, 40.0]]
    """
    while True:
        held = np.concatenate([core, people[_meet(people, core)]])
        wider = np.concatenate([held[:, :2].min(axis=0), held[:, 2:].max(axis=0)])[None]
        if (wider == core).all():
            return core
        core = wider


def window_around(core: Boxes, width: int, height: int, scale: float) -> PixelBox:
    """What is searched of a picture, so that a box in it is found as in the whole.

    Args:
        core: Shape (1, 4).
        width: Of the picture.
        height: Likewise.
        scale: By how much it is enlarged for the network.

    Returns:
        Without area if the box has none.

    Example:
        >>> window_around(np.array([[300, 100, 340, 200]], np.float32), 640, 480, 1.0)
        (192, 0, 448, 256)
    """
    if not area(core).all():
        return 0, 0, 0, 0
    step = _STEP / scale
    low = np.floor((core[0, :2] - _MARGIN / scale) / step) * step
    high = np.ceil((core[0, 2:] + _MARGIN / scale) / step) * step
    left, top = map(int, np.floor(low.clip(0)))
    right, bottom = map(int, np.ceil(np.minimum(high, (width, height))))
    return left, top, right, bottom


def _cells_within(window: PixelBox, width: int, height: int, shape: tuple[int, ...]) -> Mask:
    """Which cells lie wholly in a window, shape (down, across, 1)."""
    left, top, right, bottom = window
    columns = np.arange(shape[1] + 1) * width / shape[1]
    rows = np.arange(shape[0] + 1) * height / shape[0]
    across = (columns[:-1] >= left) & (columns[1:] <= right)
    down = (rows[:-1] >= top) & (rows[1:] <= bottom)
    within: Mask = (down[:, None] & across[None])[..., None]
    return within
