"""How fast synthetic people are drawn, and whether a detector of real people finds them.

    python benchmarks/synth.py --model ../shared/models/yolox_nano_416.onnx

Speed is CPU time of this process with OpenCV on one thread, for frames of 640x360 with 10 people.
Recall is the share of people taller than 80 pixels, of whom at least 60 % can be seen, that the
detector finds at IoU 0.5 and score 0.3, before cameras at eye level and raised as in CCTV.
"""

import argparse
import time

import cv2
import numpy as np

from matching import found
from passerby.detection.people import PeopleDetector
from passerby.detections import Boxes
from passerby.synth.camera import Camera, ceiling, eye_level, raised
from passerby.synth.people import World
from passerby.synth.sighting import Shot

SIZE = (640, 360)
PEOPLE = 10
SHORTEST = 80
LEAST_VISIBLE = 0.6
SCORE = 0.3


def cameras(bearing: float) -> list[Camera]:
    """One camera of each kind, ``bearing`` radians around the place."""
    middle = np.zeros(2)
    return [
        eye_level(middle, bearing, 6.5, name="eye level", size=SIZE),
        raised(middle, bearing + 2, 7.0, name="raised", size=SIZE),
    ]


def frames_per_cpu_second(camera: Camera, frames: int = 150) -> float:
    """Draw people who walk about; drawing the empty place once is not counted."""
    world = World.random(1, PEOPLE)
    walks = world.walks(frames, 25.0)
    view = world.view(camera)
    start = time.process_time()
    for index, places in enumerate(walks):
        view.shot(world.bodies, places, index, index / 25)
    return frames / (time.process_time() - start)


def wanted(shot: Shot) -> Boxes:
    """The people that should be found: the part of their boxes that lies in the picture."""
    boxes = [
        seen.box
        for seen in shot.sightings
        if seen.box[3] - seen.box[1] > SHORTEST and seen.visibility >= LEAST_VISIBLE
    ]
    array = np.array(boxes, np.float32).reshape(-1, 4)
    array[:, 0::2] = array[:, 0::2].clip(0, SIZE[0])
    array[:, 1::2] = array[:, 1::2].clip(0, SIZE[1])
    return array


def recall(detector: PeopleDetector, worlds: int) -> dict[str, tuple[int, int]]:
    """How many people were found and how many there were, by kind of camera."""
    counts: dict[str, tuple[int, int]] = {}
    for seed in range(1000, 1000 + worlds):
        world = World.random(seed, PEOPLE)
        moments = world.moments(3)
        for camera in cameras(bearing=seed * 2.4):
            for shot in world.shots(camera, moments, 25.0):
                people = wanted(shot)
                hits = found(people, detector(shot.image).boxes)
                before = counts.get(camera.name, (0, 0))
                counts[camera.name] = before[0] + hits, before[1] + len(people)
    return counts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default="yolox-nano", help="of people: a name or an ONNX file")
    parser.add_argument("--worlds", type=int, default=20)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for camera in [*cameras(0.3), ceiling(np.zeros(2), 4.0, name="above", size=SIZE)]:
        speed = frames_per_cpu_second(camera)
        print(f"{camera.name:>10}: {speed:.0f} frames a CPU second with {PEOPLE} people")
    counts = recall(PeopleDetector(options.model, threshold=SCORE, size=416), options.worlds)
    for name, (hits, people) in counts.items():
        print(f"{name:>10}: {hits} of {people} people found, {hits / people:.1%}")
    average = np.mean([hits / people for hits, people in counts.values()])
    print(f"{'average':>10}: {average:.1%}")


if __name__ == "__main__":
    main()
