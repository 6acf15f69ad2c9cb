"""People who were left as they are in one picture of a track: one is enough to recognise them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.attack.people import CropPairs

__all__ = ["unprotected"]

_CHANGED = 0.005
"""Least share of a crop's pixels that differ if anything was covered: half of a per cent."""


def unprotected(pairs: CropPairs) -> npt.NDArray[np.bool_]:
    """Return which crops are as clear as before but for less than 0.5 % of their pixels."""
    differs = (pairs.clear.images != pairs.seen).any(axis=3)
    unchanged: npt.NDArray[np.bool_] = differs.mean(axis=(1, 2)) < _CHANGED
    return unchanged


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    people = case.test.clear
    tracks, track = np.unique(
        np.stack([people.ids, people.cameras], axis=1), axis=0, return_inverse=True
    )
    sizes = np.bincount(track.reshape(-1))
    missed = np.bincount(track.reshape(-1), unprotected(case.test)) > 0
    return [
        success_finding(
            missed.astype(np.float64),
            tracks[:, 0],
            name="missed-frames",
            measure="unprotected in one picture or more",
            frames=int(np.median(sizes)),
            chance=0.0,
            clear=1.0,
        )
    ]


ATTACKS.add(
    "missed-frames",
    Attack(
        summary="How many people are left as they are in one of their pictures or more.",
        question="missed",
        knowledge="naive",
        measure=_measure,
    ),
)
