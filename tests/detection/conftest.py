"""A network small enough to write down, which finds bright squares as YOLOX finds people."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

SIDE = 16
"""Width and height of the boxes that the network gives, in pixels of its input."""


@pytest.fixture(scope="session")
def bright_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A graph in YOLOX's layout: an anchor's score is how bright its stride's cell is.

    The box has `SIDE` pixels and lies around the middle of the cell. Only stride 8 finds
    anything: a cell that is all white scores 0.98, the grey beside a picture nothing.
    """
    path = tmp_path_factory.mktemp("models") / "bright.onnx"
    onnx.save(_model(), path)
    return str(path)


def _model() -> onnx.ModelProto:
    nodes, weights, parts = [], [], []
    for stride in (8, 16, 32):
        size = np.log(SIDE / stride)
        gain = 22 / (3 * 255) if stride == 8 else 0
        kernel = np.zeros((6, 3, 1, 1), np.float32)
        kernel[4] = gain
        bias = np.array([0.5, 0.5, size, size, -18 if gain else -20, 1], np.float32)
        names = [f"{name}{stride}" for name in ("mean", "raw", "flat", "kernel", "bias")]
        mean, raw, flat, kernel_name, bias_name = names
        weights += [
            numpy_helper.from_array(kernel, kernel_name),
            numpy_helper.from_array(bias, bias_name),
        ]
        nodes += [
            helper.make_node(
                "AveragePool",
                ["image"],
                [mean],
                kernel_shape=[stride, stride],
                strides=[stride, stride],
            ),
            helper.make_node("Conv", [mean, kernel_name, bias_name], [raw]),
            helper.make_node("Reshape", [raw, "shape"], [flat]),
        ]
        parts.append(flat)
    weights.append(numpy_helper.from_array(np.array([1, 6, -1], np.int64), "shape"))
    nodes += [
        helper.make_node("Concat", parts, ["all"], axis=2),
        helper.make_node("Transpose", ["all"], ["rows"], perm=[0, 2, 1]),
        helper.make_node(
            "Split", ["rows"], ["box", "objectness", "person"], axis=2, split=[4, 1, 1]
        ),
        helper.make_node("Sigmoid", ["objectness"], ["probability"]),
        helper.make_node("Concat", ["box", "probability", "person"], ["output"], axis=2),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 64, 64])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 84, 6])
    graph = helper.make_graph(nodes, "bright", [image], [output], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
