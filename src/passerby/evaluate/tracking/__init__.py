"""How well people are followed: HOTA, CLEAR MOT and identity scores, from boxes with numbers."""

from passerby.evaluate.tracking.evaluation import TrackingResult, combined, evaluate_tracking
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.evaluate.tracking.truth import Truth, TruthRole

__all__ = [
    "TrackingResult",
    "Trajectories",
    "Truth",
    "TruthRole",
    "combined",
    "evaluate_tracking",
]
