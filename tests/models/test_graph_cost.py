"""Multiplications of graphs, against what torch's networks cost and what was published."""

from pathlib import Path

import onnx
import pytest
import torch

from passerby.models.graph_cost import graph_cost
from passerby.models.obfuscators import Obfuscator, create_obfuscator, network_cost
from passerby.models.session import read_graph


class Core(torch.nn.Module):
    """A network without what pads its pictures."""

    def __init__(self, network: Obfuscator) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.network.transform(images)


@pytest.mark.filterwarnings("ignore")  # of the exporter
@pytest.mark.parametrize("name", ["five-layer-filter", "u-net"])
def test_a_graph_costs_what_its_network_does(name: str, tmp_path: Path) -> None:
    network = create_obfuscator(name).eval()
    path = tmp_path / "model.onnx"
    torch.onnx.export(
        Core(network),
        (torch.zeros(1, 3, 32, 40),),
        str(path),
        input_names=["images"],
        dynamo=False,
        opset_version=17,
    )
    macs, weights = graph_cost(onnx.load(path), 32, 40)
    cost = network_cost(network, 32, 40)
    assert macs == cost.macs
    # Normalisation is folded into the weights, and leaves one of its two numbers a channel.
    assert weights == pytest.approx(cost.parameters, rel=0.01)


def test_yolox_nano_costs_what_its_makers_publish(shared: Path) -> None:
    """1.08 GFLOPs, which are twice the multiplications, and 0.91 M parameters at 416x416."""
    macs, weights = graph_cost(read_graph(shared / "models" / "yolox_nano_416.onnx"), 416, 416)
    assert 2 * macs == pytest.approx(1.08e9, rel=0.05)
    assert weights == pytest.approx(0.91e6, rel=0.02)
