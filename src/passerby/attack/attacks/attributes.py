"""What people look like in words: sex, colours of clothes, a bag, height.

A ridge regression learns from anonymized crops of people whose attributes are known, and answers
for others. What counts is the share of right answers where each class counts the same (balanced
accuracy): whoever sees nothing has 1 / classes of it, however common a class is.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Fitted
from passerby.attack.attributes import clothing_features, in_classes
from passerby.attack.case import AttackCase
from passerby.attack.describing import for_each_distinct
from passerby.attack.features import crop_features
from passerby.attack.findings import success_finding
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.ridge import chosen_ridge
from passerby.evaluate.statistics import Figures
from passerby.signatures.describer import Rows

__all__ = ["ATTRIBUTE", "class_weights", "told_classes"]

ATTRIBUTE = "attribute: "
"""What stands before the name of an attribute in the name of its figure."""

_LEAST = 3
"""People of a class, among those who are learned from and among those who are measured on."""
_ROUNDING = 6

_Names = npt.NDArray[np.str_]
_Look = Callable[[CropPairs], Rows]


def told_classes(likely: Rows, prior: Figures, right: npt.NDArray[np.intp]) -> Figures:
    """Return how likely each answer is right, ties in random order.

    The answer is the class that is likely above all beside how common it is.

    Args:
        likely: Shape (n, k), what a regression says of each class.
        prior: Shape (k,), how common each is, above 0.
        right: Shape (n,), the right ones.
    """
    scores = np.round(likely / prior, _ROUNDING)
    best = scores == scores.max(axis=1, keepdims=True)
    return np.asarray(best[np.arange(len(right)), right] / best.sum(axis=1), np.float64)


def class_weights(classes: npt.NDArray[np.intp]) -> Figures:
    """Return weights with which each class counts the same, shape (n,)."""
    return np.asarray(1 / np.bincount(classes)[classes], np.float64)


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    parts = (case.train.clear, case.validation.clear, case.test.clear)
    names = [name for name in parts[2].attributes if all(name in one.attributes for one in parts)]
    seeing, clearly = _looks(case, champions.overall.fitted)
    return [finding for name in names for finding in _of_attribute(case, name, seeing, clearly)]


def _looks(case: AttackCase, best: Fitted) -> tuple[_Look, _Look]:
    """What an attacker sees of anonymized crops, and of clear ones."""

    def look(images: CropImages) -> Rows:
        return np.concatenate([crop_features(case, images), clothing_features(images)], axis=1)

    def seeing(pairs: CropPairs) -> Rows:
        found = look(pairs.seen)
        if best.rebuild is None:
            return found
        return np.concatenate([found, look(best.rebuild(pairs.seen))], axis=1)

    return seeing, lambda pairs: look(pairs.clear.images)


def _of_attribute(
    case: AttackCase, name: str, seeing: _Look, clearly: _Look
) -> Iterator[AttackFinding]:
    parts = (case.train, case.validation, case.test)
    values = [one.clear.attributes[name] for one in parts]
    sizes = [len(one) for one in values]
    values = np.split(in_classes(np.concatenate(values)), np.cumsum(sizes)[:-1])
    known = _classes(parts, values)
    if len(known) < 2:
        return
    chosen = [pairs.take(np.isin(own, known)) for pairs, own in zip(parts, values, strict=True)]
    classes = [np.searchsorted(known, own[np.isin(own, known)]) for own in values]
    people = chosen[2].clear.ids
    seen, clear = (_told(chosen, classes, look) for look in (seeing, clearly))
    weights = class_weights(classes[2])
    yield success_finding(
        seen,
        people,
        name="attributes",
        measure=f"{ATTRIBUTE}{name}",
        chance=1 / len(known),
        clear=float(np.average(clear, weights=weights)),
        weights=weights,
    )


def _classes(parts: Sequence[CropPairs], values: Sequence[_Names]) -> _Names:
    """The classes that enough people have to learn from, and to measure on."""
    ids = [one.clear.ids for one in parts]
    learned = _common(np.concatenate(ids[:2]), np.concatenate(values[:2]))
    return np.intersect1d(learned, _common(ids[2], values[2]))


def _common(ids: npt.NDArray[np.int64], values: _Names) -> _Names:
    found = [
        one for one in np.unique(values) if one and len(np.unique(ids[values == one])) >= _LEAST
    ]
    return np.array(found, np.str_)


def _told(
    parts: Sequence[CropPairs], classes: Sequence[npt.NDArray[np.intp]], look: _Look
) -> Figures:
    """Learn from the first part, choose a penalty on the second, learn from both, and answer."""
    count = int(max(one.max() for one in classes)) + 1
    targets = [np.eye(count)[one] for one in classes]
    rows = [look(one) for one in parts]
    ridge = chosen_ridge(rows[0], targets[0], rows[1], targets[1], again=True)
    prior = np.concatenate(targets[:2]).mean(axis=0)
    return told_classes(for_each_distinct(ridge, rows[2]), prior, classes[2])


ATTACKS.add(
    "attributes",
    Attack(
        summary="Sex, colours of clothes, bags and heights, by a regression from anonymized crops.",
        question="attributes",
        measure=_measure,
    ),
)
