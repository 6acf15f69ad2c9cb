"""The pictures that the detector may learn from, and who said that it may."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from passerby.detections import Kind
from passerby.errors import InputError
from passerby.registry import Registry
from passerby.train.detector.example import Example, LabelledScene, Labels
from passerby.train.detector.yolo import read_labels

__all__ = ["COLLECTIONS", "Collection", "held_out"]

_HELD_OUT = 7
"""Of so many pictures in the order of their names, the last one is never learned from."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A set of pictures with boxes.

    Attributes:
        name: For commands and cards.
        folder: Where it lies under the data folder.
        licence: As its publisher states it.
        source: Who published it.
        ships: Whether weights that learned from it may be given away; otherwise it only
            measures, or trains what is never shipped.
        weight: How often it is drawn, relative to the others.
        people: Whether all people have boxes.
        heads: Whether all heads have boxes.
        classes: What the numbers in its files mean.
    """

    name: str
    folder: str
    licence: str
    source: str
    ships: bool
    weight: float
    people: bool
    heads: bool
    classes: tuple[tuple[int, Kind], ...]

    def examples(self, data: Path) -> list[Example]:
        """List its pictures in the order of their names.

        Raises:
            InputError: If there is none.
        """
        images = sorted((data / self.folder / "images").glob("*.jpg"))
        if not images:
            raise InputError(
                f"no pictures in {data / self.folder / 'images'}: check --data, or leave the "
                f"collection {self.name} out"
            )
        return [Example(f"{self.name}/{path.stem}", partial(self._load, path)) for path in images]

    def _load(self, path: Path) -> LabelledScene:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise InputError(f"{path} cannot be read as a picture: remove it or download it again")
        height, width = image.shape[:2]
        boxes = read_labels(path.parents[1] / "labels" / f"{path.stem}.txt", width, height)
        kinds = dict(self.classes)
        people, heads = (
            [box for number, box in boxes if kinds.get(number) == kind]
            for kind in (Kind.PERSON, Kind.HEAD)
        )
        labels = Labels.of(people, heads)
        return LabelledScene(np.asarray(image, np.uint8), self._doubted(labels, width, height))

    def _doubted(self, labels: Labels, width: int, height: int) -> Labels:
        """Mark where there may be people or heads that have no box."""
        if not self.people:
            labels = labels.doubted([(0, 0, width, height)], Kind.PERSON)
        if not self.heads:
            labels = labels.doubted(labels.of_kind(Kind.PERSON), Kind.HEAD)
        return labels


def held_out(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Split into what is learned from and what only measures: the last seventh by name.

    Neighbours in name are often neighbours in time, so a whole stretch is held out.
    """
    count = len(examples) - len(examples) // _HELD_OUT
    return examples[:count], examples[count:]


COLLECTIONS: Registry[Collection] = Registry("collection")
"""All collections of pictures with boxes."""

_PERSON = ((0, Kind.PERSON),)
_HEAD = ((1, Kind.HEAD),)

for _collection in (
    Collection(
        "voc2007",
        "people/voc2007",
        "Flickr terms, as COCO",
        "PASCAL VOC 2007",
        ships=True,
        weight=0.34,
        people=True,
        heads=False,
        classes=_PERSON,
    ),
    Collection(
        "coco128",
        "detection/coco128",
        "annotations CC BY 4.0, images Flickr terms",
        "COCO train2017, 128 images",
        ships=True,
        weight=0.08,
        people=True,
        heads=False,
        classes=_PERSON,
    ),
    Collection(
        "css",
        "people/css",
        "CC BY 4.0",
        "github.com/runtueee/PPE_detection",
        ships=True,
        weight=0.12,
        people=True,
        heads=False,
        classes=_PERSON,
    ),
    Collection(
        "rohith",
        "people/rohith",
        "CC BY 4.0",
        "github.com/Rohith3330/DEEPSORT_FINAL",
        ships=True,
        weight=0.05,
        people=True,
        heads=False,
        classes=_PERSON,
    ),
    Collection(
        "luiz",
        "people/luiz",
        "CC BY 4.0",
        "github.com/LuizFrra/person_detector_yolo",
        ships=True,
        weight=0.03,
        people=True,
        heads=False,
        classes=_PERSON,
    ),
    Collection(
        "hardhat",
        "people/hardhat",
        "Public Domain",
        "github.com/ahamedkafeel22/helmet-safety-detection",
        ships=True,
        weight=0.14,
        people=False,
        heads=True,
        classes=_HEAD,
    ),
    Collection(
        "scut-head",
        "people/scut-head",
        "research only",
        "SCUT-HEAD (Peng et al. 2018)",
        ships=False,
        weight=0.1,
        people=False,
        heads=True,
        classes=_HEAD,
    ),
):
    COLLECTIONS.add(_collection.name, _collection)
