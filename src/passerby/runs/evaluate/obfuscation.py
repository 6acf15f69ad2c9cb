"""What an anonymized copy leaves to detectors, and how alike it is to the clear clip.

Frames are read, looked at and dropped one by one. What comes out is figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from passerby.detections import Boxes
from passerby.errors import InputError
from passerby.evaluate.detection import PersonDetection
from passerby.evaluate.detection.people import CONFIDENT
from passerby.evaluate.ground_truth import read_ground_truth
from passerby.evaluate.obfuscation import ObfuscatedFrames
from passerby.evaluate.pictures import read_pairs, read_pictures
from passerby.evaluate.similarity import MeanImage, heavy_blur
from passerby.evaluate.similarity.over_frames import FrameSimilarity, SimilarityOverFrames
from passerby.geometry import from_xywh
from passerby.types import Detector

__all__ = ["ANONYMIZED", "ObfuscationResult", "evaluate_obfuscation"]

ANONYMIZED, MEAN, BLUR = "anonymized", "mean image", "heavy blur"
_LONGEST = 1 << 40
"""Frames of a clip, at most."""

_Labels = Mapping[int, Boxes]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ObfuscationResult:
    """Figures of a copy.

    Attributes:
        frames: How many were compared.
        detection: People found and counted in the copy, by judge.
        similarity: Of the copy to the clear frames, and of what says nothing of them, by name.
    """

    frames: int
    detection: Mapping[str, PersonDetection]
    similarity: Mapping[str, FrameSimilarity]


def evaluate_obfuscation(
    clear: Path,
    anonymized: Path,
    judges: Mapping[str, Detector],
    *,
    truth: Path | None = None,
    confidence: float = CONFIDENT,
    every: int = 1,
    progress: Progress = lambda _done, _total: None,
) -> ObfuscationResult:
    """Compare a clip with its anonymized copy.

    Args:
        clear: A video, or a folder of pictures.
        anonymized: Its copy.
        judges: Detectors by name, one or more; they should give boxes of low scores too. People's
            pixels are those of the first, unless there are labels.
        truth: Boxes of people, see `read_ground_truth`; only frames that it lists are compared.
            Without it, what a judge finds in a clear frame is the truth for it.
        confidence: Lowest score of a person who counts.
        every: Every how many frames one is looked at.
        progress: Told how many frames of how many are done.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If a file cannot be read, or the copy has other frames or another size.
        DetectionError: If a judge fails.
    """
    labels = None if truth is None else _labels(truth, every)
    numbers = range(0, _LONGEST, every) if labels is None else labels
    mean, total = MeanImage(), 0
    for _, picture in read_pictures(clear, numbers):
        mean.add(picture)
        total += 1
    if not total:
        raise InputError(f"{clear} has none of the frames with ground truth: compare its own")
    nobody = mean.picture
    copies = ObfuscatedFrames(judges, mean.pixels, confidence)
    baselines = {name: SimilarityOverFrames(mean.pixels) for name in (MEAN, BLUR)}
    for done, (number, before, after) in enumerate(read_pairs(clear, anonymized, numbers), 1):
        people = copies.add(before, after, labels[number] if labels else None)
        baselines[MEAN].add(before, nobody, people)
        baselines[BLUR].add(before, heavy_blur(before), people)
        progress(done, total)
    others = {name: baseline.figures for name, baseline in baselines.items()}
    return ObfuscationResult(
        frames=total,
        detection={name: copies.detection(name) for name in judges},
        similarity={ANONYMIZED: copies.similarity, **others},
    )


def _labels(truth: Path, every: int) -> _Labels:
    persons = read_ground_truth(truth).persons
    labels = {number: from_xywh(boxes) for number, boxes in persons.items() if number % every == 0}
    if not labels:
        raise InputError(f"{truth} has no visible persons: there is nothing to measure")
    return labels
