from pathlib import Path

import onnx
import pytest

from passerby.models.reid import create, export_network
from passerby.signatures.network import SignatureNetwork


def test_the_graph_takes_any_number_of_images_of_one_size(tmp_path: Path) -> None:
    network = create("osnet-x0.25", 4, scale="quick")
    export_network(network, tmp_path / "network.onnx")
    graph = onnx.load(tmp_path / "network.onnx").graph
    shape = graph.input[0].type.tensor_type.shape.dim
    assert [one.name for one in (*graph.input, *graph.output)] == ["images", "signatures"]
    assert [one.dim_param or one.dim_value for one in shape] == ["batch", 3, 128, 64]


def test_signature_networks_read_it(tmp_path: Path) -> None:
    export_network(create("osnet-x0.25", 4, scale="quick"), tmp_path / "network.onnx")
    network = SignatureNetwork(str(tmp_path / "network.onnx"))
    assert (network.size, network.pixels) == ((128, 64), "rgb-imagenet")


@pytest.mark.parametrize("training", [True, False])
def test_a_network_stays_in_training_or_in_use(training: bool, tmp_path: Path) -> None:
    network = create("siamese-mobilenet", 2, size=(32, 32), width=0.25).train(training)
    export_network(network, tmp_path / "network.onnx")
    assert network.training == training
