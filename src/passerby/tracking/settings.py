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
        apart: Largest overlap with the boxes of other tracks at which a box begins a track.
        noise: Spread of the detector's box sides, in heights.
        bridge: Longest time in seconds that a track survives without being seen.
        lead: Seconds that a track is extended before it was first seen.
        hold: Seconds that a track is extended after it was last seen.
        window: Seconds on either side from which a track's expected place is taken.
        growth: Margin of an unseen box, as a share of its height for each second from the
            nearest time it was seen.
    """

    start_score: float = 0.2
    keep_score: float = 0.1
    overlap: float = 0.3
    level: float = 0.0
    apart: float = 1.0
    noise: float = MEASUREMENT_NOISE
    bridge: float = 2.0
    lead: float = 0.4
    hold: float = 0.6
    window: float = 1.0
    growth: float = 0.25


COVERING = TrackingSettings()
"""To cover people: doubtful boxes count and tracks are kept alive; better one too many."""

ANALYSIS = TrackingSettings(
    start_score=0.7, keep_score=0.4, overlap=0.4, level=2.0, apart=0.5, noise=0.05, bridge=0.3
)
"""To count and match people: short tracks, each certainly of one person; `analysis` joins them."""
