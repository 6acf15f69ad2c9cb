"""Find people, their heads where the network knows them, and things that users name."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from passerby.detection.canvas import canvas
from passerby.detection.films import TALL, FilmSearch, are_tall
from passerby.detection.settings import LARGEST_SIZE, SMALLEST_SIZE
from passerby.detection.tiles import Finder, find_through, windows
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError
from passerby.geometry import PixelBox
from passerby.models.cards import is_path
from passerby.models.classes import Wanted
from passerby.models.detection_network import DetectionNetwork, Opening, kinds_by_card
from passerby.models.lookup import default, preferred
from passerby.types import Detector, Image

__all__ = ["PeopleDetector", "detection_size", "known_kinds"]


_LARGEST_INPUT = 1920
"""Longest side that a network is given at once, in pixels, which bounds its memory."""

_OVERVIEW = 256
"""Long side at which a frame that is looked at closely is looked at once more, in pixels. Networks
that have learned from small pictures miss who fills a large one."""

_SMALL_OVERLAP = 0.5
"""Intersection over union above which two boxes are the same head, or the same thing. Lower than
that of persons: of two heads so close one hides the other, and what covers the one covers the
other."""


class PeopleDetector:
    """Gives a box, `Kind.PERSON`, around every person, and `Kind.HEAD` around every head.

    Args:
        model: Name of a model, or the path of an ONNX file (docs/models.md says which), or an
            opened one; the default model when left out.
        threshold: Lowest score of a box, 0-1. Low, because a tracker can tell weak boxes that
            continue a person from those that come out of nowhere (ByteTrack).
        overlap: Intersection over union above which two boxes are the same person, 0-1. High,
            because in a crowd two persons may nearly hide each other.
        size: Long side at which the image is looked at, in pixels; chosen by `detection_size`
            when left out. What does not fit into the network is looked at in windows; whoever is
            too large for a close look is found in one from afar, at 256 pixels.
        threads: How many to compute with, unless the model is open already.
        classes: Names or numbers of more classes to find: each box is a `Kind.OBJECT`.
        people: Whether persons and heads are found.

    Attributes:
        kinds: What it finds.

    Raises:
        ConfigError: If an argument is out of range, the model has no such class, or nothing is
            to be found.
        ModelError: If the model is missing, damaged, of an unknown family, or knows no persons.
    """

    def __init__(
        self,
        model: str | DetectionNetwork | None = None,
        *,
        threshold: float = 0.1,
        overlap: float = 0.65,
        size: int | None = None,
        threads: int = 2,
        classes: Sequence[str] = (),
        people: bool = True,
    ) -> None:
        for name, value in (("threshold", threshold), ("overlap", overlap)):
            if not 0 < value <= 1:
                raise ConfigError(f"{name} must be above 0 and at most 1, not {value}")
        if size is not None and not SMALLEST_SIZE <= size <= LARGEST_SIZE:
            sizes = f"{SMALLEST_SIZE} to {LARGEST_SIZE}"
            raise ConfigError(f"size must be the long side in pixels, {sizes}, not {size}")
        if not (people or classes):
            raise ConfigError("there is nothing to detect: name classes, or detect people")
        self._threshold = threshold
        self._size = size
        self._network = _opened(model, threads)
        wanted = list(self._network.people().items()) if people else []
        wanted += [(number, Kind.OBJECT) for number in self._network.numbers_of(classes)]
        self._wanted = Wanted.of(*wanted)
        self.kinds = frozenset(kind for _, kind in wanted)
        self._overlaps = {
            Kind.PERSON: overlap,
            Kind.HEAD: _SMALL_OVERLAP,
            Kind.OBJECT: _SMALL_OVERLAP,
        }

    def __call__(self, image: Image) -> Detections:
        """Find the people in an image of shape (height, width, 3), BGR.

        Returns:
            Boxes in pixels of the image, which may reach beyond its edges: persons, then heads,
            then other things, each best first.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        height, width = image.shape[:2]
        return self._search(image, (0, 0, width, height), Detections.none(), from_afar=True)

    def over_time(self) -> Detector:
        """The same for the frames of one film, which it searches where they have changed."""
        return FilmSearch(self._search, self._scale) if self._network.size is None else self

    def _scale(self, width: int, height: int) -> float:
        """By how much a picture is enlarged for a close look."""
        return (self._size or detection_size(width, height)) / max(width, height)

    def _search(
        self, image: Image, window: PixelBox, known: Detections, *, from_afar: bool
    ) -> Detections:
        """Find people; see `passerby.detection.films.PartSearch`."""
        height, width = image.shape[:2]
        scale, overview = self._scale(width, height), _OVERVIEW / max(width, height)
        close = partial(self._find, scale=scale)
        looks: list[tuple[PixelBox, Finder]] = [
            (view, close) for view in self._views(window, scale)
        ]
        everything = 0, 0, width, height
        if from_afar and scale >= 2 * overview and self._network.size is None:
            looks.append((everything, partial(self._find_tall, scale=overview, tall=TALL / scale)))
        return find_through(image, [*looks, (everything, lambda _: known)], self._overlaps)

    def _views(self, window: PixelBox, scale: float) -> list[PixelBox]:
        """Parts of a window in which the network can look at it closely."""
        left, top, right, bottom = window
        if right == left or bottom == top:
            return []
        rows, columns = self._network.size or (_LARGEST_INPUT, _LARGEST_INPUT)
        largest = math.ceil(columns / scale), math.ceil(rows / scale)
        return [
            (left + x0, top + y0, left + x1, top + y1)
            for x0, y0, x1, y1 in windows(right - left, bottom - top, *largest)
        ]

    def _find_tall(self, view: Image, scale: float, tall: float) -> Detections:
        """Find those whom a close look may miss, from ``tall`` pixels on."""
        found = self._find(view, scale)
        return found[are_tall(found, tall) | (found.kinds == Kind.OBJECT)]

    def _find(self, view: Image, scale: float) -> Detections:
        """Find in one window, enlarged ``scale`` times or less if the network cannot take that."""
        filled, scales = canvas(view, scale, self._network, _LARGEST_INPUT)
        found = self._network(filled, self._threshold, self._wanted)
        return replace(found, boxes=found.boxes / scales)


def _opened(model: str | DetectionNetwork | None, threads: int) -> DetectionNetwork:
    if isinstance(model, DetectionNetwork):
        return model
    return DetectionNetwork(model or default("person").name, Opening(threads=threads))


def detection_size(width: int, height: int) -> int:
    """Choose the long side at which a frame is looked at, in pixels.

    Frames of up to 853 pixels are looked at in 640. Larger ones show more people, and smaller
    ones: they keep three quarters of their size, so that a person of 50 pixels in a frame of
    1920x1080 still has 37, up to the 1440 that such a frame needs. A sharper picture of the same
    scene is not looked at any closer.

    Example:
        >>> detection_size(768, 576), detection_size(1920, 1080), detection_size(3840, 2160)
        (640, 1440, 1440)
    """
    return int(np.clip(round(max(width, height) * 3 / 4), 640, 1440))


def known_kinds(model: str | None = None, opening: Opening | None = None) -> frozenset[Kind]:
    """Say what a model finds of people; the default one, whether it is here or not, if left out.

    Raises:
        ConfigError: If there is no such model, or it finds no persons.
        ModelError: If it is given by its path and cannot be opened.
    """
    name = model or preferred("person").name
    if is_path(name):
        return frozenset(DetectionNetwork(name, opening).people().values())
    return kinds_by_card(name)
