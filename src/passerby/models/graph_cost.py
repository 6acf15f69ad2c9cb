"""What a network costs whose code is not at hand: multiplications and weights of its graph."""

from math import prod

import onnx

from passerby.models.picture_input import any_size

__all__ = ["graph_cost"]

_CONVOLUTIONS = {"Conv": "made", "ConvTranspose": "seen"}
"""And whose map each weight of theirs meets at every place."""


def graph_cost(model: onnx.ModelProto, height: int, width: int) -> tuple[int, int]:
    """Count the multiplications of a graph's convolutions for one picture, and its weights.

    Args:
        model: With one input of shape (1, 3, height, width).
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.

    Returns:
        Multiplications, each with its addition, and weights.
    """
    sized = any_size(model, channels_last=False)
    for place, side in ((2, height), (3, width)):
        sized.graph.input[0].type.tensor_type.shape.dim[place].dim_value = side
    known = onnx.shape_inference.infer_shapes(sized, data_prop=True).graph
    shapes = {
        value.name: [one.dim_value for one in value.type.tensor_type.shape.dim]
        for value in (*known.value_info, *known.output, *known.input)
    }
    weights = {one.name: list(one.dims) for one in known.initializer}
    shapes |= weights
    macs = 0
    for node in known.node:
        if node.op_type in _CONVOLUTIONS:
            place = node.output[0] if _CONVOLUTIONS[node.op_type] == "made" else node.input[0]
            macs += prod(shapes[place][2:]) * prod(shapes[node.input[1]])
    return macs, sum(map(prod, weights.values()))
