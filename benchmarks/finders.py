"""The networks that are compared: ours and those that others gave away."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from passerby.detection.faces import FaceDetector
from passerby.detection.people import PeopleDetector, known_kinds
from passerby.detections import Detections, Kind
from passerby.models.cards import MODELS, is_path
from passerby.models.lookup import resolve
from passerby.types import Detector, Image

__all__ = ["OURS", "YARDSTICK", "Finder", "finders", "inside"]

OURS = "passerby"
"""What ours is called in tables, whatever its file."""

YARDSTICK = "yolox-nano"
"""What ours is measured against."""

_BUILT_IN = "passerby-people"
_PEERS = YARDSTICK, "nanodet-m", "fastestdet", "yunet-n"
_AS_IT_IS = {Kind.PERSON: Kind.PERSON, Kind.HEAD: Kind.HEAD}


@dataclass(frozen=True)
class Finder:
    """A network.

    Attributes:
        name: In tables.
        model: Name of the model, or path of an ONNX file.
        answers: Which of its boxes answer the question for persons, and which that for heads.
    """

    name: str
    model: str
    answers: Mapping[Kind, Kind] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Its file."""
        return resolve(self.model)

    def detector(self, threshold: float, size: int | None, threads: int = 2) -> Detector:
        """Make it ready.

        Args:
            threshold: Lowest score.
            size: Long side in pixels at which pictures are looked at; as it does by itself if None.
            threads: How many to compute with.
        """
        if Kind.FACE not in self.answers.values():
            return PeopleDetector(self.model, threshold=threshold, size=size, threads=threads)
        cv2.setNumThreads(threads)
        faces = FaceDetector(self.model, threshold=threshold)
        return faces if size is None else _Resized(faces, size)


def finders(model: str | None) -> list[Finder]:
    """All of them: ours first, unless it is neither named nor here.

    Args:
        model: Ours: a name or the path of an ONNX file; the one that comes with passerby if None.
    """
    ours = model or (_BUILT_IN if _BUILT_IN in MODELS else None)
    named = [] if ours is None else [Finder(OURS, ours, _answers(ours))]
    return named + [Finder(name, name, _answers(name)) for name in _PEERS]


def _answers(model: str) -> dict[Kind, Kind]:
    """Faces are all that YuNet knows of heads."""
    if not is_path(model) and MODELS[model].role == "face":
        return {Kind.HEAD: Kind.FACE}
    known = known_kinds(model)
    return {asked: given for asked, given in _AS_IT_IS.items() if given in known}


@dataclass(frozen=True)
class _Resized:
    """A detector that is shown pictures at one long side."""

    detector: Detector
    size: int

    def __call__(self, image: Image) -> Detections:
        height, width = image.shape[:2]
        scale = self.size / max(height, width)
        columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
        found = self.detector(np.asarray(cv2.resize(image, (columns, rows)), np.uint8))
        scales = np.array([columns / width, rows / height] * 2, np.float32)
        return replace(found, boxes=found.boxes / scales)


def inside(found: Detections, image: Image) -> Detections:
    """The same boxes, cut off where the picture ends, as those of ground truth are."""
    height, width = image.shape[:2]
    return replace(found, boxes=found.boxes.clip(0, np.array([width, height] * 2, np.float32)))
