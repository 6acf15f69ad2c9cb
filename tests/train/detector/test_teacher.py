"""A teacher speaks about every cell; what is no teacher is refused."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from passerby.errors import ModelError
from passerby.train.detector.teacher import Teacher

LOG_2, LOG_3 = np.log([2, 3])


def yolox(fixed=False):
    """A YOLOX of one class: each box is 2 cells wide and 3 high, around the middle of its cell,
    and the score is 0.5 times how blue the cell is, 0-1."""
    nodes, names = [], []
    weights = [numpy_helper.from_array(np.array([1, 6, -1], np.int64), "shape")]
    for stride in (8, 16, 32):
        kernel = np.zeros((6, 3, 1, 1), np.float32)
        kernel[4, 0] = 1 / 255
        bias = np.array([0.5, 0.5, LOG_2, LOG_3, 0, 0.5], np.float32)
        weights += [
            numpy_helper.from_array(kernel, f"kernel{stride}"),
            numpy_helper.from_array(bias, f"bias{stride}"),
        ]
        pool = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        nodes += [
            helper.make_node("AveragePool", ["images"], [f"mean{stride}"], **pool),
            helper.make_node(
                "Conv", [f"mean{stride}", f"kernel{stride}", f"bias{stride}"], [f"raw{stride}"]
            ),
            helper.make_node("Reshape", [f"raw{stride}", "shape"], [f"flat{stride}"]),
        ]
        names.append(f"flat{stride}")
    nodes += [
        helper.make_node("Concat", names, ["all"], axis=2),
        helper.make_node("Transpose", ["all"], ["rows"], perm=[0, 2, 1]),
        helper.make_node("Reshape", ["rows", "out"], ["output"]),
    ]
    out = [1, 21, 6] if fixed else [1, -1, 6]
    weights.append(numpy_helper.from_array(np.array(out, np.int64), "out"))
    side = [32, 32] if fixed else ["height", "width"]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, *side])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, "cells", 6])
    graph = helper.make_graph(nodes, "yolox", [images], [output], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)


def test_every_cell_has_a_box_and_a_score(tmp_path):
    onnx.save(yolox(), tmp_path / "yolox.onnx")
    image = np.zeros((32, 64, 3), np.uint8)
    image[0:8, 8:16, 0] = 255
    advice = Teacher(tmp_path / "yolox.onnx")(image)
    boxes, scores = [], []
    for stride in (8, 16, 32):
        for row in range(32 // stride):
            for column in range(64 // stride):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                boxes.append([x - stride, y - 1.5 * stride, x + stride, y + 1.5 * stride])
                cell = image[row * stride :, column * stride :][:stride, :stride, 0]
                scores.append(0.5 * cell.mean() / 255)
    np.testing.assert_allclose(advice.boxes, boxes, atol=1e-3)
    np.testing.assert_allclose(advice.scores, scores, atol=1e-5)
    assert advice.scores.max() > 0.49


def test_a_network_for_one_size_cannot_teach(tmp_path):
    onnx.save(yolox(fixed=True), tmp_path / "fixed.onnx")
    with pytest.raises(ModelError, match=r"fixed\.onnx has a fixed input size"):
        Teacher(tmp_path / "fixed.onnx")


def test_a_network_of_another_family_cannot_teach(people_and_heads_model):
    with pytest.raises(ModelError, match="is not a YOLOX: for 64x96 pixels its outputs are"):
        Teacher(Path(people_and_heads_model))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read .*gone\.onnx"):
        Teacher(tmp_path / "gone.onnx")


@pytest.mark.shared
def test_the_default_teacher_has_our_cells(shared):
    teacher = Teacher(shared / "models" / "yolox_nano_416.onnx")
    advice = teacher(np.random.default_rng(0).integers(0, 256, (96, 64, 3), np.uint8))
    assert advice.boxes.shape == (126, 4)
    assert advice.scores.shape == (126,)
    assert ((advice.scores >= 0) & (advice.scores <= 1)).all()
