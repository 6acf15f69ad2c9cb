"""Gaps in tracks: who is linked over them, and what there is to link by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.attack.people import CropImages
from passerby.evaluate.statistics import Figures
from passerby.evaluate.tracking import Trajectories
from passerby.geometry import Size

__all__ = ["GAPS", "GapEvent", "TrackTrial", "gap_events", "motion_costs", "picked_first"]

GAPS = (5, 25, 75)
"""Frames in which an attacker sees nobody."""

_EACH = 3
"""Gaps of a length in a track, at most."""
_IN_ALL = 100
"""Gaps of a length: crops are kept of all who are there."""
_KNOWN = 10
"""Boxes before a gap from which speed is told."""

_Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class GapEvent:
    """Somebody who is lost, and all who are there after a gap.

    Attributes:
        gap: In frames.
        before: Rows of the track up to the gap, at most ten, in order of time.
        after: Rows of all who are there when it ends, two or more.
        right: Which of these is the same person.
    """

    gap: int
    before: _Rows
    after: _Rows
    right: int


@dataclass(frozen=True, eq=False)
class TrackTrial:
    """The tracks of a film, and what their gaps look like.

    Attributes:
        tracks: Who is where.
        size: Height and width of the frames, in pixels.
        events: Gaps.
        places: Where in the pictures a row's crop is.
        clear: Crops, shape (n, height, width, 3).
        seen: The same, anonymized.
    """

    tracks: Trajectories
    size: Size
    events: Sequence[GapEvent]
    places: Mapping[int, int]
    clear: CropImages
    seen: CropImages


def gap_events(tracks: Trajectories) -> list[GapEvent]:
    """Cut gaps into all tracks that are long enough, where others are there too.

    Of each length there are three in a track and 100 in all, at most, evenly spread.
    """
    every = list(_every_gap(tracks))
    kept = []
    for gap in GAPS:
        own = [one for one in every if one.gap == gap]
        count = min(len(own), _IN_ALL)
        kept += [own[round(place)] for place in np.linspace(0, len(own) - 1, count)]
    return kept


def _every_gap(tracks: Trajectories) -> Iterator[GapEvent]:
    there: dict[int, _Rows] = {
        int(frame): np.flatnonzero(tracks.frames == frame) for frame in np.unique(tracks.frames)
    }
    for identity in np.unique(tracks.ids):
        own = np.flatnonzero(tracks.ids == identity)
        own = own[np.argsort(tracks.frames[own])]
        row_at = {int(tracks.frames[row]): int(row) for row in own}
        for gap in GAPS:
            ends = [
                place
                for place in range(1, len(own))
                if int(tracks.frames[own[place]]) + gap in row_at
                and len(there[int(tracks.frames[own[place]]) + gap]) > 1
            ]
            chosen = np.unique(np.linspace(0, len(ends) - 1, _EACH + 2)[1:-1].round().astype(int))
            for place in (ends[one] for one in chosen if ends):
                later = int(tracks.frames[own[place]]) + gap
                after = there[later]
                before = own[max(place + 1 - _KNOWN, 0) : place + 1]
                yield GapEvent(gap, before, after, int(np.flatnonzero(after == row_at[later])[0]))


def motion_costs(tracks: Trajectories, event: GapEvent) -> Figures:
    """Return how far each candidate is from where somebody would be who walked on.

    Speed is that of the line with the least squared error through feet and height. Distances are
    in heights of the person.

    Args:
        tracks: Who is where.
        event: A gap.

    Returns:
        Shape (candidates,), 0 or more.
    """
    states = _states(tracks.boxes[event.before])
    times = (tracks.frames[event.before] - tracks.frames[event.before[-1]]).astype(np.float64)
    design = np.stack([times, np.ones(len(times))], axis=1)
    line, *_ = np.linalg.lstsq(design, states, rcond=None)
    expected = line[0] * event.gap + line[1]
    apart = _states(tracks.boxes[event.after]) - expected
    height = max(float(states[-1, 2]), 1.0)
    return np.asarray(np.linalg.norm(apart / height, axis=1), np.float64)


def picked_first(costs: Figures, right: int) -> float:
    """Return how likely the right candidate is picked, of those with the least cost at random."""
    best = costs == costs.min()
    return float(best[right] / best.sum())


def _states(boxes: npt.NDArray[np.float64]) -> Figures:
    """Feet and height, shape (n, 3)."""
    left, top, right, bottom = boxes.T
    return np.stack([(left + right) / 2, bottom, bottom - top], axis=1)
