"""Graphs in other number formats compute nearly the same."""

import copy

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from passerby.errors import ConfigError
from passerby.models.number_formats import in_format
from passerby.models.session import open_session


@pytest.fixture
def model() -> onnx.ModelProto:
    """One convolution of 3x3 from three channels to eight."""
    weights = np.random.default_rng(0).normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32)
    shape = [1, None, 8, 8]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weights, "w")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(made, {"who": "me"})
    return made


def answer(model: onnx.ModelProto, numbers: np.ndarray) -> np.ndarray:
    (result,) = open_session(model, 1).run(None, {"x": numbers})
    return np.asarray(result)


@pytest.mark.parametrize(("name", "least", "most"), [("fp16", 1e-7, 2e-3), ("int8", 1e-4, 0.06)])
def test_what_is_lost_is_small_and_not_nothing(
    model: onnx.ModelProto, name: str, least: float, most: float
) -> None:
    inputs = [np.random.default_rng(i).random((1, 3, 8, 8), np.float32) for i in range(4)]
    whole = answer(model, inputs[0])
    made = in_format(copy.deepcopy(model), name, inputs)
    assert least < np.abs(answer(made, inputs[0]) - whole).max() < most
    assert made.metadata_props[0].value == "me"


def test_32_bits_are_left_as_they_are(model: onnx.ModelProto) -> None:
    before = model.SerializeToString()
    assert in_format(model, "fp32").SerializeToString() == before


def test_8_bits_need_inputs(model: onnx.ModelProto) -> None:
    with pytest.raises(ConfigError, match="give it inputs to calibrate"):
        in_format(model, "int8")
