"""Look at the finished output with the detectors again: whom would they still find uncovered?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from passerby.anonymization import REGIONS, Anonymizer, Patch
from passerby.detections import Detections, Kind, Mask
from passerby.geometry import area, intersection
from passerby.pipeline.frame_log import as_detections
from passerby.types import Detector, Source

__all__ = ["Finding", "SelfCheck", "self_check"]

COVERED_SHARE = 0.5
"""A person found again is fine if at least this share of what should be covered was covered."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Somebody whom a detector finds in the output and whom nothing covers.

    Attributes:
        frame: Number of the frame, from 0.
        kind: "person", "head" or "face".
        score: Of the detector, 0-1.
        box: Left, top, width, height in pixels.
    """

    frame: int
    kind: str
    score: float
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class SelfCheck:
    """The outcome.

    Attributes:
        frames: How many frames were looked at.
        found: How many people and faces the detectors find in them, covered or not.
        uncovered: Those of them whom nothing covers.
    """

    frames: int = 0
    found: int = 0
    uncovered: list[Finding] = field(default_factory=list)


def self_check(
    output: Source,
    records: Iterable[dict[str, Any]],
    anonymizer: Anonymizer,
    detector: Detector,
    *,
    threshold: float,
    every: int = 1,
) -> SelfCheck:
    """Compare what detectors find in the output with what was covered.

    A covered head on a visible body is still a person to a detector. It counts as uncovered only
    if nothing known lies under most of it and less than half of what should be covered is.

    Args:
        output: The finished, anonymized output.
        records: What was covered in each of its frames, as in the report.
        anonymizer: The one that covered.
        detector: Looks again.
        threshold: Lowest score that counts.
        every: Look at every k-th frame.
    """
    outcome = SelfCheck()
    # Who covers faces alone wants no heads covered; everybody else wants at least those.
    wanted = REGIONS["faces" if anonymizer.kinds == {Kind.FACE} else "heads"]
    for position, (frame, record) in enumerate(zip(output, records, strict=False)):
        if position % every or record.get("covered_in_full"):
            continue
        image = frame.image
        height, width = image.shape[:2]
        found = detector(image)
        found = found[found.scores >= threshold]
        known = as_detections(record)
        covered = _mask(anonymizer.patches(known, width, height), width, height)
        outcome.frames += 1
        outcome.found += len(found)
        for index in range(len(found)):
            one = found[np.array([index])]
            share = max(_share(wanted(one, width, height), covered), _known_share(one, known))
            if share < COVERED_SHARE:
                outcome.uncovered.append(_finding(record["frame"], one))
    return outcome


def _mask(patches: list[Patch], width: int, height: int) -> Mask:
    mask = np.zeros((height, width), np.bool_)
    for patch in patches:
        mask[patch.area] |= True if patch.mask is None else patch.mask
    return mask


def _share(patches: list[Patch], covered: Mask) -> float:
    """Share of the patches' pixels that are covered; 1 where there are none."""
    shares = [covered[patch.area].mean() for patch in patches]
    return float(min(shares, default=1.0))


def _known_share(found: Detections, known: Detections) -> float:
    """Overlap with somebody known, as a share of the smaller box; 0 for a face, which is seen."""
    people = known.of_kind(Kind.PERSON).boxes
    if found.kinds[0] != Kind.PERSON or not len(people):
        return 0.0
    smaller = np.maximum(np.minimum(area(found.boxes), area(people)), 1e-6)
    return float((intersection(found.boxes, people)[0] / smaller).max())


def _finding(frame: int, found: Detections) -> Finding:
    left, top, right, bottom = (round(float(value), 1) for value in found.boxes[0])
    kind = Kind(int(found.kinds[0])).name.lower()
    box = (left, top, round(right - left, 1), round(bottom - top, 1))
    return Finding(frame, kind, round(float(found.scores[0]), 3), box)
