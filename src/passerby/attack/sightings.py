"""Three sightings of each person: one that is known, one to learn a threshold on, one to test."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.attack.people import LabelledCrops

__all__ = ["ThreeSightings", "three_sightings"]

_Places = npt.NDArray[np.intp]


class ThreeSightings(NamedTuple):
    """Places of crops, of one person each, shape (m,), in one order of people.

    Attributes:
        known: What an attacker has seen.
        calibration: By another camera.
        test: By a third camera where there is one.
        ids: Who they show.
    """

    known: _Places
    calibration: _Places
    test: _Places
    ids: npt.NDArray[np.int64]


def three_sightings(people: LabelledCrops) -> ThreeSightings:
    """Choose three crops of each person who has as many, by different cameras where possible.

    The first is by another camera than the others, or the person is left out.
    """
    rows = []
    for identity in np.unique(people.ids):
        own = np.flatnonzero(people.ids == identity)
        cameras = people.cameras[own]
        first, others = own[0], own[cameras != cameras[0]]
        if len(others) < 2:
            continue
        elsewhere = others[people.cameras[others] != people.cameras[others[0]]]
        rows.append((first, others[0], (*elsewhere, *others[1:])[0], identity))
    chosen = np.array(rows, np.int64).reshape(-1, 4)
    return ThreeSightings(chosen[:, 0], chosen[:, 1], chosen[:, 2], chosen[:, 3])
