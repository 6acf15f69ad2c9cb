"""Networks in ONNX files that go on learning, against ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from passerby.models.cards import PIXELS_KEY
from passerby.models.reid.graph_network import GraphNetwork
from passerby.signatures.network import SignatureNetwork
from passerby.train.reid.fresh_recogniser import prepared

SIZE = (16, 8)
KERNEL = np.random.default_rng(2).normal(size=(4, 3, 3, 3)).astype(np.float32)


def written(folder: Path, pixels: str, *, channels_last: bool = False) -> Path:
    """A convolution and the mean of its maps."""
    nodes = [
        helper.make_node("Transpose", ["in"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["first" if channels_last else "in", "kernel"], ["maps"]),
        helper.make_node("GlobalAveragePool", ["maps"], ["out"]),
    ]
    shape = (1, *SIZE, 3) if channels_last else ("n", 3, *SIZE)
    graph = helper.make_graph(
        nodes if channels_last else nodes[1:],
        "own",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(KERNEL, "kernel")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {PIXELS_KEY: pixels})
    path = folder / "own.onnx"
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("pixels", ["bgr-255", "rgb-imagenet"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_it_describes_as_the_file_does(tmp_path: Path, pixels: str, channels_last: bool) -> None:
    path = written(tmp_path, pixels, channels_last=channels_last)
    network = GraphNetwork(path, pixels, SIZE)
    pictures = np.random.default_rng(1).integers(0, 256, (3, *SIZE, 3), np.uint8)
    wanted = SignatureNetwork(str(path)).describe(pictures)
    given = network.eval()(prepared(pictures, torch.device("cpu")))
    assert network.dimension == 4
    np.testing.assert_allclose(given.detach().numpy(), wanted, atol=1e-3)


def test_in_training_it_answers_without_a_classifier(tmp_path: Path) -> None:
    network = GraphNetwork(written(tmp_path, "rgb-imagenet"), "rgb-imagenet", SIZE).train()
    answer = network(torch.zeros(2, 3, *SIZE))
    assert answer.logits == ()
    (features,) = answer.features
    features.sum().backward()
    assert [one.shape for one in network.parameters()] == [torch.Size(KERNEL.shape)]
    assert all(one.grad is not None for one in network.parameters())
