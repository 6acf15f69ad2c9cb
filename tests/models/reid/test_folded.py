"""ImageNet's weights without batch normalization, against networks that are folded by hand."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from passerby.errors import ConfigError, ModelError
from passerby.models.half_precision import halved
from passerby.models.reid import create
from passerby.models.reid.folded import load_folded
from passerby.models.reid.siamese import SiameseMobileNet

MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
STD = torch.tensor([0.229, 0.224, 0.225])[:, None, None]


def siamese(size: tuple[int, int] = (64, 64)) -> SiameseMobileNet:
    network = create("siamese-mobilenet", 2, size=size, tensorflow=True)
    assert isinstance(network, SiameseMobileNet)
    return network


def written(path: Path, *, half: bool = False) -> None:
    """Write random convolutions of MobileNet's shapes, as TensorFlow pads and stops them."""
    rng = np.random.default_rng(4)
    nodes, name = [], "in"
    weights = [numpy_helper.from_array(np.float32(value), str(value)) for value in (0, 6)]
    layers = [layer for layer in siamese().modules() if isinstance(layer, nn.Conv2d)]
    for place, layer in enumerate(layers):
        shape, stride = layer.weight.shape, layer.stride[0]
        weight = rng.normal(size=shape) * (2 / shape[1:].numel()) ** 0.5 * 1.5
        weights += [
            numpy_helper.from_array(weight.astype(np.float32), f"w{place}"),
            numpy_helper.from_array(rng.normal(size=shape[0]).astype(np.float32), f"b{place}"),
        ]
        pads = [0, 0, 1, 1] if stride == 2 else [shape[2] // 2] * 4
        options = {"group": layer.groups, "strides": [stride] * 2, "pads": pads}
        nodes += [
            helper.make_node("Conv", [name, f"w{place}", f"b{place}"], [f"c{place}"], **options),
            helper.make_node("Clip", [f"c{place}", "0", "6"], [f"r{place}"]),
        ]
        name = f"r{place}"
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, "h", "w"])
    out = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "folded", [picture], [out], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(halved(model) if half else model, path)


def features_of(path: Path, pictures: torch.Tensor) -> torch.Tensor:
    """What ONNX Runtime makes of pictures of 0-1: the mean of the last maps."""
    runtime = onnxruntime.InferenceSession(path)
    maps = [runtime.run(None, {"in": one[None].numpy() * 2 - 1})[0] for one in pictures]
    return torch.tensor(np.concatenate(maps)).mean(dim=(2, 3))


@pytest.mark.parametrize("half", [False, True])
def test_features_are_those_of_the_file(tmp_path: Path, *, half: bool) -> None:
    path = tmp_path / "folded.onnx"
    written(path, half=half)
    # Of 65 pixels no window of the first layer reaches beyond the edge, where zeros are not the
    # same colour to both.
    pictures = torch.rand(2, 3, 65, 65)
    network = siamese((65, 65)).eval()
    load_folded(network, path, (torch.rand(4, 3, 65, 65) - MEAN) / STD)
    given = network((pictures - MEAN) / STD).detach()
    wanted = features_of(path, pictures)
    assert wanted.std() > 0.1
    for one, other in zip(given, wanted, strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.999


def test_the_first_layer_takes_our_colours(tmp_path: Path) -> None:
    path = tmp_path / "folded.onnx"
    written(path)
    stored = {
        one.name: torch.tensor(numpy_helper.to_array(one))
        for one in onnx.load(path).graph.initializer
    }
    pictures = torch.rand(3, 3, 64, 64)
    network = siamese().eval()
    load_folded(network, path, (pictures - MEAN) / STD)
    given = network.backbone[0]((pictures - MEAN) / STD)[:, :, :-1, :-1]
    maps = nn.functional.conv2d(pictures * 2 - 1, stored["w0"], stored["b0"], stride=2)
    torch.testing.assert_close(given, maps.clamp(0, 6), atol=1e-4, rtol=1e-4)


def test_learning_starts_from_the_same_features_as_use(tmp_path: Path) -> None:
    path = tmp_path / "folded.onnx"
    written(path, half=True)
    images = torch.randn(4, 3, 64, 64)
    network = siamese()
    load_folded(network, path, images)
    using = network.eval().describe(images).detach()
    learning = network.train().describe(images).detach()
    torch.testing.assert_close(learning, using, atol=1e-3, rtol=1e-3)
    assert learning.std() > 0
    assert network.origin.kind == "file"
    assert network.origin.source == str(path)


def test_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "folded.onnx"
    written(path)
    narrow = create("siamese-mobilenet", 2, size=(64, 64), width=0.25, tensorflow=True)
    assert isinstance(narrow, SiameseMobileNet)
    before = narrow.backbone[0][0][1].weight.clone()
    with pytest.raises(ModelError, match=r"fit siamese-mobilenet: its 27 convolutions"):
        load_folded(narrow, path, torch.zeros(1, 3, 64, 64))
    assert torch.equal(narrow.backbone[0][0][1].weight, before)
    model = onnx.load(path)
    del model.graph.node[-2:]
    onnx.save(model, path)
    with pytest.raises(ModelError, match="its 26 convolutions are not"):
        load_folded(siamese(), path, torch.zeros(1, 3, 64, 64))
    with pytest.raises(ModelError, match=r"none\.onnx"):
        load_folded(siamese(), tmp_path / "none.onnx", torch.zeros(1, 3, 64, 64))


def test_a_network_that_is_computed_otherwise_is_refused(tmp_path: Path) -> None:
    other = create("siamese-mobilenet", 2, size=(64, 64))
    assert isinstance(other, SiameseMobileNet)
    with pytest.raises(ConfigError, match="create it with tensorflow=True"):
        load_folded(other, tmp_path / "folded.onnx", torch.zeros(1, 3, 64, 64))


@pytest.mark.shared
def test_published_weights_fit(shared: Path) -> None:
    path = shared / "models" / "mobilenet_v1_1.0_224_imagenet_fp16.onnx"
    network = siamese()
    load_folded(network, path, torch.randn(4, 3, 64, 64))
    assert torch.isfinite(network.eval().describe(torch.randn(2, 3, 64, 64))).all()
