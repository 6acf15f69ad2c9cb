from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from network_cost import multiply_adds, picture, time_in_turns
from passerby.detections import Detections


def test_multiplications_of_a_network_are_counted_by_hand(people_and_heads_model: str) -> None:
    # A 1x1 convolution from 3 to 10 channels on every cell of strides 8, 16 and 32.
    cells = 12 * 8 + 6 * 4 + 3 * 2
    assert multiply_adds(Path(people_and_heads_model), 96, 64) == cells * 3 * 10


@pytest.mark.parametrize(("groups", "each"), [(1, 4 * 9), (4, 9)])
def test_channels_of_their_own_cost_less(tmp_path: Path, groups: int, each: int) -> None:
    widen = numpy_helper.from_array(np.zeros((4, 3, 1, 1), np.float32), "widen")
    kernel = numpy_helper.from_array(np.zeros((4, 4 // groups, 3, 3), np.float32), "kernel")
    nodes = [
        helper.make_node("Conv", ["images", "widen"], ["wide"]),
        helper.make_node("Conv", ["wide", "kernel"], ["found"], group=groups, strides=[2, 2]),
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("images", [1, 3, 9, "width"]), ("found", None))
    ]
    graph = helper.make_graph(nodes, "two", [values[0]], [values[1]], [widen, kernel])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "two.onnx")
    # The height is the graph's own, 9; what comes out is 4x3 of 4 channels.
    found = multiply_adds(tmp_path / "two.onnx", 100, 7)
    assert found == 9 * 7 * 4 * 3 + 4 * 3 * 4 * each


def test_detectors_take_turns() -> None:
    order: list[str] = []

    def noting(name: str):
        return lambda image: order.append(name) or Detections.none()

    timings = time_in_turns({"a": noting("a"), "b": noting("b")}, picture(64), rounds=2)
    runs = order[2:]
    assert order[:2] == ["a", "b"]
    assert runs == (["a"] * (len(runs) // 4) + ["b"] * (len(runs) // 4)) * 2
    assert [len(timings[name].seconds) for name in "ab"] == [2, 2]
    assert min(timings["a"].cpu_seconds) >= 0


def test_the_picture_is_square_and_no_flat_one() -> None:
    image = picture(64)
    assert image.shape == (64, 64, 3)
    assert image.std() > 5
