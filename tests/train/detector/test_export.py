"""ONNX says what torch says, at any size, and the decoder understands it."""

import numpy as np
import onnx
import pytest
import torch

from passerby.detection.people import PeopleDetector
from passerby.detections import Kind
from passerby.models.decoders import DECODERS
from passerby.models.detectors.people import PeopleNetwork, cell_centres
from passerby.models.half_precision import halved
from passerby.models.session import Network
from passerby.train.detector.export import export_detector


@pytest.fixture(scope="module")
def network():
    """Random weights, statistics as of random pictures, and last layers that tell cells apart."""
    torch.manual_seed(0)
    network = PeopleNetwork().train()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None  # the mean of all that was seen, however little
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(4, 3, 64, 64) * 255)
        for head in network.heads:
            head.distances.weight.mul_(3)
            head.scores.weight.mul_(3)
    return network.eval()


@pytest.fixture(scope="module")
def files(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    export_detector(network, folder / "full.onnx", half=False)
    export_detector(network, folder / "half.onnx")
    return folder


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (96, 160, 3), np.uint8)


def said_by_torch(network, picture):
    tensor = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32))
    with torch.no_grad():
        return [part.numpy() for part in network(tensor)]


@pytest.mark.parametrize("size", [(96, 160), (32, 32), (64, 96)])
def test_the_runtime_says_what_torch_says(network, files, picture, size):
    picture = picture[: size[0], : size[1]]
    expected = said_by_torch(network, picture)
    outputs = Network(files / "full.onnx", threads=1)(DECODERS["passerby"].prepare(picture))
    for output, wanted in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(output, wanted, rtol=1e-4, atol=1e-4)
    assert expected[0].std() > 0.3


def test_half_precision_costs_a_hundredth_of_what_tells_cells_apart(network, files, picture):
    """Of a network at random, before noise: the worst case for errors that add up over layers."""
    outputs = Network(files / "half.onnx", threads=1)(DECODERS["passerby"].prepare(picture))
    for output, wanted in zip(outputs, said_by_torch(network, picture), strict=True):
        assert np.abs(output - wanted).mean() < 0.01 * wanted.std()


def test_the_file_is_small_and_half_of_the_full_one(files):
    full, half = (files / name for name in ("full.onnx", "half.onnx"))
    assert half.stat().st_size <= 4_000_000
    assert half.stat().st_size < 0.55 * full.stat().st_size


def test_the_graph_is_valid_and_of_any_size(files):
    model = onnx.load(files / "half.onnx")
    onnx.checker.check_model(model, full_check=True)
    _, _, height, width = model.graph.input[0].type.tensor_type.shape.dim
    assert (height.dim_param, width.dim_param) == ("height", "width")
    assert [output.name for output in model.graph.output] == ["distances", "scores"]
    assert Network(files / "half.onnx").size is None


def test_halving_leaves_small_and_whole_numbers_as_they_are(files):
    model = onnx.load(files / "full.onnx")
    kept = {
        weight.name: onnx.numpy_helper.to_array(weight).copy()
        for weight in model.graph.initializer
        if weight.data_type != onnx.TensorProto.FLOAT
    }
    after = {weight.name: weight for weight in halved(model).graph.initializer}
    assert all((onnx.numpy_helper.to_array(after[name]) == kept[name]).all() for name in kept)
    stored = [weight for weight in after.values() if weight.name.endswith("_half")]
    assert all(weight.data_type == onnx.TensorProto.FLOAT16 for weight in stored)
    assert len(stored) > 20


def test_the_detector_recognises_it_and_decodes_what_torch_says(network, files, picture):
    distances, scores = said_by_torch(network, picture)
    ranked = np.sort(scores[0, :, Kind.PERSON])
    threshold = float(ranked[-20] + ranked[-21]) / 2
    detector = PeopleDetector(
        str(files / "full.onnx"), threshold=threshold, overlap=1.0, size=160, threads=1
    )
    assert detector.kinds == {Kind.PERSON, Kind.HEAD}
    people = detector(picture).of_kind(Kind.PERSON)
    centres, strides = (part.numpy() for part in cell_centres(96, 160))
    sides = distances[0, :, Kind.PERSON] * strides
    boxes = np.concatenate([centres - sides[:, :2], centres + sides[:, 2:]], axis=1)
    order = np.argsort(-scores[0, :, Kind.PERSON])[:20]
    np.testing.assert_allclose(people.scores, scores[0, order, Kind.PERSON], atol=1e-4)
    for box, score in zip(people.boxes, people.scores, strict=True):
        alike = np.abs(scores[0, :, Kind.PERSON] - score) < 1e-4
        assert np.abs(boxes[alike] - box).max(axis=1).min() < 0.01


def test_the_network_stays_as_it_was(network, files):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    export_detector(network, files / "again.onnx")
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
