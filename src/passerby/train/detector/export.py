"""The trained network as ONNX, which needs no torch to run."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

__all__ = ["export", "halved"]


def export(network: nn.Module, path: Path, *, half: bool = True) -> None:
    """Write a network that takes BGR pictures of any size whose sides are multiples of 32.

    Args:
        network: A `PeopleNetwork`.
        path: Of the ONNX file.
        half: Store weights in 16 bits; they are computed with in 32.
    """
    device = next(network.parameters()).device
    with warnings.catch_warnings():
        # The exporter that replaces this one needs a package more, and gains nothing here.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network.eval(),
            (torch.zeros(1, 3, 64, 96, device=device),),
            str(path),
            input_names=["images"],
            output_names=["distances", "scores"],
            dynamic_axes={
                "images": {2: "height", 3: "width"},
                "distances": {1: "cells"},
                "scores": {1: "cells"},
            },
            opset_version=17,
            dynamo=False,
        )
    if half:
        path.write_bytes(halved(onnx.load(path)).SerializeToString())


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store the weights of a graph in 16 bits, and turn them to 32 when it is loaded."""
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
