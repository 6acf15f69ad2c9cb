"""Find people, and their heads where the network knows them."""

import math
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detection.tiles import find_through, windows
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.decoders import DECODERS, Decoder
from passerby.models.lookup import card_of, default, is_path, preferred, resolve
from passerby.models.session import Network
from passerby.types import Image

__all__ = ["LARGEST_SIZE", "SMALLEST_SIZE", "PeopleDetector", "detection_size", "known_kinds"]

SMALLEST_SIZE = 32

LARGEST_SIZE = 8192
"""Longest side at which an image can be looked at, in pixels: the time grows with its square."""

_STRIDE = 32
"""Sides of a network's input are multiples of the stride of its coarsest feature map."""

_LARGEST_INPUT = 1920
"""Longest side that a network is given at once, in pixels, which bounds its memory."""

_OVERVIEW = 256
"""Long side at which a frame that is looked at closely is looked at once more, in pixels. Networks
that have learned from small pictures miss who fills a large one."""

_HEAD_OVERLAP = 0.5
"""Intersection over union above which two boxes are the same head. Lower than that of persons:
of two heads so close one hides the other, and what covers the one covers the other."""


class PeopleDetector:
    """Gives a box, `Kind.PERSON`, around every person, and `Kind.HEAD` around every head.

    Args:
        model: Name of a model, or the path of an ONNX file: what `passerby train detector`
            writes, or an export of YOLOX, NanoDet or FastestDet whose first class is "person",
            which gives no heads; the default model when left out.
        threshold: Lowest score of a box, 0-1. Low, because a tracker can tell weak boxes that
            continue a person from those that come out of nowhere (ByteTrack).
        overlap: Intersection over union above which two boxes are the same person, 0-1. High,
            because in a crowd two persons may nearly hide each other.
        size: Long side at which the image is looked at, in pixels; chosen by `detection_size`
            when left out. What does not fit into the network is looked at in windows; whoever is
            too large for a close look is found in a second one, at 256 pixels.
        threads: How many to compute with.

    Attributes:
        kinds: What the network knows.

    Raises:
        ConfigError: If an argument is out of range.
        ModelError: If the model is missing, damaged or of an unknown family.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        threshold: float = 0.1,
        overlap: float = 0.65,
        size: int | None = None,
        threads: int = 2,
    ) -> None:
        for name, value in (("threshold", threshold), ("overlap", overlap)):
            if not 0 < value <= 1:
                raise ConfigError(f"{name} must be above 0 and at most 1, not {value}")
        if size is not None and not SMALLEST_SIZE <= size <= LARGEST_SIZE:
            sizes = f"{SMALLEST_SIZE} to {LARGEST_SIZE}"
            raise ConfigError(f"size must be the long side in pixels, {sizes}, not {size}")
        self._threshold = threshold
        self._size = size
        self._network, self._decoder = _load(model or default("person").name, threads)
        self.kinds = self._decoder.kinds
        self._overlaps = {Kind.PERSON: overlap, Kind.HEAD: _HEAD_OVERLAP}

    def __call__(self, image: Image) -> Detections:
        """Find the people in an image of shape (height, width, 3), BGR.

        Returns:
            Boxes in pixels of the image, which may reach beyond its edges: persons, then heads,
            each best first.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        height, width = image.shape[:2]
        size = self._size or detection_size(width, height)
        scale = size / max(width, height)
        rows, columns = self._network.size or (_LARGEST_INPUT, _LARGEST_INPUT)
        views = windows(width, height, math.ceil(columns / scale), math.ceil(rows / scale))
        looks = [(view, partial(self._find, scale=scale)) for view in views]
        if size >= 2 * _OVERVIEW and self._network.size is None:
            overview = partial(self._find, scale=_OVERVIEW / max(width, height))
            looks.append(((0, 0, width, height), overview))
        return find_through(image, looks, self._overlaps)

    def _find(self, view: Image, scale: float) -> Detections:
        """Find in one window, enlarged ``scale`` times or less if the network cannot take that."""
        canvas, scales = _canvas(view, scale, self._network.size, self._decoder)
        outputs = self._network(self._decoder.prepare(canvas))
        height, width = canvas.shape[:2]
        found = self._decoder.decode(outputs, height, width, self._threshold)
        if not (np.isfinite(found.boxes).all() and np.isfinite(found.scores).all()):
            raise DetectionError("the network gave numbers that are not finite: try another model")
        return replace(found, boxes=found.boxes / scales)


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


def known_kinds(model: str | None = None) -> frozenset[Kind]:
    """Say what a model finds; the default model, whether it is here or not, when left out.

    Raises:
        ConfigError: If there is no such model, or it finds no persons.
        ModelError: If it is given by its path and cannot be opened.
    """
    name = model or preferred("person").name
    if is_path(name):
        return PeopleDetector(name, threads=1).kinds
    return _decoder(name).kinds


def _load(model: str, threads: int) -> tuple[Network, Decoder]:
    """Open a model by name or by path and find its decoder."""
    if is_path(model):
        network = Network(resolve(model), threads)
        return network, _recognised(network, model)
    decoder = _decoder(model)
    return Network(resolve(model), threads), decoder


def _decoder(name: str) -> Decoder:
    card = card_of(name, "person")
    if card.decoder not in DECODERS:
        raise ConfigError(f"model {name} finds a {card.role}, not a person: choose another")
    return DECODERS[card.decoder]


def _recognised(network: Network, path: str) -> Decoder:
    """Tell the family of a network by the shapes of its outputs."""
    rows, columns = network.size or (_STRIDE, _STRIDE)
    shapes = [output.shape for output in network(np.zeros((1, 3, rows, columns), np.float32))]
    for decoder in DECODERS.values():
        if decoder.fits(shapes, rows, columns):
            return decoder
    known = ", ".join(DECODERS)
    raise ModelError(
        f"{path} is none of {known}: for {rows}x{columns} pixels its outputs are {shapes}"
    )


def _canvas(
    view: Image, scale: float, size: tuple[int, int] | None, decoder: Decoder
) -> tuple[Image, npt.NDArray[np.float32]]:
    """Scale a picture into a network's input; the rest of the input is grey.

    Returns:
        The input, and by how much a box in it must be divided, shape (4,).
    """
    height, width = view.shape[:2]
    limit_rows, limit_columns = size or (_LARGEST_INPUT, _LARGEST_INPUT)
    scale = min(scale, limit_columns / width, limit_rows / height)
    columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
    if size is not None and not decoder.keeps_aspect:
        rows, columns = size
    scaled = cv2.resize(view, (columns, rows), interpolation=cv2.INTER_LINEAR)
    full_rows, full_columns = size or (_multiple(rows), _multiple(columns))
    canvas = np.full((full_rows, full_columns, 3), decoder.padding, np.uint8)
    canvas[:rows, :columns] = scaled
    return canvas, np.array([columns / width, rows / height] * 2, np.float32)


def _multiple(length: int) -> int:
    return math.ceil(length / _STRIDE) * _STRIDE
