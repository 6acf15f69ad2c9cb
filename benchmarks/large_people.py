"""How many of the people who fill a picture are found, as it is and enlarged.

    python benchmarks/large_people.py
    python benchmarks/large_people.py --enlarged 1920
    python benchmarks/large_people.py --film

People more than 60 % as high as their picture, in photographs that ours never learned from; found
is who has a box that overlaps by half, one each, at the score that `passerby anonymize` asks for.
With --film, each picture is the end of a film: it comes nearer on grey until it fills the frame.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from detectors import SHARED_DATA
from labelled import labelled_sets
from matching import found
from passerby.detection.people import PeopleDetector
from passerby.detections import Detections, Kind
from passerby.types import Detector, Image
from stamp import commit, machine
from table import markdown

SETS = ("fudanped", "voc2007", "rohith")
TALL = 0.6
THRESHOLD = 0.2
SHARES = 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1
"""Of its size, at which a picture is seen in each look."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", help="a name or an ONNX file; by default what comes with us")
    parser.add_argument("--data", type=Path, default=SHARED_DATA, help="folder of labelled sets")
    parser.add_argument("--enlarged", type=int, help="long side to enlarge pictures to first")
    parser.add_argument("--film", action="store_true", help="let each picture come nearer")
    options = parser.parse_args()
    detector = PeopleDetector(options.model, threshold=THRESHOLD)
    rows = []
    for one in labelled_sets(options.data, worlds=0):
        if one.name not in SETS:
            continue
        people = seen = 0
        for scene in one.scenes():
            image, scale = _enlarged(scene.image, options.enlarged)
            wanted = scene.labels.of_kind(Kind.PERSON) * np.float32(scale)
            tall = wanted[wanted[:, 3] - wanted[:, 1] > TALL * image.shape[0]]
            people += len(tall)
            said = _at_the_end(detector.over_time(), image) if options.film else detector(image)
            seen += found(tall, said.of_kind(Kind.PERSON).boxes)
        rows.append((one.name, f"{people}", f"{seen}"))
    print(f"commit: {commit()}\nmachine: {machine()}\n")
    print(markdown(("set", "people", "found"), rows))


def _at_the_end(detector: Detector, image: Image) -> Detections:
    """What is found in the last frame of a film in which a picture comes nearer."""
    height, width = image.shape[:2]
    for share in SHARES:
        size = max(round(share * width), 1), max(round(share * height), 1)
        left, top = (width - size[0]) // 2, (height - size[1]) // 2
        frame = np.full_like(image, 114)
        frame[top : top + size[1], left : left + size[0]] = cv2.resize(image, size)
        said = detector(frame)
    return said


def _enlarged(image: Image, side: int | None) -> tuple[Image, float]:
    """The picture in the size that is asked for, and by how much larger it is."""
    scale = (side or max(image.shape[:2])) / max(image.shape[:2])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return np.asarray(cv2.resize(image, size), np.uint8), scale


if __name__ == "__main__":
    main()
