"""People who were left as they are in one picture of a track: one is enough to recognise them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding

__all__ = ["left_as_it_was", "missed_finding"]

_NOTICEABLE = 16
"""Levels of 255: JPEG and video codecs change nearly every value, but few by more."""
_CHANGED = 0.005
"""Least share of a crop's pixels that change noticeably if anything was covered."""

_Picture = npt.NDArray[np.uint8]


def left_as_it_was(clear: _Picture, seen: _Picture) -> bool:
    """Tell whether fewer than 0.5 % of a crop's pixels differ by more than 16 of 255.

    Args:
        clear: Shape (height, width, 3).
        seen: Likewise.
    """
    difference = np.abs(clear.astype(np.int16) - seen).max(axis=2)
    return bool((difference > _NOTICEABLE).mean() < _CHANGED)


def missed_finding(
    missed: npt.NDArray[np.bool_], ids: npt.NDArray[np.int64], frames: int
) -> AttackFinding:
    """Return how many tracks have a picture that was left as it was.

    Args:
        missed: Shape (n,), which tracks have one.
        ids: Shape (n,), whose tracks they are.
        frames: How many pictures a track has, as a rule.
    """
    return success_finding(
        missed.astype(np.float64),
        ids,
        name="missed-frames",
        measure="unprotected in one picture or more",
        knowledge="naive",
        frames=frames,
        chance=0.0,
        clear=1.0,
    )


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    people = case.test.clear
    pairs = zip(people.images, case.test.seen, strict=True)
    missed = np.array([left_as_it_was(clear, seen) for clear, seen in pairs])
    labels = np.stack([people.ids, people.cameras], axis=1)
    tracks, track = np.unique(labels, axis=0, return_inverse=True)
    sizes = np.bincount(track.reshape(-1))
    missed_tracks = np.bincount(track.reshape(-1), missed) > 0
    return [missed_finding(missed_tracks, tracks[:, 0], int(np.median(sizes)))]


ATTACKS.add(
    "missed-frames",
    Attack(
        summary="How many people are left as they are in one of their pictures or more.",
        question="missed",
        knowledge="naive",
        measure=_measure,
    ),
)
