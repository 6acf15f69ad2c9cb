"""The autoencoder against the sizes that De Coninck et al. publish."""

import pytest
import torch

from passerby.models.obfuscators import (
    FIGURE_2_WIDTHS,
    create_obfuscator,
    network_cost,
)

PAPER_MACS, PAPER_PARAMETERS = 1.384e9, 0.154e6
"""De Coninck et al., Table 4."""

LAYERS = [  # inputs, outputs, kernel, and pixels of the map that is made, at 320x200
    (3, 16, 3, 64_000),
    *((1, 16, 3, 16_000), (16, 96, 1, 16_000)),
    *((1, 96, 3, 16_000), (96, 96, 1, 16_000)),
    *((1, 96, 3, 4_000), (96, 160, 1, 4_000)),
    *((1, 160, 3, 4_000), (160, 160, 1, 4_000)) * 3,
    *((1, 160, 3, 16_000), (160, 96, 1, 16_000)),
    *((1, 96, 3, 16_000), (96, 96, 1, 16_000)) * 2,
    *((1, 96, 3, 64_000), (96, 16, 1, 64_000)),
    (16, 3, 3, 64_000),
]
"""Counted by hand; a depthwise convolution has one input a kernel."""


def test_it_costs_what_the_paper_says():
    cost = network_cost(create_obfuscator("mobile-autoencoder"), 200, 320)
    assert cost.macs == pytest.approx(PAPER_MACS, rel=0.05)
    assert cost.parameters == pytest.approx(PAPER_PARAMETERS, rel=0.05)


def test_it_costs_what_its_layers_do():
    cost = network_cost(create_obfuscator("mobile-autoencoder"), 200, 320)
    assert cost.macs == sum(a * b * k * k * pixels for a, b, k, pixels in LAYERS)
    weights = sum(a * b * k * k for a, b, k, _ in LAYERS)
    # Two for each normalised channel, which all but the last layer have, and its three biases.
    assert cost.parameters == weights + 2 * sum(b for _, b, _, _ in LAYERS[:-1]) + 3


def test_widths_go_down_to_a_twentieth_of_the_multiplications():
    macs = [
        network_cost(create_obfuscator("mobile-autoencoder", width=width), 200, 320).macs
        for width in FIGURE_2_WIDTHS
    ]
    assert macs == sorted(macs, reverse=True)
    assert macs[0] / 22 < macs[-1] < macs[0] / 20


def test_a_narrow_one_keeps_a_channel_everywhere():
    network = create_obfuscator("mobile-autoencoder", width=0.01)
    assert {one.shape[0] for one in network.parameters() if one.ndim == 4} == {1, 2, 3}


def test_reflection_changes_the_border_alone(drawn):
    plain = drawn("mobile-autoencoder", width=0.1, padding="zeros")
    other = drawn("mobile-autoencoder", width=0.1, padding="reflect")
    other.load_state_dict(plain.state_dict())
    side = 2 * plain.reach + 16
    images = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        apart = (plain(images) - other(images)).abs()
    inner = slice(plain.reach, -plain.reach)
    assert apart[:, :, inner, inner].max() < 1e-6
    assert apart[:, :, 0].max() > 1e-3
