"""Weights in 16 bits: the graph answers as it would with weights rounded to them."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from passerby.models.half_precision import halved
from passerby.models.session import open_session

WEIGHTS = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
SMALL = np.float32([1 / 3])


def graph() -> onnx.ModelProto:
    nodes = [
        helper.make_node("MatMul", ["in", "weights"], ["product"]),
        helper.make_node("Add", ["product", "small"], ["out"]),
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 8]) for name in ("in", "out")
    ]
    weights = [
        numpy_helper.from_array(WEIGHTS, "weights"),
        numpy_helper.from_array(SMALL, "small"),
    ]
    made = helper.make_graph(nodes, "product", values[:1], values[1:], weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def test_answers_are_those_of_rounded_weights() -> None:
    numbers = np.random.default_rng(1).normal(size=(1, 8)).astype(np.float32)
    (found,) = open_session(halved(graph()), 1).run(None, {"in": numbers})
    rounded = WEIGHTS.astype(np.float16).astype(np.float32)
    np.testing.assert_allclose(found, numbers @ rounded + SMALL, rtol=1e-5)
    assert np.abs(found - (numbers @ WEIGHTS + SMALL)).max() > 1e-5


def test_few_numbers_stay_as_they_are() -> None:
    stored = {one.name: one.data_type for one in halved(graph()).graph.initializer}
    assert stored == {"weights_half": TensorProto.FLOAT16, "small": TensorProto.FLOAT}
