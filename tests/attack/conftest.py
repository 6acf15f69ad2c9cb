"""People who do not exist, and a describer that takes no network."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.attack.attack import ATTACKS
from passerby.attack.case import AttackCase, Split, case_of, split_people
from passerby.attack.controls import CONTROLS
from passerby.attack.describing import CachedDescriber
from passerby.attack.people import LabelledCrops, synthetic_people


class Colours:
    """Describes a crop by the colours of a few cells, and counts the pictures it was given."""

    name, path, pixels, size, batch = "colours", Path(__file__), "bgr-255", (64, 32), 8

    def __init__(self) -> None:
        self.pictures = 0

    def describe(self, pictures):
        self.pictures += len(pictures)
        cells = [cv2.resize(one, (3, 8), interpolation=cv2.INTER_AREA) for one in pictures]
        return np.stack(cells).reshape(len(pictures), -1).astype(np.float32) + 1


@pytest.fixture
def colours() -> CachedDescriber:
    return CachedDescriber(Colours(), threads=1)


@pytest.fixture(scope="session")
def crowd() -> LabelledCrops:
    """Twenty people, seen twice by each of three cameras."""
    return synthetic_people(20, images=2, seed=3)


@pytest.fixture(scope="session")
def split(crowd: LabelledCrops) -> Split:
    return split_people(crowd)


@pytest.fixture
def case_for(split: Split, colours: CachedDescriber):
    """Makes a case from a function of one picture."""

    def make(change) -> AttackCase:
        def anonymize(people, _number):
            return np.stack([change(one) for one in people.images])

        return case_of(split, anonymize, colours)

    return make


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leaves a few attacks and controls in their tables, to take less time."""
    return lambda **kept: leave(monkeypatch, **kept)


def leave(
    monkeypatch: pytest.MonkeyPatch, *, attacks: tuple[str, ...] = (), controls: tuple[str, ...]
) -> None:
    """Leave a few attacks (all if none is named) and controls in their tables."""
    for table, names in ((ATTACKS, attacks or tuple(ATTACKS)), (CONTROLS, controls)):
        monkeypatch.setattr(table, "_entries", {name: table[name] for name in names})
