"""Pictures of people who do not exist, to say how well they are found once they are anonymized."""

from collections.abc import Callable, Sequence

from passerby.anonymization import Anonymizer
from passerby.attack.anonymizing import anonymizing_scenes
from passerby.evaluate.detection.people import PersonDetection, confident_people, person_detection
from passerby.synth.people import World
from passerby.synth.recording import around
from passerby.synth.sighting import Shot
from passerby.types import Detector

__all__ = ["found_in_scenes", "synthetic_scenes"]

_WORLDS, _CAMERAS, _MOMENTS = 3, 2, 5
_PEOPLE = 6
_SIDE, _SIZE = 8.0, (640, 360)
_VISIBLE = 0.25
"""Share of a person that must be seen to count."""
_SEED = 50_000
"""Of the first world: the detector that comes with passerby learned from other ones."""


def synthetic_scenes(seed: int) -> list[Shot]:
    """Draw 30 pictures with six people each, from eye level and from above."""
    return [
        shot
        for number in range(_WORLDS)
        for world in [World.random(_SEED + _WORLDS * seed + number, _PEOPLE)]
        for camera in around(_CAMERAS, _SIDE, _SIZE)
        for shot in world.shots(camera, world.moments(_MOMENTS), 1.0)
    ]


def found_in_scenes(
    scenes: Sequence[Shot],
    anonymizer: Anonymizer,
    detector: Detector,
    *,
    seed: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> PersonDetection:
    """Look for people in anonymized pictures, of whom it is known where they are.

    Args:
        scenes: Clear pictures.
        anonymizer: Told where everybody is.
        detector: Gives boxes with low scores too.
        seed: Of noise.
        progress: Called once, at the end.

    Raises:
        DetectionError: If the detector fails.
        InputError: If the anonymizer fails.
    """
    anonymize = anonymizing_scenes(anonymizer, seed)
    found = [detector(anonymize(shot)) for shot in scenes]
    wanted = [confident_people(shot.detections(_VISIBLE)) for shot in scenes]
    progress()
    return person_detection(found, wanted)
