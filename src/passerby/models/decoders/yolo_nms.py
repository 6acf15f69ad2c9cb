"""YOLO exported with its suppression inside, and YOLOv10, which needs none: a list of boxes."""

from collections.abc import Sequence

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.centred import ANCHORS, LEVELS
from passerby.models.decoders.decoder import DECODERS, Decoder, Shapes, count_cells, strong
from passerby.models.decoders.listed import chosen
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_SCORE, _CLASS = 4, 5


def decode(
    outputs: Sequence[Tensor],
    height: int,  # noqa: ARG001 - as all decoders
    width: int,  # noqa: ARG001 - likewise
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Choose boxes from a list.

    Args:
        outputs: One of shape (1, boxes, 6): left, top, right, bottom in the input's pixels, the
            score, and the number of the class. Rows that stand for nothing have score 0.
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest score.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    raw = outputs[0][0]
    raw = raw[strong(raw[:, _SCORE], threshold)]
    return chosen(raw[:, :4], raw[:, _SCORE], raw[:, _CLASS], wanted)


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][2] != _CLASS + 1:
        return None
    # As many boxes as there are cells are no list, but a network of one class that says all.
    cells = [sum(count_cells(height, width, strides)) for strides in LEVELS]
    return None if shapes[0][1] in (*cells, *(ANCHORS * count for count in cells)) else 0


DECODERS.add(
    "yolo-nms",
    Decoder(
        "YOLOv8, 11 exported with suppression, YOLOv10: (1, boxes, 6), in pixels",
        PREPARATIONS["rgb-1"],
        decode,
        _classes,
        everywhere=False,
    ),
)
