"""Graphs in 8 bits answer nearly as before."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from passerby.models.quantization import quantized
from passerby.models.session import open_session

RANDOM = np.random.default_rng(0)
KERNEL = RANDOM.normal(size=(16, 3, 3, 3)).astype(np.float32) * np.geomspace(0.01, 1, 16)[
    :, None, None, None
].astype(np.float32)
INPUTS = [RANDOM.normal(size=(1, 3, 16, 8)).astype(np.float32) for _ in range(12)]


def graph(opset: int) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Conv", ["in", "kernel"], ["maps"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Relu", ["maps"], ["positive"]),
        helper.make_node("GlobalAveragePool", ["positive"], ["means"]),
        helper.make_node("Flatten", ["means"], ["out"]),
    ]
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, ["n", 3, 16, 8])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 16])
    made = helper.make_graph(
        nodes, "conv", [picture], [out], [numpy_helper.from_array(KERNEL, "kernel")]
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
    helper.set_model_props(model, {"key": "value"})
    return model


@pytest.mark.parametrize("opset", [12, 17])
def test_answers_are_nearly_the_same_and_weights_are_bytes(opset: int) -> None:
    small = quantized(graph(opset), INPUTS[:8])
    kernels = [one for one in small.graph.initializer if one.name.startswith("kernel_quantized")]
    assert [one.data_type for one in kernels] == [TensorProto.INT8]
    assert [(one.key, one.value) for one in small.metadata_props] == [("key", "value")]
    before, after = open_session(graph(opset), 1), open_session(small, 1)
    for numbers in INPUTS[8:]:
        wanted = before.run(None, {"in": numbers})[0]
        found = after.run(None, {"in": numbers})[0]
        assert 0 < np.abs(found - wanted).max() < 0.05 * wanted.max()


def test_each_channel_has_a_scale_of_its_own() -> None:
    """One scale for all would drown the weakest of these kernels, a hundredth of the strongest."""
    small = quantized(graph(17), INPUTS[:8])
    (scales,) = (one for one in small.graph.initializer if one.name == "kernel_scale")
    wanted = np.abs(KERNEL).reshape(16, -1).max(axis=1) / 127
    np.testing.assert_allclose(numpy_helper.to_array(scales), wanted, rtol=0.01)
