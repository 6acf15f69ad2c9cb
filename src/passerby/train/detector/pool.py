"""Everything that the detector learns from, drawn at random but the same way each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np

from passerby.detection.faces import FaceDetector
from passerby.detection.people import PeopleDetector
from passerby.errors import ConfigError
from passerby.train.detector.clips import clip_examples
from passerby.train.detector.closer import CloserLook
from passerby.train.detector.collections import COLLECTIONS, held_out
from passerby.train.detector.cutouts import Cutout
from passerby.train.detector.example import Example, LabelledScene
from passerby.train.detector.faces import with_faces
from passerby.train.detector.footage import FOOTAGE
from passerby.train.detector.synthetic import crowds, cutouts, scenes

__all__ = ["Pool", "Sources"]

_Group = tuple[float, Sequence[Example]]
"""How often it is drawn, relative to the others, and its pictures."""

_CLIPS_WEIGHT = 0.1
_SYNTHETIC_WEIGHT = 0.2
_CROWDS_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Sources:
    """What to learn from.

    Attributes:
        data: Folder of the collections and clips; None for synthetic people alone.
        collections: Names in `COLLECTIONS`.
        clips: Whether to learn from clips.
        worlds: Number of synthetic worlds.
        crowds: Number of synthetic worlds that are full of people.
        person_models: Detectors that label the clips.
        face_model: Detector whose faces become heads where heads are not labelled.
        head_model: Detector of heads that looks closer for more of them there; None for none.
    """

    data: Path | None
    collections: tuple[str, ...]
    clips: bool = True
    worlds: int = 200
    crowds: int = 0
    person_models: tuple[str, ...] = ("yolox-nano", "nanodet-m")
    face_model: str = "yunet-n"
    head_model: str | None = None


class Pool:
    """Draws scenes: first a source by its weight, then any of its pictures.

    Pictures are kept in memory once they have been read. Several threads may draw at a time.

    Args:
        sources: What to draw from.

    Raises:
        ConfigError: If there is nothing to draw from, or a collection is unknown.
        InputError: If a collection has no pictures.
        ModelError: If a model that labels is missing.
    """

    def __init__(self, sources: Sources) -> None:
        self._groups: list[_Group] = []
        if sources.worlds:
            self._groups.append((_SYNTHETIC_WEIGHT, scenes(sources.worlds)))
        if sources.crowds:
            self._groups.append((_CROWDS_WEIGHT, crowds(sources.crowds)))
        if sources.data is not None:
            self._groups += _photographs(sources, sources.data)
        if not self._groups:
            raise ConfigError(
                "there is no training data: give --data, or --worlds or --crowds above 0"
            )
        weights = np.array([weight for weight, _ in self._groups])
        self._chances = weights / weights.sum()
        self.cutouts: list[Cutout] = cutouts(max(sources.worlds // 4, 1))
        self._scenes: dict[str, LabelledScene] = {}
        self._one_at_a_time = Lock()

    def draw(self, rng: np.random.Generator) -> LabelledScene:
        """Choose a scene."""
        _, examples = self._groups[int(rng.choice(len(self._groups), p=self._chances))]
        example = examples[int(rng.integers(len(examples)))]
        with self._one_at_a_time:  # a detector that adds faces is no use to two threads at once
            if example.name not in self._scenes:
                self._scenes[example.name] = example.load()
            return self._scenes[example.name]


def _photographs(sources: Sources, data: Path) -> list[_Group]:
    """List pictures of real people; where their heads have no boxes, those found are added."""
    finder = _HeadFinder(sources)
    groups: list[_Group] = []
    for name in sources.collections:
        collection = COLLECTIONS[name]
        examples, _ = held_out(collection.examples(data))
        if not collection.heads:
            examples = finder.examples(examples)
        groups.append((collection.weight, examples))
    if sources.clips:
        groups.append((_CLIPS_WEIGHT, finder.examples(_clips(sources, data))))
    return groups


class _HeadFinder:
    """Adds the heads of faces, and then those that a closer look finds."""

    def __init__(self, sources: Sources) -> None:
        self._faces = FaceDetector(sources.face_model)
        self._closer = CloserLook(sources.head_model) if sources.head_model else None

    def examples(self, examples: Sequence[Example]) -> list[Example]:
        return [Example(one.name, partial(self._load, one)) for one in examples]

    def _load(self, example: Example) -> LabelledScene:
        scene = with_faces(example.load(), self._faces)
        return self._closer(scene) if self._closer else scene


def _clips(sources: Sources, data: Path) -> list[Example]:
    people = [
        PeopleDetector(name, threshold=0.1, size=640, threads=1) for name in sources.person_models
    ]
    return [
        example
        for clip in FOOTAGE
        for example in clip_examples(data / clip.file, people, clip.every, clip.kept)
    ]
