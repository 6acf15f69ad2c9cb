"""SSD as TensorFlow's Object Detection API exports it (Liu et al. 2016, arXiv 1512.02325)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import DECODERS, Decoder, Shapes, strong
from passerby.models.decoders.listed import chosen
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_SUPPRESSED = "detection_boxes", "detection_scores", "detection_classes"
_CORNERS = [1, 0, 3, 2]
"""From top, left, bottom, right to left, top, right, bottom."""
_WITH_BACKGROUND = 91
"""So many columns are COCO's 90 and, first, the background: they are not of this layout."""


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn shares of the input into boxes.

    Args:
        outputs: Two before suppression: top, left, bottom, right as shares of the input, shape
            (1, anchors, 1, 4), and the probability of each class without a background, shape
            (1, anchors, classes). Three after it: the same sides, shape (1, boxes, 4), the scores,
            shape (1, boxes), and the numbers of the classes from 1, shape (1, boxes).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for; 0 is the first.

    Returns:
        Boxes in the input's pixels.
    """
    sides = np.array([width, height, width, height], np.float32)
    if len(outputs) == len(_SUPPRESSED):
        boxes, scores, classes = (output[0] for output in outputs)
        kept = strong(scores, threshold)
        return chosen(boxes[kept][:, _CORNERS] * sides, scores[kept], classes[kept] - 1, wanted)
    scores = outputs[1][0][:, wanted.columns]
    anchor, position = np.nonzero(strong(scores, threshold))
    boxes = outputs[0][0, :, 0][anchor][:, _CORNERS] * sides
    return Detections.of(boxes, scores[anchor, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:  # noqa: ARG001 - as all
    if len(shapes) not in (2, len(_SUPPRESSED)) or len(shapes[1]) < 2:
        return None
    count = shapes[1][1]
    if list(shapes) == [(1, count, 4), (1, count), (1, count)]:
        return 0
    if list(shapes[:1]) == [(1, count, 1, 4)] and len(shapes[1]) == 3 and len(shapes) == 2:
        return None if shapes[1][2] == _WITH_BACKGROUND else shapes[1][2]
    return None


DECODERS.add(
    "ssd",
    Decoder(
        "SSD of TensorFlow: shares (1, anchors, 1, 4) and scores (1, anchors, classes), or "
        "detection_boxes, detection_scores and detection_classes",
        PREPARATIONS["rgb-127.5"],
        decode,
        _classes,
        outputs=_SUPPRESSED,
        everywhere=False,
        keeps_aspect=False,
    ),
)
