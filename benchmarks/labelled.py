"""Pictures in which somebody marked the people or the heads, and on which ours never learned."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from clips import CAMPUS
from passerby.detections import Kind
from passerby.evaluate.ground_truth import read_ground_truth
from passerby.evaluate.pictures import read_pictures
from passerby.geometry import from_xywh
from passerby.synth.camera import Camera, ceiling, eye_level, raised
from passerby.synth.people import World
from passerby.train.detector.collections import COLLECTIONS, Collection, held_out
from passerby.train.detector.example import LabelledScene, Labels
from passerby.train.detector.synthetic import labels_of

__all__ = ["LabelledSet", "labelled_sets", "read_pascal"]

_SIZE = 640, 480
_MOMENTS = 2
_BOX = re.compile(r"Bounding box .* : \((\d+), (\d+)\) - \((\d+), (\d+)\)")


@dataclass(frozen=True)
class LabelledSet:
    """A set of pictures with boxes.

    Attributes:
        name: In tables.
        kinds: What is marked in them.
        real: Whether they are photographs or frames of a camera.
        scenes: Reads or draws them.
    """

    name: str
    kinds: Sequence[Kind]
    real: bool
    scenes: Callable[[], Iterator[LabelledScene]]


def labelled_sets(data: Path, worlds: int) -> list[LabelledSet]:
    """All sets that are here.

    Args:
        data: The folder that holds those of real people.
        worlds: How many places of people who do not exist are drawn for each kind of camera.
    """
    sets = [
        LabelledSet(one.name, _kinds(one), real=True, scenes=partial(_of_collection, one, data))
        for one in (COLLECTIONS[name] for name in COLLECTIONS)
        if (data / one.folder).is_dir()
    ]
    fudan = data / "detection" / "fudanped"
    if fudan.is_dir():
        sets.append(
            LabelledSet("fudanped", [Kind.PERSON], real=True, scenes=partial(_fudan, fudan))
        )
    if CAMPUS.video.exists():
        sets.append(LabelledSet("pets09-s2l1", [Kind.PERSON], real=True, scenes=_campus))
    both = [Kind.PERSON, Kind.HEAD]
    return sets + [
        LabelledSet(f"synth, {name}", both, real=False, scenes=partial(_synthetic, camera, worlds))
        for name, camera in _CAMERAS.items()
    ]


def _kinds(collection: Collection) -> list[Kind]:
    marked = {Kind.PERSON: collection.people, Kind.HEAD: collection.heads}
    return [kind for kind, known in marked.items() if known]


def _of_collection(collection: Collection, data: Path) -> Iterator[LabelledScene]:
    """What is held out; all of a set that may train nothing that ships."""
    examples = collection.examples(data)
    for example in held_out(examples)[1] if collection.ships else examples:
        yield example.load()


def _fudan(folder: Path) -> Iterator[LabelledScene]:
    """Penn-Fudan (Wang et al. 2007); who is small or mostly hidden is not marked."""
    for path in sorted((folder / "images").glob("*.jpg")):
        image = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
        text = (folder / "Annotation" / f"{path.stem}.txt").read_text(encoding="utf-8")
        yield LabelledScene(image, Labels.of(read_pascal(text)))


def read_pascal(text: str) -> list[list[int]]:
    """Read PASCAL's annotations of version 1.00, whose pixels count from 1.

    Example:
        >>> read_pascal('Bounding box for object 1 "P" (Xmin ...) - (... Ymax) : (1, 2) - (3, 4)')
        [[0, 1, 3, 4]]
    """
    corners = (map(int, found) for found in _BOX.findall(text))
    return [[left - 1, top - 1, right, bottom] for left, top, right, bottom in corners]


def _campus() -> Iterator[LabelledScene]:
    """Those frames of the campus whose persons are known."""
    people = read_ground_truth(CAMPUS.truth).persons if CAMPUS.truth else {}
    for number, image in read_pictures(CAMPUS.video, people):
        height, width = image.shape[:2]
        boxes = from_xywh(people[number]).clip(0, np.array([width, height] * 2, np.float32))
        yield LabelledScene(image, Labels.of(boxes))


def _synthetic(
    camera: Callable[[np.random.Generator, float], Camera], worlds: int
) -> Iterator[LabelledScene]:
    """Two moments of each world, whose seeds training does not use."""
    for seed in range(worlds):
        rng = np.random.default_rng([seed, 43])
        half = float(rng.uniform(2.5, 6))
        world = World.random(seed, int(rng.integers(1, 16)), half=(half, half))
        for shot in world.shots(camera(rng, half), world.moments(_MOMENTS), 25.0):
            yield LabelledScene(shot.image, labels_of(shot.sightings))


def _eye_level(rng: np.random.Generator, half: float) -> Camera:
    bearing, distance = rng.uniform(0, 2 * np.pi), half * rng.uniform(1.3, 2)
    return eye_level(np.zeros(2), bearing, distance, name="eye level", size=_SIZE)


def _raised(rng: np.random.Generator, half: float) -> Camera:
    bearing, distance = rng.uniform(0, 2 * np.pi), half * rng.uniform(1.2, 2)
    return raised(np.zeros(2), bearing, distance, name="raised", size=_SIZE)


def _above(rng: np.random.Generator, half: float) -> Camera:  # noqa: ARG001  (as the others)
    return ceiling(np.zeros(2), rng.uniform(3.2, 6), name="from above", size=_SIZE)


_CAMERAS = {"eye level": _eye_level, "raised": _raised, "from above": _above}
