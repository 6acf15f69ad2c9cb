"""Faces: whether they are found, and recognised, through an anonymizer, by their height.

Whoever recognises compares with clear pictures of the same people: as the network is, or by a
ridge regression from anonymized faces to signatures of clear ones, learned from other people.
"""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Fitted, Knowledge
from passerby.attack.case import AttackCase
from passerby.attack.describing import for_each_distinct
from passerby.attack.faces import FaceBand
from passerby.attack.findings import success_finding
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.recognition import Recognition, recognise_clear, recognise_people
from passerby.attack.ridge import chosen_ridge
from passerby.evaluate.statistics import Figures
from passerby.geometry import intersection_over_union
from passerby.signatures.describer import Rows

__all__ = ["FOUND", "RECOGNISED", "faces_where_they_are"]

FOUND, RECOGNISED = "faces found at {} pixels", "faces recognised at {} pixels"
"""Names of figures, with the height of the faces."""

_OVERLAP = 0.3
"""Least overlap (IoU) of a face and where it is found; boxes of small faces vary."""
_CELLS = 12
"""Cells of brightness across and down."""

_Describe = Callable[[CropImages], Rows]


def faces_where_they_are(band: FaceBand, images: CropImages) -> Figures:
    """Return 1 for each picture in which the face is found where it is, and 0 otherwise.

    Args:
        band: Where faces are, and what finds them.
        images: Pictures like its own.
    """
    found = np.zeros(len(images))
    for place, image in enumerate(images):
        boxes = band.find(image).boxes
        overlaps = intersection_over_union(boxes, band.faces[place : place + 1])
        found[place] = overlaps.size and overlaps.max() >= _OVERLAP
    return found


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    if case.faces is None or case.anonymize is None:
        return []
    findings: list[AttackFinding] = []
    for number, band in enumerate(case.faces.bands):
        pairs = CropPairs(band.crops, case.anonymize(band.crops, number))
        findings.append(_found(band, pairs))
        findings += _recognised(band, pairs, case.faces.describe)
    return findings


def _found(band: FaceBand, pairs: CropPairs) -> AttackFinding:
    return success_finding(
        faces_where_they_are(band, pairs.seen),
        pairs.clear.ids,
        name="faces",
        measure=FOUND.format(band.height),
        knowledge="naive",
        chance=0.0,
        clear=float(faces_where_they_are(band, pairs.clear.images).mean()),
    )


def _recognised(band: FaceBand, pairs: CropPairs, describe: _Describe) -> Iterator[AttackFinding]:
    def of_clear(images: CropImages) -> Rows:
        return describe(band.inner(images))

    def seeing(images: CropImages) -> Rows:
        grey = [
            cv2.resize(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), (_CELLS, _CELLS))
            for one in band.inner(images)
        ]
        cells = np.stack(grey).reshape(len(images), -1).astype(np.float32) / 255
        return np.concatenate([of_clear(images), cells], axis=1)

    halves = np.array_split(np.unique(pairs.clear.ids), 2)
    results: dict[Knowledge, list[tuple[Recognition, Recognition]]] = {
        "naive": [],
        "knows the filter": [],
    }
    for learned, attacked in (halves, halves[::-1]):
        target = pairs.of(attacked)
        regress = _regression(pairs.of(learned), seeing, of_clear)
        for knowledge, parts in results.items():
            fitted = Fitted(of_clear if knowledge == "naive" else regress, of_clear)
            found = next(one for _, one in recognise_people(fitted, target))
            parts.append((found, recognise_clear(fitted, target)))
    for knowledge, parts in results.items():
        yield success_finding(
            np.concatenate([found.right for found, _ in parts]),
            np.concatenate([found.ids for found, _ in parts]),
            name="faces",
            measure=RECOGNISED.format(band.height),
            knowledge=knowledge,
            direction="anonymized to clear",
            population=len(halves[1]),
            chance=float(np.mean([found.mean_chance for found, _ in parts])),
            clear=float(np.mean([clear.rank1 for _, clear in parts])),
        )


def _regression(pairs: CropPairs, seeing: _Describe, of_clear: _Describe) -> _Describe:
    """Learn from two thirds of people, choose a penalty on the others, and learn from all."""
    people = np.unique(pairs.clear.ids)
    held = np.isin(pairs.clear.ids, people[: max(len(people) // 3, 1)])
    inputs, targets = seeing(pairs.seen), of_clear(pairs.clear.images)
    ridge = chosen_ridge(inputs[~held], targets[~held], inputs[held], targets[held], again=True)
    return lambda images: for_each_distinct(ridge, seeing(images))


ATTACKS.add(
    "faces",
    Attack(
        summary="Whether faces are found and recognised, by their height; needs pictures of faces.",
        question="faces",
        measure=_measure,
    ),
)
