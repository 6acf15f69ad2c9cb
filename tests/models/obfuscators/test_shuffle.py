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


def test_a_block_adds_to_what_it_is_given(drawn):
    block = drawn("shuffle").blocks[0]
    maps = torch.rand(1, 8, 6, 7, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(block(maps) - block.added(maps), maps)


def test_the_picture_gets_through_before_anything_is_learned(drawn):
    """What leaves the last block is nearly what enters the first one, even of 20 blocks."""
    network = drawn("shuffle", channels=8, depth=20)
    images = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        maps = network.enter(images)
        through = network.blocks(maps)
    assert torch.corrcoef(torch.stack([maps.flatten(), through.flatten()]))[0, 1] > 0.7


def test_what_it_costs_is_counted_by_hand():
    cost = network_cost(create_obfuscator("shuffle", channels=48, depth=3), 200, 320)
    assert cost.macs == 4_000 * (48 * 48 + 6 * (9 * 48 + 48 * 48) + 48 * 48)
    layers = 9 * 48 + 48 * 48 + 4 * 48
    assert cost.parameters == 48 * 48 + 2 * 48 + 6 * layers + 48 * 48 + 48


def test_the_one_that_nobody_changes_costs_little():
    assert network_cost(create_obfuscator("shuffle"), 200, 320).macs <= 0.35e9
