"""The settings of tracking."""

from dataclasses import dataclass

from passerby.tracking.kalman import MEASUREMENT_NOISE

__all__ = ["ANALYSIS", "COVERING", "TrackingSettings"]


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """How detections become tracks, and how tracks cover what detection missed.

    Attributes:
        start_score: A new track begins at a box of at least this score, or at any face.
        keep_score: A box of at least this score may continue a track that exists.
        overlap: Least buffered IoU for a box to continue a track.
        level: Exponent of the vertical overlap (0-1) that this IoU is multiplied by: the boxes of
            people nearer to the camera end lower in the picture.
        apart: Largest overlap with another track's person at which a person begins a track.
        double: Overlap with another body that was just seen above which one that was not seen is
            taken for the same and given up; 0 if never.
        chance: Score at which a sighting is no evidence for a body, nor against it ...
        lone_chance: ... and that of a person without a head, where most people have one.
        evidence: Least log odds of a track that is covered; 0 for all.
        noise: Spread of the detector's box sides, in heights.
        bridge: Longest time in seconds that a track survives without being seen.
        lead: Seconds that a track is extended before it was first seen; at least to the look
            before.
        hold: Seconds that a track is extended after it was last seen; at least to the next look.
        doubt: Margin of a box in standard deviations of its place.
    """

    start_score: float = 0.2
    keep_score: float = 0.1
    overlap: float = 0.3
    level: float = 0.0
    apart: float = 0.4
    double: float = 0.5
    chance: float = 0.2
    lone_chance: float = 0.5
    evidence: float = 2.5
    noise: float = MEASUREMENT_NOISE
    bridge: float = 2.0
    lead: float = 0.3
    hold: float = 0.3
    doubt: float = 0.5


COVERING = TrackingSettings()
"""To cover people: doubtful boxes count and tracks are kept alive; better one too many."""

ANALYSIS = TrackingSettings(
    start_score=0.7,
    keep_score=0.4,
    overlap=0.4,
    level=2.0,
    apart=0.5,
    double=0,
    noise=0.05,
    bridge=0.3,
)
"""To count and match people: short tracks, each certainly of one person; `analysis` joins them."""
