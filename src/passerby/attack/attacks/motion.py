"""Following people over gaps in their tracks: by motion alone, and by what they look like too.

Boxes and times are there whatever is done to pixels, so motion alone is what nobody can hide. By
how much looks help is what an anonymizer gives away.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, AttackFinding, Champions, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.findings import success_finding
from passerby.attack.motion import GAPS, GapEvent, TrackTrial, motion_costs, picked_first
from passerby.evaluate.statistics import Figures
from passerby.signatures.describer import Rows

__all__ = ["BY_LOOKS", "BY_MOTION"]

BY_MOTION = "followed over {} frames by motion"
BY_LOOKS = "followed over {} frames by motion and looks"
"""Names of figures, with the length of the gap."""

_FAR = 3.0
"""Heights of a person: who is farther away is no less likely."""
_SHARES = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""What a height of distance counts, beside a cosine distance of looks."""

_Ids = npt.NDArray[np.int64]


def _measure(case: AttackCase, champions: Champions) -> Sequence[AttackFinding]:
    trial = case.tracks
    if trial is None:
        return []
    costs = [np.minimum(motion_costs(trial.tracks, one), _FAR) for one in trial.events]
    findings: list[AttackFinding] = []
    for gap in GAPS:
        chosen = [place for place, one in enumerate(trial.events) if one.gap == gap]
        if chosen:
            findings.append(_by_motion(trial, chosen, costs))
    if not trial.events:
        return []
    looks = _looks(trial, champions.linking.fitted)
    for gap in GAPS:
        findings += _by_looks(case, trial, gap, costs, looks)
    return findings


def _by_motion(trial: TrackTrial, chosen: list[int], costs: list[Figures]) -> AttackFinding:
    events = [trial.events[place] for place in chosen]
    right = np.array([picked_first(costs[place], trial.events[place].right) for place in chosen])
    return success_finding(
        right,
        _owners(trial, events),
        name="motion",
        measure=BY_MOTION.format(events[0].gap),
        chance=float(np.mean([1 / len(one.after) for one in events])),
        clear=float(right.mean()),
    )


def _by_looks(
    case: AttackCase,
    trial: TrackTrial,
    gap: int,
    costs: list[Figures],
    looks: tuple[list[Figures], list[Figures]],
) -> Iterator[AttackFinding]:
    """How much looks count is chosen on people who are not measured."""
    of_gap = np.array([one.gap == gap for one in trial.events])
    owners = _owners(trial, trial.events)
    held, tested = (
        np.flatnonzero(of_gap & np.isin(owners, pairs.clear.ids))
        for pairs in (case.validation, case.test)
    )
    if not len(tested):
        return
    motion = _right(trial.events, costs, tested)
    reached = []
    for kind in looks:
        ways = [
            [share * far + look for far, look in zip(costs, kind, strict=True)] for share in _SHARES
        ]
        ways.append(costs)
        best = max(ways, key=lambda way: float(_right(trial.events, way, held).sum()))
        reached.append(_right(trial.events, best, tested))
    yield success_finding(
        reached[0],
        owners[tested],
        name="motion",
        measure=BY_LOOKS.format(gap),
        chance=float(motion.mean()),  # whoever sees no picture has motion
        clear=float(reached[1].mean()),
    )


def _looks(trial: TrackTrial, best: Fitted) -> tuple[list[Figures], list[Figures]]:
    """Cosine distances of looks for each event: in anonymized crops, and in clear ones."""
    rows = best.of_seen(trial.seen), best.of_clear(trial.clear)
    seen, clear = ([_distances(trial, one, kind) for one in trial.events] for kind in rows)
    return seen, clear


def _distances(trial: TrackTrial, event: GapEvent, rows: Rows) -> Figures:
    lost = rows[trial.places[int(event.before[-1])]].astype(np.float64)
    others = rows[[trial.places[int(row)] for row in event.after]].astype(np.float64)
    lengths = np.linalg.norm(lost) * np.linalg.norm(others, axis=1)
    return np.asarray(1 - others @ lost / np.maximum(lengths, 1e-12))


def _right(
    events: Sequence[GapEvent], costs: Sequence[Figures], chosen: npt.NDArray[np.intp]
) -> Figures:
    return np.array([picked_first(costs[place], events[place].right) for place in chosen])


def _owners(trial: TrackTrial, events: Sequence[GapEvent]) -> _Ids:
    return np.array([trial.tracks.ids[one.before[-1]] for one in events], np.int64)


ATTACKS.add(
    "motion",
    Attack(
        summary="Who is followed over a gap, by motion and by looks; needs the tracks of a film.",
        question="time",
        measure=_measure,
    ),
)
