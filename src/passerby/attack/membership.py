"""Whether a network remembers the pictures that it was trained on.

An attacker has the network and some pictures, and wants to know which of them it has learned from.
What it answers about a picture is turned into marks: how sure it is, how much its answer changes
when the picture is changed a little, and how well it fits the truth where that is known. Networks
are surer and steadier about what they have seen (Yeom et al. 2018; Choquette-Choo et al. 2021; Liu
et al. 2021). Some pictures are easy for every network, so the marks of another network, which has
not learned from them, are subtracted (Watson et al. 2022); that is the offline attack of Carlini et
al. (2022) with this network for all shadow models, and one spread for all pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.evaluate.bootstrap import Estimate
from passerby.evaluate.roc import auc_roc
from passerby.evaluate.statistics import Figures, Interval
from passerby.evaluate.success import clopper_pearson
from passerby.runtime.provenance import versions

__all__ = [
    "FALSE_ALARMS",
    "LEAST",
    "MembersFound",
    "MembershipFinding",
    "infer_membership",
    "membership_record",
]

FALSE_ALARMS = (0.01, 0.1)
"""Shares of other pictures that are taken for members. The mean over all pictures hides the few
that are remembered, so what counts is how many are found with few false alarms."""

LEAST = 20
"""Members, and others, that are needed at least."""

_DIGITS = 6
"""Of figures in files, after the point."""
_DRAWS, _BATCH = 2_000, 200
_RIDGE = 1.0
"""Of each direction that has been brought to a spread of 1, in pictures."""

_Rows = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MembersFound:
    """How many members are found where some others are taken for members.

    Attributes:
        false_alarms: Share of others that are taken for members, at most.
        share: Of members that are found.
        interval: Of the share, by Clopper and Pearson.
    """

    false_alarms: float
    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class MembershipFinding:
    """What an attack told of who was learned from.

    Attributes:
        name: Of the attack.
        auc: How often a member has a higher score than another picture; 0.5 by chance.
        found: At each of `FALSE_ALARMS` for which there are enough others; as much by chance.
    """

    name: str
    auc: Estimate
    found: tuple[MembersFound, ...]


def infer_membership(
    marks: Sequence[str],
    members: _Rows,
    others: _Rows,
    *,
    reference: tuple[_Rows, _Rows] | None = None,
    seed: int = 0,
) -> list[MembershipFinding]:
    """Try to tell members from others.

    Args:
        marks: Their names.
        members: Shape (n, marks): what the network makes of each picture, or person, that it has
            learned from; the higher, the surer. NaN where a mark means nothing.
        others: Shape (m, marks): the same of those that it has not learned from.
        reference: Marks of the same members and others by another network, which has learned from
            neither; other marks, if it is of another kind.
        seed: Of halves and draws.

    Returns:
        Each mark alone; ``learned``, an attacker who knows the members in half of the pictures, and
        is measured on the other half; with a reference, ``calibrated``, the same of what the
        reference does not explain, and ``pictures alone``, the same of the reference's marks. The
        last one cannot know of any training: what it finds is a difference of the pictures, and
        while it finds anything the others prove no memory.

    Raises:
        InputError: If there are too few, or shapes do not fit.
    """
    parts = (members, others, *(reference or ()))
    if any(one.ndim != 2 for one in parts) or {one.shape[1] for one in parts[:2]} != {len(marks)}:
        raise InputError(f"marks have the shapes {[one.shape for one in parts]}: give (n, marks)")
    if reference is not None and [len(one) for one in reference] != [len(members), len(others)]:
        raise InputError("the reference has marks of other pictures: give those of the same")
    if min(len(members), len(others)) < LEAST:
        raise InputError(
            f"{len(members)} members and {len(others)} others: give {LEAST} of each at least"
        )
    own = _filled(np.concatenate([members, others]))
    inside = np.arange(len(own)) < len(members)
    known, asked = _halves(inside, seed)
    findings = [
        _finding(name, own[:, place], inside, seed)
        for place, name in enumerate(marks)
        if np.ptp(own[:, place])
    ]
    learned = {"learned": _learned(own, inside, known)}
    if reference is not None:
        blind = _filled(np.concatenate(reference))
        outside = known & ~inside
        explained = _Ridge(blind[outside], own[outside])
        learned["calibrated"] = _learned(own - explained(blind), inside, known)
        learned["pictures alone"] = _learned(blind, inside, known)
    return findings + [
        _finding(name, scores[asked], inside[asked], seed) for name, scores in learned.items()
    ]


def membership_record(
    findings: Sequence[MembershipFinding], members: int, others: int, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return findings ready for JSON.

    Args:
        findings: Of one network.
        members: How many there were.
        others: Likewise.
        settings: All options.
    """
    return {
        "format": 1,
        "members": members,
        "others": others,
        "attacks": [
            {
                "name": one.name,
                "auc": _share(one.auc.value, one.auc.interval),
                "found": [
                    {"false_alarms": each.false_alarms} | _share(each.share, each.interval)
                    for each in one.found
                ],
            }
            for one in findings
        ],
        "settings": dict(settings),
        "versions": versions(),
    }


def _share(value: float, interval: Interval) -> dict[str, float]:
    ends = {"value": value, "low": interval.low, "high": interval.high}
    return {name: round(one, _DIGITS) for name, one in ends.items()}


def _filled(marks: _Rows) -> _Rows:
    """Put the mean of a mark where it means nothing."""
    known = np.isfinite(marks)
    count = known.sum(axis=0)
    mean = np.where(known, marks, 0).sum(axis=0) / np.maximum(count, 1)
    return np.where(known, marks, mean)


def _halves(inside: _Flags, seed: int) -> tuple[_Flags, _Flags]:
    """Draw half of the members and half of the others, and the rest."""
    rng = np.random.default_rng(seed)
    known = np.zeros(len(inside), np.bool_)
    for kind in (inside, ~inside):
        known[rng.permutation(np.flatnonzero(kind))[: kind.sum() // 2]] = True
    return known, ~known


def _learned(marks: _Rows, inside: _Flags, known: _Flags) -> Figures:
    """Score all by a ridge discriminant (Fisher's, where both kinds count the same)."""
    wanted = np.where(inside, 1 / inside[known].sum(), -1 / (~inside)[known].sum())
    told = _Ridge(marks[known], wanted[known, None] * known.sum())
    return told(marks)[:, 0]


class _Ridge:
    """An affine map with small weights.

    Args:
        rows: Shape (n, k).
        targets: Shape (n, j).
    """

    def __init__(self, rows: _Rows, targets: _Rows) -> None:
        self._mean, self._spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
        scaled = (rows - self._mean) / self._spread
        self._offset = targets.mean(axis=0)
        gram = scaled.T @ scaled + _RIDGE * np.eye(rows.shape[1])
        self._weights = np.linalg.solve(gram, scaled.T @ (targets - self._offset))

    def __call__(self, rows: _Rows) -> _Rows:
        return np.asarray((rows - self._mean) / self._spread @ self._weights + self._offset)


def _finding(name: str, scores: Figures, inside: _Flags, seed: int) -> MembershipFinding:
    mine, theirs = scores[inside], scores[~inside]
    low, high = np.quantile(_drawn_areas(mine, theirs, seed), [0.025, 0.975])
    found = tuple(
        MembersFound(share, hits / len(mine), clopper_pearson(hits, len(mine)))
        for share in FALSE_ALARMS
        if len(theirs) * share >= 1
        for hits in [int((mine > _threshold(theirs, share)).sum())]
    )
    area = auc_roc(scores, inside, digits=None)
    return MembershipFinding(name, Estimate(area, Interval(float(low), float(high), 0.95)), found)


def _drawn_areas(mine: Figures, theirs: Figures, seed: int) -> Figures:
    """The AUC where members, and others, are drawn with replacement."""
    rng = np.random.default_rng(seed)
    ranked = np.sort(theirs)
    left, right = (np.searchsorted(ranked, mine, side) for side in ("left", "right"))
    areas = []
    for _ in range(0, _DRAWS, _BATCH):
        each = [
            rng.multinomial(len(one), np.full(len(one), 1 / len(one)), _BATCH)
            for one in (mine, theirs)
        ]
        below = np.cumsum(np.pad(each[1], ((0, 0), (1, 0))), axis=1)
        wins = (each[0] * (below[:, left] + below[:, right])).sum(axis=1)
        areas.append(wins / (2 * len(mine) * len(theirs)))
    return np.concatenate(areas)


def _threshold(theirs: Figures, share: float) -> float:
    """The score that at most such a share of others exceeds."""
    return float(np.sort(theirs)[::-1][int(len(theirs) * share)])
