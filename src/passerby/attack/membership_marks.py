"""What gives away that a network has learned from a picture: its marks, see `membership`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detection.people import PeopleDetector
from passerby.detections import Boxes, Detections
from passerby.geometry import intersection_over_union
from passerby.models.cards import MODELS, is_path
from passerby.models.lookup import resolve
from passerby.models.obfuscation_network import OBFUSCATOR_KEY, ObfuscationNetwork
from passerby.models.session import read_graph
from passerby.signatures.describer import Describer
from passerby.signatures.network import says_pixels
from passerby.signatures.opening import is_checkpoint, open_describer
from passerby.signatures.stream import describe_all
from passerby.types import Detector, Image

__all__ = [
    "DetectorMarks",
    "MarkedNetwork",
    "MemberPicture",
    "ObfuscatorMarks",
    "SignatureMarks",
    "marks_of",
    "open_marks",
]

_Row = npt.NDArray[np.float64]

_SIDE = 32
"""Cells on each side in which outputs of an obfuscator are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class MemberPicture:
    """A picture of which an attacker asks whether a network has learned from it.

    Attributes:
        image: Raw; it goes no further than marks.
        truth: Boxes of those in it, shape (n, 4), left, top, right, bottom; None where nobody
            knows them.
        person: Whose picture it is: marks of one person, or of all in one photograph, are averaged.
            None for a person, or a scene, of its own.
    """

    image: Image
    truth: Boxes | None = None
    person: int | None = None


class MarkedNetwork(Protocol):
    """A network that can be asked for marks.

    Attributes:
        marks: Their names.
    """

    marks: tuple[str, ...]

    def __call__(self, picture: MemberPicture) -> _Row:
        """Return the marks of a picture, the higher the surer; NaN where one means nothing."""
        ...


def _mirrored(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def _scaled(image: Image, factor: float) -> Image:
    return np.asarray((image * np.float32(factor)).clip(0, 255), np.uint8)


def _darker(image: Image) -> Image:
    return _scaled(image, 0.7)


def _brighter(image: Image) -> Image:
    return _scaled(image, 1.3)


def _blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.5), np.uint8)


def _noisy(image: Image) -> Image:
    noise = np.random.default_rng(0).normal(0, 12, image.shape)
    return np.asarray((image + noise).clip(0, 255), np.uint8)


_VIEWS: dict[str, Callable[[Image], Image]] = {
    "mirrored": _mirrored,
    "darker": _darker,
    "brighter": _brighter,
    "blurred": _blurred,
    "noisy": _noisy,
}
"""Small changes. Most networks are shown such changes of what they learn from."""

_STEADY = tuple(f"steady if {name}" for name in _VIEWS)


class SignatureMarks:
    """Of a network that describes crops: how much a signature stays if its crop is changed.

    Args:
        describer: The network.
    """

    marks = _STEADY

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    def __call__(self, picture: MemberPicture) -> _Row:
        """Compare the signature with those of the views, by cosine."""
        views = [picture.image, *(change(picture.image) for change in _VIEWS.values())]
        rows = describe_all(self._describer, views, threads=1).astype(np.float64)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return np.asarray(rows[1:] @ rows[0])


class DetectorMarks:
    """Of a network that finds people: how sure it is, how steady, and how well it fits the truth.

    Args:
        detector: Gives boxes with scores.
    """

    marks = ("sure", "fits the truth", *_STEADY)

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def __call__(self, picture: MemberPicture) -> _Row:
        """Look for people in the picture and in its views."""
        found = self._detector(picture.image)
        scores = found.scores
        sure = float((scores**2).sum() / scores.sum()) if len(scores) else 0.0
        fits = np.nan
        if picture.truth is not None and len(picture.truth):
            fits = _agreement(picture.truth, np.ones(len(picture.truth)), found)
        width = picture.image.shape[1]
        steady = []
        for name, change in _VIEWS.items():
            seen = self._detector(change(picture.image))
            boxes = found.boxes
            if name == "mirrored":
                boxes = np.stack(
                    [width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1
                )
            steady.append(_agreement(boxes, scores, seen))
        return np.array([sure, fits, *steady])


class ObfuscatorMarks:
    """Of an obfuscator: how much its output stays if its picture is changed.

    Args:
        network: Turns a picture into one of the same size.
    """

    marks = ("faithful", *_STEADY)

    def __init__(self, network: Callable[[Image], Image]) -> None:
        self._network = network

    def __call__(self, picture: MemberPicture) -> _Row:
        """Correlate outputs, and the output with the picture."""
        made = self._network(picture.image)
        row = [_correlation(made, picture.image)]
        for name, change in _VIEWS.items():
            other = self._network(change(picture.image))
            row.append(_correlation(made, _mirrored(other) if name == "mirrored" else other))
        return np.array(row)


def open_marks(model: str) -> MarkedNetwork:
    """Open a network of any role, to ask it for marks.

    Args:
        model: A name, an ONNX file, or a checkpoint of a network that makes signatures.

    Raises:
        ConfigError: If there is no such network, or it finds faces alone.
        ModelError: If its file is missing, damaged, or of an unknown family.
    """
    role = MODELS[model].role if model in MODELS else None
    if role == "obfuscator" or (role is None and is_path(model) and _obfuscates(resolve(model))):
        return ObfuscatorMarks(ObfuscationNetwork(resolve(model), threads=1))
    if role == "signature" or is_checkpoint(model) or (role is None and says_pixels(model)):
        return SignatureMarks(open_describer(model))
    return DetectorMarks(PeopleDetector(model, threads=1))


def marks_of(
    network: MarkedNetwork,
    pictures: Iterable[MemberPicture],
    progress: Callable[[], None] = lambda: None,
) -> _Row:
    """Ask a network for the marks of pictures, and average those of one person.

    Args:
        network: Whom to ask.
        pictures: Read as they are needed.
        progress: Called after each picture.

    Returns:
        Shape (people, marks), in the order in which people come first.

    Raises:
        DetectionError: If the network fails.
    """
    rows: dict[object, list[_Row]] = {}
    for number, picture in enumerate(pictures):
        whose = ("picture", number) if picture.person is None else picture.person
        rows.setdefault(whose, []).append(network(picture))
        progress()
    if not rows:
        return np.empty((0, len(network.marks)))
    return np.stack([_mean(one) for one in rows.values()])


def _obfuscates(path: Path) -> bool:
    return any(entry.key == OBFUSCATOR_KEY for entry in read_graph(path).metadata_props)


def _mean(rows: Sequence[_Row]) -> _Row:
    """The mean of what means anything."""
    stacked = np.stack(rows)
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    total = np.where(known, stacked, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _agreement(boxes: Boxes, weights: npt.NDArray[np.floating], found: Detections) -> float:
    """How well boxes are found: the best overlap of each times its score, 0-1."""
    if not len(boxes) or not len(found) or not weights.sum():
        return 0.0
    best = (intersection_over_union(boxes, found.boxes) * found.scores).max(axis=1)
    return float((best * weights).sum() / weights.sum())


def _correlation(one: Image, other: Image) -> float:
    """Of the cells of two pictures; 0 if one of them is flat."""
    cells = [
        cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
        for image in (one, other)
    ]
    first, second = (cell - cell.mean() for cell in cells)
    length = np.linalg.norm(first) * np.linalg.norm(second)
    return float(first @ second / length) if length else 0.0
