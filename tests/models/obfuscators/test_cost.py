"""Multiplications, against what torch counts for each layer."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import conv_flop_count

from passerby.models.obfuscators import OBFUSCATORS, Cost, create_obfuscator, network_cost


def flops(network: nn.Module, *size: int) -> int:
    """Count as `torch.utils.flop_counter` does, whose own mode takes 12 s to load."""
    counts = []

    def count(layer, inputs, output):
        seen, weights = inputs[0].shape, layer.weight.shape
        transposed = isinstance(layer, nn.ConvTranspose2d)
        counts.append(conv_flop_count(seen, weights, output.shape, transposed=transposed))

    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, *size))
    return sum(counts)


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_torch_counts_the_same(name):
    network = create_obfuscator(name)
    cost = network_cost(network, 37, 50)
    assert 2 * cost.macs == flops(network, 37, 50)
    assert cost.parameters == sum(one.numel() for one in network.parameters())


def test_torch_counts_what_the_paper_says():
    network = create_obfuscator("mobile-autoencoder")
    assert flops(network, 200, 320) == pytest.approx(2 * 1.384e9, rel=0.05)


def test_layers_of_all_kinds_count():
    layers = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1, groups=1),  # 5 x 5 x 4 x 27
        nn.ConvTranspose2d(4, 2, 2, 2),  # 5 x 5 x 4 x 2 x 4
        nn.Flatten(),
        nn.Linear(200, 7),  # 200 x 7
    )
    assert network_cost(layers, 10, 10) == Cost(2700 + 800 + 1400, 112 + 34 + 1407)


def test_the_network_stays_as_it_is():
    network = create_obfuscator("shuffle", channels=8, depth=1)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network_cost(network, 64, 64)
    assert network.training
    assert next(network.parameters()).device.type == "cpu"
    assert not any(layer._forward_hooks for layer in network.modules())
    after = network.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
