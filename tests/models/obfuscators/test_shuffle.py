"""The cheap obfuscator: what its layers stand for, and what it costs."""

import torch
from torch.nn import functional

from passerby.models.obfuscators import create_obfuscator, network_cost


def test_the_first_layer_is_unshuffling_and_a_convolution_of_1x1(drawn):
    layer = drawn("shuffle").enter[0]
    images = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        cells = functional.pixel_unshuffle(images, 4)
        slow = functional.conv2d(cells, layer.weight.flatten(1)[:, :, None, None])
        torch.testing.assert_close(layer(images), slow)


def test_what_it_costs_is_counted_by_hand():
    cost = network_cost(create_obfuscator("shuffle", channels=48, depth=5), 200, 320)
    assert cost.macs == 4_000 * (48 * 48 + 5 * (9 * 48 + 48 * 48) + 48 * 48)
    blocks = 9 * 48 + 48 * 48 + 4 * 48
    assert cost.parameters == 48 * 48 + 2 * 48 + 5 * blocks + 48 * 48 + 48


def test_the_one_that_nobody_changes_costs_little():
    assert network_cost(create_obfuscator("shuffle"), 200, 320).macs <= 0.35e9
