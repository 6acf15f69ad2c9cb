"""All figures of a tracker on one sequence or several."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from passerby.errors import ConfigError
from passerby.evaluate.tracking.clear import Clear, clear
from passerby.evaluate.tracking.hota import ALPHAS, Hota, hota
from passerby.evaluate.tracking.identity import IdentityCounts, identity
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.evaluate.tracking.truth import Truth, paired

__all__ = ["TrackingResult", "combined", "evaluate_tracking"]


@dataclass(frozen=True, slots=True, eq=False)
class TrackingResult:
    """Figures of one sequence, or of several taken together.

    Attributes:
        hota: Detection and association over all thresholds of overlap.
        clear: Misses, false boxes and switches.
        identity: How long the one track taken for a person is right.
        frames: How many count.
        people: How many there are.
        tracks: How many the tracker has, in the frames that count.
        overlap: Least intersection over union of a box that is right, for all but HOTA.
    """

    hota: Hota
    clear: Clear
    identity: IdentityCounts
    frames: int
    people: int
    tracks: int
    overlap: float

    @property
    def tracks_per_person(self) -> float:
        """How many tracks there are for each person; NaN without people."""
        return self.tracks / self.people if self.people else float("nan")

    def summary(self) -> dict[str, float]:
        """Every figure by its name in the literature; shares are 0-1, NaN where undefined."""
        return {
            "HOTA": self.hota.hota,
            "DetA": self.hota.det_a,
            "AssA": self.hota.ass_a,
            "LocA": self.hota.loc_a,
            "DetRe": self.hota.det_re,
            "DetPr": self.hota.det_pr,
            "AssRe": self.hota.ass_re,
            "AssPr": self.hota.ass_pr,
            "IDF1": self.identity.idf1,
            "IDP": self.identity.idp,
            "IDR": self.identity.idr,
            "MOTA": self.clear.mota,
            "MOTP": self.clear.motp,
            "IDSW": self.clear.switches,
            "Frag": self.clear.fragmentations,
            "MT": self.clear.mostly_tracked,
            "PT": self.clear.partly_tracked,
            "ML": self.clear.mostly_lost,
            "FN": self.clear.misses,
            "FP": self.clear.false_boxes,
            "frames": self.frames,
            "people": self.people,
            "tracks": self.tracks,
            "tracks_per_person": self.tracks_per_person,
        }

    def as_dict(self) -> dict[str, Any]:
        """The same for a file, with HOTA at each threshold; None where undefined."""
        known = {name: None if isnan(value) else value for name, value in self.summary().items()}
        curve = [None if isnan(value) else value for value in self.hota.curve.tolist()]
        return {
            "overlap": self.overlap,
            **known,
            "HOTA_alpha": dict(zip(map(str, ALPHAS.tolist()), curve, strict=True)),
            "counts": {"clear": asdict(self.clear), "identity": asdict(self.identity)},
        }


def evaluate_tracking(
    truth: Truth,
    tracks: Trajectories,
    frames: Iterable[int] | None = None,
    *,
    overlap: float = 0.5,
) -> TrackingResult:
    """Measure a tracker on one sequence.

    Args:
        truth: Who is where.
        tracks: What the tracker said.
        frames: Numbers of the frames that count; all in which there is anything, if left out.
        overlap: Least intersection over union of a box that is right, above 0 and at most 1. HOTA
            has thresholds of its own.

    Raises:
        ConfigError: If the overlap is out of range.

    Example:
        >>> person = Trajectories.of([1, 2, 3, 4], [1] * 4, [[0, 0, 10, 20]] * 4)
        >>> broken = Trajectories.of([1, 2, 3, 4], [1, 1, 2, 2], [[0, 0, 10, 20]] * 4)
        >>> found = evaluate_tracking(Truth(person), broken)
        >>> found.clear.mota, found.identity.idf1, round(found.hota.hota, 3)
        (0.75, 0.5, 0.707)
    """
    if not 0 < overlap <= 1:
        raise ConfigError(f"overlap must be above 0 and at most 1, not {overlap}")
    pairing = paired(truth, tracks, frames)
    return TrackingResult(
        hota=hota(pairing),
        clear=clear(pairing, overlap),
        identity=identity(pairing, overlap),
        frames=len(pairing.frames),
        people=pairing.people,
        tracks=pairing.tracks,
        overlap=overlap,
    )


def combined(results: Sequence[TrackingResult]) -> TrackingResult:
    """Take sequences together as MOTChallenge does: each box counts alike.

    Raises:
        ConfigError: If there are none, or they were measured at different overlaps.
    """
    if len({one.overlap for one in results}) != 1:
        raise ConfigError("results must be one or more of the same overlap to be combined")
    first, *more = results
    scores, counts, identities = first.hota, first.clear, first.identity
    for one in more:
        scores, counts, identities = (
            scores + one.hota,
            counts + one.clear,
            identities + one.identity,
        )
    return TrackingResult(
        scores,
        counts,
        identities,
        frames=sum(one.frames for one in results),
        people=sum(one.people for one in results),
        tracks=sum(one.tracks for one in results),
        overlap=first.overlap,
    )
