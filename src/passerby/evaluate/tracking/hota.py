"""Higher order tracking accuracy.

Luiten, Osep, Dendorfer, Torr, Geiger, Leal-Taixe, Leibe, "HOTA: A Higher Order Metric for
Evaluating Multi-Object Tracking", IJCV 2021. Where the paper leaves something open, it is as in
the authors' own program: boxes of a frame are matched once and not once a threshold.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.assignment import best_pairs
from passerby.evaluate.tracking.trajectories import Ids, Overlaps, Pairing, at_least

__all__ = ["ALPHAS", "Hota", "hota"]

_Figures = npt.NDArray[np.float64]

ALPHAS: _Figures = np.arange(1, 20) / 20
"""Overlaps from which a box counts as right: 0.05, 0.1, ... 0.95."""


@dataclass(frozen=True, slots=True, eq=False)
class Hota:
    """Sums over all matches, for each of the thresholds `ALPHAS`; those of sequences add up.

    Attributes:
        matches: Shape (19,), boxes of the tracker that are right (TP).
        misses: Shape (19,), boxes of the truth that were not found (FN).
        false_boxes: Shape (19,), boxes of the tracker that are not right (FP).
        association: Shape (19,), sum over matches c of A(c): of all boxes of this person and of
            this track, the share in which the two are matched.
        association_recall: Shape (19,), the same, of all boxes of this person.
        association_precision: Shape (19,), the same, of all boxes of this track.
        overlap: Shape (19,), sum over matches of their intersection over union.
    """

    matches: _Figures
    misses: _Figures
    false_boxes: _Figures
    association: _Figures
    association_recall: _Figures
    association_precision: _Figures
    overlap: _Figures

    def __add__(self, other: "Hota") -> "Hota":
        return Hota(
            self.matches + other.matches,
            self.misses + other.misses,
            self.false_boxes + other.false_boxes,
            self.association + other.association,
            self.association_recall + other.association_recall,
            self.association_precision + other.association_precision,
            self.overlap + other.overlap,
        )

    @property
    def curve(self) -> _Figures:
        """HOTA at each threshold, shape (19,); NaN where there was neither truth nor tracks."""
        return np.sqrt(self._detection() * self._over_matches(self.association))

    @property
    def hota(self) -> float:
        """Mean of `curve`."""
        return float(self.curve.mean())

    @property
    def det_a(self) -> float:
        """Detection accuracy: of all boxes of the truth or the tracker, the share in both."""
        return float(self._detection().mean())

    @property
    def det_re(self) -> float:
        """Detection recall: share of the boxes of the truth that were found."""
        return float(_share(self.matches, self.matches + self.misses).mean())

    @property
    def det_pr(self) -> float:
        """Detection precision: share of the boxes of the tracker that are right."""
        return float(_share(self.matches, self.matches + self.false_boxes).mean())

    @property
    def ass_a(self) -> float:
        """Association accuracy: mean of A(c); 0 at thresholds that nothing reaches."""
        return float(self._over_matches(self.association).mean())

    @property
    def ass_re(self) -> float:
        """Association recall: how much of a person is in one track."""
        return float(self._over_matches(self.association_recall).mean())

    @property
    def ass_pr(self) -> float:
        """Association precision: how much of a track is one person."""
        return float(self._over_matches(self.association_precision).mean())

    @property
    def loc_a(self) -> float:
        """Localisation accuracy: mean overlap of matches; 1 at thresholds that nothing reaches."""
        if not self.matches.any():
            return float("nan")
        return float(np.where(self.matches > 0, self._over_matches(self.overlap), 1).mean())

    def _detection(self) -> _Figures:
        return _share(self.matches, self.matches + self.misses + self.false_boxes)

    def _over_matches(self, sums: _Figures) -> _Figures:
        return sums / np.maximum(self.matches, 1)


def _share(part: _Figures, whole: _Figures) -> _Figures:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def hota(pairing: Pairing) -> Hota:
    """Measure one sequence."""
    people, tracks, overlaps = _matches(pairing)
    person_frames, track_frames = pairing.people_frames, pairing.track_frames
    pairs, pair_of = np.unique(people * max(pairing.tracks, 1) + tracks, return_inverse=True)
    counts = np.array(
        [np.bincount(pair_of[at_least(overlaps, alpha)], minlength=len(pairs)) for alpha in ALPHAS],
        np.float64,
    ).reshape(len(ALPHAS), len(pairs))
    of_person = person_frames[pairs // max(pairing.tracks, 1)]
    of_track = track_frames[pairs % max(pairing.tracks, 1)]
    matches = counts.sum(axis=1)
    return Hota(
        matches=matches,
        misses=person_frames.sum() - matches,
        false_boxes=track_frames.sum() - matches,
        association=(counts**2 / (of_person + of_track - counts)).sum(axis=1),
        association_recall=(counts**2 / of_person).sum(axis=1),
        association_precision=(counts**2 / of_track).sum(axis=1),
        overlap=np.array([overlaps[at_least(overlaps, alpha)].sum() for alpha in ALPHAS]),
    )


def _matches(pairing: Pairing) -> tuple[Ids, Ids, Overlaps]:
    """Match the boxes of each frame so that HOTA is highest.

    Returns:
        Person, track and overlap of each match, shape (matches,).
    """
    alignment = _alignment(pairing)
    found: list[tuple[Ids, Ids, Overlaps]] = [(_NOBODY, _NOBODY, np.zeros(0))]
    for frame in pairing.frames:
        worth = alignment[np.ix_(frame.people, frame.tracks)] * frame.overlaps
        rows, columns = best_pairs(worth)
        found.append((frame.people[rows], frame.tracks[columns], frame.overlaps[rows, columns]))
    people, tracks, overlaps = map(np.concatenate, zip(*found, strict=True))
    return people, tracks, overlaps


_NOBODY: Ids = np.zeros(0, np.int64)


def _alignment(pairing: Pairing) -> Overlaps:
    """How well each person and each track go together over the sequence; (people, tracks).

    It is an intersection over union of the two sets of boxes, in which a pair that may be
    matched counts by its share of all overlaps of the two boxes.
    """
    together = np.zeros((pairing.people, pairing.tracks))
    for frame in pairing.frames:
        overlaps = frame.overlaps
        rivals = overlaps.sum(axis=0)[None, :] + overlaps.sum(axis=1)[:, None] - overlaps
        share = np.divide(overlaps, rivals, out=np.zeros_like(overlaps), where=overlaps > 0)
        together[np.ix_(frame.people, frame.tracks)] += share
    either = pairing.people_frames[:, None] + pairing.track_frames[None, :] - together
    return np.divide(together, either, out=np.zeros_like(together), where=either > 0)
