"""How well people, or heads, are found: average precision, and recall at few false boxes.

All of it is as COCO defines it (Lin et al. 2014, arXiv 1405.0312; cocodataset.org/#detection-eval),
at one overlap and for boxes of all sizes.
"""

from passerby.evaluate.detection.bootstrap import interval, ratio
from passerby.evaluate.detection.curves import Curve, average_precision, curve, recall_at
from passerby.evaluate.detection.matches import ImageMatches, match_detections
from passerby.evaluate.detection.ranking import Ranking, rank

__all__ = [
    "Curve",
    "ImageMatches",
    "Ranking",
    "average_precision",
    "curve",
    "interval",
    "match_detections",
    "rank",
    "ratio",
    "recall_at",
]
