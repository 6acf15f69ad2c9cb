"""What obfuscated frames leave to detectors, and how alike they are to clear ones."""

from collections.abc import Mapping

from passerby.detections import Boxes, Detections
from passerby.evaluate.detection import (
    PersonDetection,
    Ranking,
    confident_people,
    match_detections,
    person_detection,
    rank,
)
from passerby.evaluate.detection.people import CONFIDENT
from passerby.evaluate.similarity.over_frames import FrameSimilarity, SimilarityOverFrames
from passerby.evaluate.statistics import Figures
from passerby.types import Detector, Image

__all__ = ["ObfuscatedFrames"]


class ObfuscatedFrames:
    """Clear frames and their obfuscated copies, added one by one; none is kept.

    Args:
        judges: Detectors by name, one or more; they should give boxes of low scores too. People's
            pixels are those of the first, unless there are labels.
        mean: Mean image of the clear frames, shape (height, width, 3), 0-255.
        confidence: Lowest score of a person who counts.
    """

    def __init__(
        self, judges: Mapping[str, Detector], mean: Figures, confidence: float = CONFIDENT
    ) -> None:
        self._judges = judges
        self._confidence = confidence
        self._similarity = SimilarityOverFrames(mean)
        self._found: dict[str, list[Detections]] = {name: [] for name in judges}
        self._wanted: dict[str, list[Boxes]] = {name: [] for name in judges}

    def add(self, clear: Image, obfuscated: Image, people: Boxes | None = None) -> Boxes:
        """Count a frame in.

        Args:
            clear: Shape (height, width, 3).
            obfuscated: Of the same shape.
            people: Labels of the clear frame, shape (n, 4). Without them, what each judge finds in
                it is the truth for that judge.

        Returns:
            The people whose pixels count, shape (n, 4).

        Raises:
            DetectionError: If a judge fails.
            InputError: If the sizes differ.
        """
        for name, judge in self._judges.items():
            truth = confident_people(judge(clear), self._confidence) if people is None else people
            self._wanted[name].append(truth)
            self._found[name].append(judge(obfuscated))
        seen = next(iter(self._wanted.values()))[-1]
        self._similarity.add(clear, obfuscated, seen)
        return seen

    def detection(self, judge: str) -> PersonDetection:
        """How well a judge finds and counts people in the obfuscated frames."""
        found, wanted = self._found[judge], self._wanted[judge]
        return person_detection(found, wanted, confidence=self._confidence)

    def ranking(self, judge: str) -> Ranking:
        """What a judge found in the obfuscated frames, best first."""
        pairs = zip(self._found[judge], self._wanted[judge], strict=True)
        return rank([match_detections(found, wanted) for found, wanted in pairs])

    @property
    def similarity(self) -> FrameSimilarity:
        """How alike the obfuscated frames are to the clear ones."""
        return self._similarity.figures
