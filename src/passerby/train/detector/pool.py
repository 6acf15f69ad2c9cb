"""Everything that the detector learns from, drawn at random but the same way each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.detection.faces import FaceDetector
from passerby.detection.people import PeopleDetector
from passerby.errors import ConfigError
from passerby.train.detector.clips import clip_examples
from passerby.train.detector.collections import COLLECTIONS, held_out
from passerby.train.detector.cutouts import Cutout
from passerby.train.detector.example import Example, Scene
from passerby.train.detector.faces import with_faces
from passerby.train.detector.synthetic import cutouts, scenes

__all__ = ["Pool", "Sources"]

_CLIPS = {
    "caviar-crossing-corridor.mpg": (5, 1),
    "caviar-crossing-front.mpg": (5, 1),
    "lab-camera1.mp4": (6, 2),
    "lab-camera2.mp4": (6, 2),
    "table-one-by-one.mp4": (8, 2),
}
"""Clips that may train what ships: look at one of so many frames, keep one of so many of those.

Clips that measure coverage are not among them."""

_CLIPS_WEIGHT = 0.1
_SYNTHETIC_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Sources:
    """What to learn from.

    Attributes:
        data: Folder of the collections and clips; None for synthetic people alone.
        collections: Names in `COLLECTIONS`.
        clips: Whether to learn from clips.
        worlds: Number of synthetic worlds.
        person_models: Detectors that label the clips.
        face_model: Detector whose faces become heads where heads are not labelled.
    """

    data: Path | None
    collections: tuple[str, ...]
    clips: bool = True
    worlds: int = 200
    person_models: tuple[str, ...] = ("yolox-nano", "nanodet-m")
    face_model: str = "yunet-n"


class Pool:
    """Draws scenes: first a source by its weight, then any of its pictures.

    Pictures are kept in memory once they have been read.

    Args:
        sources: What to draw from.

    Raises:
        ConfigError: If there is nothing to draw from, or a collection is unknown.
        InputError: If a collection has no pictures.
        ModelError: If a model that labels is missing.
    """

    def __init__(self, sources: Sources) -> None:
        self._groups: list[tuple[float, Sequence[Example]]] = []
        if sources.worlds:
            self._groups.append((_SYNTHETIC_WEIGHT, scenes(sources.worlds)))
        self.cutouts: list[Cutout] = cutouts(max(sources.worlds // 4, 1))
        self._faces: FaceDetector | None = None
        if sources.data is not None:
            self._faces = FaceDetector(sources.face_model)
            self._groups += _collections(sources.data, sources.collections)
            if sources.clips:
                self._groups.append((_CLIPS_WEIGHT, _clips(sources)))
        if not any(len(examples) for _, examples in self._groups):
            raise ConfigError("there is nothing to learn from: give --data, or --worlds above 0")
        weights = np.array([weight for weight, _ in self._groups])
        self._chances = weights / weights.sum()
        self._scenes: dict[str, Scene] = {}

    def draw(self, rng: np.random.Generator) -> Scene:
        """Choose a scene."""
        _, examples = self._groups[int(rng.choice(len(self._groups), p=self._chances))]
        example = examples[int(rng.integers(len(examples)))]
        if example.name not in self._scenes:
            scene = example.load()
            if self._faces is not None and not example.name.startswith(("synth/", "hardhat/")):
                scene = with_faces(scene, self._faces)
            self._scenes[example.name] = scene
        return self._scenes[example.name]


def _collections(data: Path, names: Sequence[str]) -> list[tuple[float, Sequence[Example]]]:
    return [
        (COLLECTIONS[name].weight, held_out(COLLECTIONS[name].examples(data))[0]) for name in names
    ]


def _clips(sources: Sources) -> list[Example]:
    assert sources.data is not None  # noqa: S101 - the caller asks for clips only with data
    people = [
        PeopleDetector(name, threshold=0.1, size=640, threads=1) for name in sources.person_models
    ]
    return [
        example
        for name, (every, kept) in _CLIPS.items()
        for example in clip_examples(sources.data / "video" / name, people, every, kept)
    ]
