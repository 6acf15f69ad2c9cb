"""The knobs of tracking, with what they mean."""

from dataclasses import dataclass

__all__ = ["TrackingSettings"]


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """How detections become tracks, and how tracks cover what detection missed.

    Attributes:
        start_score: A new track begins at a box of at least this score, or at any face.
        keep_score: A box of at least this score may continue a track that exists.
        overlap: Least buffered IoU for a box to continue a track.
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
    bridge: float = 2.0
    lead: float = 0.4
    hold: float = 0.6
    window: float = 1.0
    growth: float = 0.25
