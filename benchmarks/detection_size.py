"""How closely people must be looked at: recall and processor time by the size of the input.

    PASSERBY_MODELS=... python benchmarks/detection_size.py

The frames are mosaics of a campus seen from above, whose persons are known. Recall is the share of
them that the detector finds at IoU 0.5 and score 0.1. The size that passerby takes by itself,
`passerby.detection.people.detection_size`, is marked.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from clips import CAMPUS
from matching import found
from passerby.detection.people import PeopleDetector, detection_size
from passerby.detections import Boxes
from passerby.errors import PasserbyError
from passerby.evaluate.ground_truth import read_ground_truth
from passerby.evaluate.pictures import read_pictures
from passerby.geometry import from_xywh
from passerby.types import Image
from stamp import stamp
from table import markdown

MOSAICS = (1, 0.5), (1, 1.0), (3, 0.5), (2, 1.0), (3, 0.8)
"""Pictures on each side of a mosaic, and by how much they are scaled."""

SIZES = 416, 640, 768, 960, 1280, 1920
LARGEST_ZOOM = 1.7
SCORE = 0.1


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, shape (height, width, 3), and the boxes of its persons, shape (n, 4)."""

    image: Image
    people: Boxes


def scenes() -> list[Scene]:
    """The frames of the campus whose persons are known; boxes end where the picture does."""
    people = read_ground_truth(CAMPUS.truth).persons if CAMPUS.truth else {}
    return [
        Scene(image, _inside(from_xywh(people[number]), image))
        for number, image in read_pictures(CAMPUS.video, people)
    ]


def _inside(boxes: Boxes, image: Image) -> Boxes:
    height, width = image.shape[:2]
    return boxes.clip(0, np.array([width, height] * 2, np.float32))


def mosaic(tiles: Sequence[Scene], side: int, scale: float) -> Scene:
    """Put ``side * side`` scenes of one size together, row by row, each scaled."""
    height, width = tiles[0].image.shape[:2]
    columns, rows = round(width * scale), round(height * scale)
    image = np.zeros((side * rows, side * columns, 3), np.uint8)
    people = []
    for number, tile in enumerate(tiles[: side * side]):
        top, left = number // side * rows, number % side * columns
        image[top : top + rows, left : left + columns] = cv2.resize(
            tile.image, (columns, rows), interpolation=cv2.INTER_AREA
        )
        factors = np.array([columns / width, rows / height] * 2, np.float32)
        people.append(tile.people * factors + np.array([left, top] * 2, np.float32))
    return Scene(image, np.concatenate(people))


def mosaics(tiles: Sequence[Scene], side: int, scale: float) -> list[Scene]:
    """As many mosaics as there are scenes, each of scenes that lie far apart."""
    apart = len(tiles) // side**2
    return [
        mosaic([tiles[(first + apart * n) % len(tiles)] for n in range(side**2)], side, scale)
        for first in range(len(tiles))
    ]


def recall(detector: PeopleDetector, shown: Sequence[Scene]) -> tuple[float, float]:
    """Share of the persons found, and seconds of processor time a frame."""
    detector(shown[0].image)  # the first run makes room in memory
    start = time.process_time()
    answers = [detector(scene.image).boxes for scene in shown]
    seconds = (time.process_time() - start) / len(shown)
    hits = sum(found(scene.people, boxes) for scene, boxes in zip(shown, answers, strict=True))
    return hits / sum(len(scene.people) for scene in shown), seconds


def rows_of(shown: Sequence[Scene], model: str | None, threads: int) -> list[tuple[str, ...]]:
    """One row of the table for each size that makes sense for these frames."""
    height, width = shown[0].image.shape[:2]
    heights = np.concatenate([scene.people[:, 3] - scene.people[:, 1] for scene in shown])
    low, high = np.percentile(heights, (5, 95))
    default = detection_size(width, height)
    rows: list[tuple[str, ...]] = []
    for size in sorted({*SIZES, default}):
        if size <= LARGEST_ZOOM * max(width, height):
            detector = PeopleDetector(model, threshold=SCORE, size=size, threads=threads)
            share, seconds = recall(detector, shown)
            looked_at = f"{size}, the default" if size == default else f"{size}"
            sizes = f"{width}x{height}", f"{low:.0f}-{high:.0f}", looked_at
            rows.append((*sizes, f"{share:.3f}", f"{1000 * seconds:.0f} ms"))
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", help="of people: a name or an ONNX file")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if not CAMPUS.video.exists():
        sys.exit(f"{CAMPUS.video.name} is not here: there is nothing to measure with")
    cv2.setNumThreads(1)
    try:
        record = stamp()
        print(
            "\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load"))
        )
        tiles = scenes()
        rows = [
            row
            for side, scale in MOSAICS
            for row in rows_of(mosaics(tiles, side, scale), options.model, options.threads)
        ]
    except PasserbyError as error:
        sys.exit(str(error))
    head = "frame", "height of people, pixels", "input size", "recall", "processor time per frame"
    print(f"\n{markdown(head, rows)}")


if __name__ == "__main__":
    main()
