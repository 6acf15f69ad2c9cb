"""Graphs whose weights are stored in 16 bits."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["halved"]


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store the weights of a graph in 16 bits, and turn them to 32 when it is loaded.

    Args:
        model: Is changed, and returned.
    """
    kept, nodes = [], []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < 16:
            kept.append(weight)
            continue
        stored = f"{weight.name}_half"
        kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
        nodes.append(helper.make_node("Cast", [stored], [weight.name], to=TensorProto.FLOAT))
    nodes.extend(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
    return model
