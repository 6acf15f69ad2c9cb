"""How few points of place and time single a track out (de Montjoye et al. 2013).

Whoever knows that somebody was at a few places at some times looks for the track that was there.
What is done to pixels changes nothing of it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.evaluate.statistics import Figures
from passerby.evaluate.tracking import Trajectories
from passerby.geometry import Size

__all__ = ["BY_POINTS", "singled_by_points", "track_points"]

BY_POINTS = "tracks that {} points single out"
"""Name of the figure, with their number."""

_MOST = 4
_CELLS, _SPAN = 8, 25
"""Cells across and down a frame, and frames that count as one time."""
_DRAWS = 50

_Points = npt.NDArray[np.int64]


def track_points(tracks: Trajectories, size: Size) -> dict[int, _Points]:
    """Return the places and times of each track, without repetition, by its number.

    Args:
        tracks: Who is where.
        size: Height and width of the frames.

    Returns:
        Shape (m, 3) each: cell across and down in which the feet are, and time.
    """
    height, width = size
    left, _, right, bottom = tracks.boxes.T
    across = np.clip((left + right) / 2 / width * _CELLS, 0, _CELLS - 1)
    down = np.clip(bottom / height * _CELLS, 0, _CELLS - 1)
    points = np.stack([across, down, tracks.frames // _SPAN], axis=1).astype(np.int64)
    return {int(one): np.unique(points[tracks.ids == one], axis=0) for one in np.unique(tracks.ids)}


def singled_by_points(points: dict[int, _Points], count: int, seed: int) -> Figures:
    """Return for each track how often so many of its points, drawn at random, are in no other one.

    Args:
        points: As of `track_points`; a track with fewer points gives all it has.
        count: Of points, 1 or more.
        seed: Of the draws.
    """
    rng = np.random.default_rng([seed, count])
    sets = [{tuple(one) for one in own} for own in points.values()]
    shares = []
    for place, own in enumerate(points.values()):
        others = sets[:place] + sets[place + 1 :]
        alone = 0
        for _ in range(_DRAWS):
            drawn = rng.choice(len(own), min(count, len(own)), replace=False)
            known = {tuple(one) for one in own[drawn]}
            alone += not any(known <= one for one in others)
        shares.append(alone / _DRAWS)
    return np.array(shares)


def _measure(case: AttackCase, _champions: Champions) -> Sequence[AttackFinding]:
    if case.tracks is None:
        return []
    points = track_points(case.tracks.tracks, case.tracks.size)
    findings = []
    for count in range(1, _MOST + 1):
        alone = singled_by_points(points, count, case.seed)
        findings.append(
            success_finding(
                alone,
                np.array(list(points), np.int64),
                name="trajectories",
                measure=BY_POINTS.format(count),
                population=len(points),
                knowledge="naive",
                chance=0.0,
                clear=float(alone.mean()),
            )
        )
    return findings


ATTACKS.add(
    "trajectories",
    Attack(
        summary="How few points of place and time single a track out; needs the tracks of a film.",
        question="time",
        knowledge="naive",
        measure=_measure,
    ),
)
