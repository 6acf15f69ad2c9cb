"""Several frames of one sighting, laid over each other: removes noise, and looks between cells.

Each frame is the crop moved by a few pixels, as somebody moves before a camera, and anonymized
anew. Whoever tracks the person knows by how much, and moves it back before taking the mean. Noise
that is drawn anew for each frame shrinks by the root of their number; cells of a mosaic on a fixed
grid show other means each time.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from passerby.attack.anonymizing import CropAnonymizer
from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.panel import attack_case
from passerby.attack.people import CropImages, CropPairs, LabelledCrops
from passerby.attack.rebuilding import as_picture

__all__ = ["averaged", "averaged_case"]

FRAME_COUNTS = (4, 16, 64)
_REACH = 4
"""Pixels by which somebody moves to each side, at most."""
RECOGNISERS = (
    "signature-regression",
    "label-regression",
    "colour-map",
    "patch-ridge",
    "denoising",
)
"""Who tries to recognise people in the means."""


def averaged(
    people: LabelledCrops, anonymize: CropAnonymizer, frames: int, *, seed: int = 0
) -> CropImages:
    """Return the mean of several anonymized frames of each crop, in 8 bits.

    Args:
        people: Clear crops.
        anonymize: What is attacked.
        frames: How many frames of each.
        seed: Of the movements.
    """
    rng = np.random.default_rng([seed, 13])
    total = np.zeros(people.images.shape, np.uint32)
    for number in range(frames):
        right, down = rng.integers(-_REACH, _REACH + 1, 2).tolist()
        moved = replace(
            people, images=_moved(people.images, right, down), heads=people.heads + _by(right, down)
        )
        total += _moved(anonymize(moved, number), -right, -down)
    return as_picture(total / frames)


def averaged_case(case: AttackCase, anonymize: CropAnonymizer, frames: int) -> AttackCase:
    """Return a case whose outputs are such means, of one crop of each person by each camera."""

    def mean(pairs: CropPairs) -> CropPairs:
        people = pairs.clear.take(_first_of_each(pairs.clear))
        return CropPairs(people, averaged(people, anonymize, frames, seed=case.seed))

    return replace(
        case, train=mean(case.train), validation=mean(case.validation), test=mean(case.test)
    )


def _moved(images: CropImages, right: int, down: int) -> CropImages:
    """Move pictures; what comes in at a side repeats the pixels there."""
    size = images.shape[2], images.shape[1]
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return np.stack(
        [cv2.warpAffine(one, shift, size, borderMode=cv2.BORDER_REPLICATE) for one in images]
    )


def _by(right: int, down: int) -> npt.NDArray[np.float32]:
    return np.array([right, down, right, down], np.float32)


def _first_of_each(people: LabelledCrops) -> npt.NDArray[np.bool_]:
    """The first crop of each person by each camera."""
    labels = np.stack([people.ids, people.cameras], axis=1)
    _, first = np.unique(labels, axis=0, return_index=True)
    chosen = np.zeros(len(people), np.bool_)
    chosen[first] = True
    return chosen


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    if case.anonymize is None:
        return []
    findings: list[AttackFinding] = []
    for frames in FRAME_COUNTS:
        found = attack_case(averaged_case(case, case.anonymize, frames), RECOGNISERS)
        both = (found.champions.identifying, found.champions.linking)
        findings += [replace(found.rank1(best), name="averaging", frames=frames) for best in both]
    return findings


ATTACKS.add(
    "averaging",
    Attack(
        summary="The mean of 4, 16 and 64 frames, moved over each other, and who is seen in it.",
        question="several frames",
        measure=_measure,
    ),
)
