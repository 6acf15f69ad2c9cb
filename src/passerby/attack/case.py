"""What an attacker holds, and whom the attack is measured on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from passerby.attack.anonymizing import CropAnonymizer
from passerby.attack.describing import CachedDescriber
from passerby.attack.faces import FaceTrial
from passerby.attack.motion import TrackTrial
from passerby.attack.people import CropPairs, LabelledCrops
from passerby.errors import InputError

__all__ = ["AttackCase", "Split", "case_of", "split_people"]


@dataclass(frozen=True, eq=False)
class Split:
    """People of whom none is in two parts.

    Attributes:
        train: What attackers learn from.
        validation: What they are chosen on.
        test: What they are measured on.
    """

    train: LabelledCrops
    validation: LabelledCrops
    test: LabelledCrops


@dataclass(frozen=True, eq=False)
class AttackCase:
    """An anonymizer under attack.

    Attributes:
        train, validation, test: As in `Split`, with what the anonymizer made.
        describe: Makes signatures of pictures.
        anonymize: The anonymizer, for attacks on further frames; None where only its output is
            there.
        seed: Of all that is drawn.
        starts: What parrots start from, by name; see `passerby.attack.starts`.
        faces: Pictures of faces, and networks for them; None if there are none.
        tracks: Of a film from which the crops are; None likewise.
        most_bits: The most that a crop's output can tell of it, where that is proven.
    """

    train: CropPairs
    validation: CropPairs
    test: CropPairs
    describe: CachedDescriber
    anonymize: CropAnonymizer | None = None
    seed: int = 0
    starts: Mapping[str, str] = field(default_factory=dict)
    faces: FaceTrial | None = None
    tracks: TrackTrial | None = None
    most_bits: float | None = None


def split_people(people: LabelledCrops, *, seed: int = 0) -> Split:
    """Divide people: half to measure on, two fifths of the others to choose attackers on.

    Args:
        people: All of them, at least six.
        seed: Of the draw.

    Raises:
        InputError: If there are too few people, or no two cameras see the same person.
    """
    ids = np.unique(people.ids)
    if len(ids) < 6:
        raise InputError(
            f"the crops show {len(ids)} different people: an attack needs 6 or more, to learn "
            "from some and be measured on others"
        )
    seen_by = [len(np.unique(people.cameras[people.ids == one])) for one in ids]
    if max(seen_by) < 2:
        raise InputError(
            "no person is seen by two cameras: linking needs a second camera; check how the names "
            "of files say which camera took them"
        )
    linked = np.random.default_rng([seed, 7]).permutation(ids[np.array(seen_by) > 1])
    if len(linked) < 6:
        raise InputError(f"{len(linked)} people are seen by two cameras: an attack needs 6 or more")
    test, rest = np.split(linked, [len(linked) // 2])
    validation, train = np.split(rest, [2 * len(rest) // 5])
    return Split(people.of(train), people.of(validation), people.of(test))


def case_of(
    split: Split,
    anonymize: CropAnonymizer,
    describe: CachedDescriber,
    *,
    seed: int = 0,
    starts: Mapping[str, str] | None = None,
    faces: FaceTrial | None = None,
) -> AttackCase:
    """Anonymize people, and hand the attacker both the clear and the anonymized pictures.

    Args:
        split: Who learns, chooses and is measured on.
        anonymize: The anonymizer.
        describe: Makes signatures.
        seed: Of all that is drawn.
        starts: What parrots start from.
        faces: Pictures of faces, and networks for them.

    Raises:
        InputError: If the anonymizer fails.
    """
    parts = (split.train, split.validation, split.test)
    train, validation, test = (
        CropPairs(part, anonymize(part, number)) for number, part in enumerate(parts)
    )
    return AttackCase(train, validation, test, describe, anonymize, seed, starts or {}, faces)
