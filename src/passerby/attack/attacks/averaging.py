"""Several frames of one sighting, laid over each other: removes noise, and looks between cells.

Each frame is the crop moved by a few pixels, as somebody moves before a camera, and anonymized
anew. Whoever tracks the person knows by how much, and moves it back before taking the mean. Noise
that is drawn anew for each frame shrinks by the root of their number; cells of a mosaic on a fixed
grid show other means each time.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.attack.anonymizing import CropAnonymizer
from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.panel import attack_case
from passerby.attack.people import CropImages, CropPairs, LabelledCrops, moved_images
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
        total += moved_images(anonymize(people.moved(right, down), number), -right, -down)
    return as_picture(total / frames)


def averaged_case(case: AttackCase, anonymize: CropAnonymizer, frames: int) -> AttackCase:
    """Return a case whose outputs are such means, of one crop of each person by each camera."""

    def mean(pairs: CropPairs) -> CropPairs:
        people = pairs.clear.take(_first_of_each(pairs.clear))
        return CropPairs(people, averaged(people, anonymize, frames, seed=case.seed))

    return replace(
        case,
        train=mean(case.train),
        validation=mean(case.validation),
        test=mean(case.test),
        anonymize=None,  # it makes single frames, and no means
    )


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
