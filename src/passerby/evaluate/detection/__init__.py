"""How well people, or heads, are found: average precision, recall at few false boxes, and counts.

Boxes are measured as COCO defines it (Lin et al. 2014, arXiv 1405.0312;
cocodataset.org/#detection-eval), at one overlap and for boxes of all sizes; heat maps as Johansson
and Lundberg do.
"""

from passerby.evaluate.detection.bootstrap import interval, ratio
from passerby.evaluate.detection.curves import Curve, average_precision, curve, recall_at
from passerby.evaluate.detection.heat_maps import (
    PeakMatches,
    heat_map_average_precision,
    interpolated_average_precision,
    match_heat_maps,
    peak_mask,
)
from passerby.evaluate.detection.matches import ImageMatches, match_detections
from passerby.evaluate.detection.people import (
    CountingError,
    PersonDetection,
    confident_people,
    counting_error,
    person_detection,
)
from passerby.evaluate.detection.ranking import Ranking, rank

__all__ = [
    "CountingError",
    "Curve",
    "ImageMatches",
    "PeakMatches",
    "PersonDetection",
    "Ranking",
    "average_precision",
    "confident_people",
    "counting_error",
    "curve",
    "heat_map_average_precision",
    "interpolated_average_precision",
    "interval",
    "match_detections",
    "match_heat_maps",
    "peak_mask",
    "person_detection",
    "rank",
    "ratio",
    "recall_at",
]
