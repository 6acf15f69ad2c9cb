"""U-Nets: layers and weights, counted by hand."""

import pytest
import torch

from passerby.models.obfuscators import UNet, network_cost


@pytest.mark.parametrize(("size", "base"), [("small", 8), ("medium", 16), ("large", 32)])
def test_weights_are_those_counted_by_hand(size, base):
    widths = [base, 2 * base, 4 * base, 8 * base]
    weights = 0
    for inputs, outputs in zip([3, *widths], widths, strict=False):
        weights += 9 * outputs * (inputs + outputs) + 4 * outputs
    for coarse, fine in zip(widths[:0:-1], widths[-2::-1], strict=True):
        weights += 4 * coarse * fine + fine
        weights += 9 * fine * (coarse + fine) + 4 * fine
    weights += 3 * base + 3
    assert network_cost(UNet(size=size), 16, 16).parameters == weights


def test_whoever_knows_more_than_one_picture_has_more_inputs() -> None:
    network = UNet(size="small", inputs=6)
    assert network.transform(torch.rand(2, 6, 16, 24)).shape == (2, 3, 16, 24)
