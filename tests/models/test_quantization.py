"""Graphs in 8 bits answer nearly as before, and alike on all processors."""

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
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


def products(kind: str) -> onnx.ModelProto:
    """Every output is the sum of 64 inputs, each weighted by 1: the largest sums there can be."""
    ones = np.ones((4, 64, 1, 1) if kind == "Conv" else (64, 4), np.float32)
    shape = ["n", 64, 1, 1] if kind == "Conv" else ["n", 64]
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 4, *shape[2:]])
    node = helper.make_node(kind, ["in", "weights"], ["out"])
    weights = [numpy_helper.from_array(ones, "weights")]
    made = helper.make_graph([node], kind, [picture], [out], weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=7)


def values(model: onnx.ModelProto, name: str) -> npt.NDArray[np.int64]:
    """Whole numbers that a graph holds."""
    (found,) = (one for one in model.graph.initializer if one.name == name)
    return numpy_helper.to_array(found).astype(np.int64)


def scale(model: onnx.ModelProto, name: str) -> npt.NDArray[np.float64]:
    """The scale or scales of a tensor."""
    (found,) = (one for one in model.graph.initializer if one.name == f"{name}_scale")
    return numpy_helper.to_array(found).astype(np.float64)


@pytest.mark.parametrize("kind", ["Conv", "Gemm", "MatMul"])
@pytest.mark.parametrize("low", [0.0, -1.0])
def test_sums_are_those_of_whole_numbers_on_every_processor(kind: str, low: float) -> None:
    """Reckoned in 64 bits. Without VNNI, two products are added in 16, of which all are used up.

    Where numbers below 0 are seen too, 0 is stored as 128, and half of the range is left.
    """
    random = np.random.default_rng(0)
    shape = (8, 64, 1, 1) if kind == "Conv" else (8, 64)
    seen = random.uniform(low, 1, shape).astype(np.float32)
    seen[0], seen[1] = 1, low
    small = quantized(products(kind), [seen])
    numbers = np.rint(seen / scale(small, "in").astype(np.float32)).astype(np.int64)
    weights = values(small, "weights_quantized").reshape((4, 64) if kind == "Conv" else (64, 4))
    sums = numbers.reshape(8, 64) @ (weights.T if kind == "Conv" else weights)
    wanted = sums * (scale(small, "in") * scale(small, "weights"))
    found = open_session(small, 1).run(None, {"in": seen})[0].reshape(8, 4)
    assert wanted.max() == pytest.approx(64, rel=0.01)
    np.testing.assert_allclose(found, wanted, atol=scale(small, "out") * 0.51)


@given(
    arrays(np.float32, (3, 8, 2, 2), elements=st.floats(-1e3, 1e3, width=32)),
    st.sampled_from([1, 1e-6, 1e6]),
)
@settings(max_examples=30)
def test_no_two_products_are_more_than_16_bits_hold(
    kernel: npt.NDArray[np.float32], factor: float
) -> None:
    """Whatever the weights, and whatever unsigned bytes they meet."""
    model = graph(17)
    kernel = (kernel * factor).astype(np.float32)
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(kernel, "kernel"))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 8
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 3
    picture = RANDOM.normal(size=(1, 8, 16, 8)).astype(np.float32)
    weights = values(quantized(model, [picture]), "kernel_quantized")
    assert -(2**15) <= 2 * 255 * weights.min() <= 2 * 255 * weights.max() <= 2**15 - 1


@pytest.mark.parametrize("opset", [12, 17])
def test_answers_are_nearly_the_same_and_weights_are_bytes(opset: int) -> None:
    model, untouched = graph(opset), graph(opset)
    small = quantized(model, INPUTS[:8])
    assert model == untouched
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
    wanted = np.abs(KERNEL).reshape(16, -1).max(axis=1) / 64
    np.testing.assert_allclose(numpy_helper.to_array(scales), wanted, rtol=0.01)
