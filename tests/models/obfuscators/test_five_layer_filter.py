"""The filter of Johansson and Lundberg, against a slow loop, and how it starts."""

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate

from passerby.models.obfuscators import FiveLayerFilter, create_obfuscator, network_cost

TABLES_4 = [
    (5, 7, 7, 5, 3),
    (3, 3, 3, 3, 3),
    (3, 5, 5, 3, 3),
    (7, 9, 9, 7, 3),
]
"""Kernels of S1, S2, R1, R5 and R6; of R2; of R3; of R4."""


@pytest.mark.parametrize("kernels", TABLES_4)
def test_it_has_weights_of_3x3_and_nothing_else(kernels):
    cost = network_cost(create_obfuscator("five-layer-filter", kernels=kernels), 10, 20)
    pairs = zip((3, *kernels), kernels, strict=False)
    assert cost.parameters == sum(9 * inputs * outputs for inputs, outputs in pairs)
    assert cost.macs == 200 * cost.parameters


def test_it_computes_what_the_thesis_says(drawn):
    network = drawn("five-layer-filter")
    image = np.random.default_rng(0).random((3, 7, 9))
    maps = image
    for number, layer in enumerate(network.layers):
        weights = layer.weight.detach().numpy()
        maps = np.stack(
            [
                sum(
                    correlate(one, kernel, mode="constant")
                    for one, kernel in zip(maps, kernels, strict=True)
                )
                for kernels in weights
            ]
        )
        maps = np.maximum(maps, 0) if number < 4 else 1 / (1 + np.exp(-maps))
    with torch.no_grad():
        made = network(torch.from_numpy(image[None]).float())[0].numpy()
    np.testing.assert_allclose(made, maps, atol=1e-5)


def spread(network: FiveLayerFilter) -> float:
    """Standard deviation of its colours over soft pictures that its start has not seen."""
    coarse = torch.rand(4, 3, 6, 6, generator=torch.Generator().manual_seed(9))
    pictures = torch.nn.functional.interpolate(coarse, size=(40, 40), mode="bilinear")
    with torch.no_grad():
        return float(network(pictures).std(dim=(0, 2, 3)).mean())


def test_the_published_start_is_nearly_constant_and_the_other_is_not():
    spreads = {}
    with torch.random.fork_rng():
        for start in ("glorot", "unit-variance"):
            torch.manual_seed(0)
            networks = [
                create_obfuscator("five-layer-filter", initialisation=start) for _ in range(8)
            ]
            spreads[start] = [spread(network) for network in networks]
    assert max(spreads["glorot"]) < 0.05
    assert min(spreads["unit-variance"]) > 0.1


def test_kernels_start_with_mean_0_and_variance_1_on_what_they_see():
    network = create_obfuscator("five-layer-filter")
    images = torch.rand(3, 3, 20, 20, generator=torch.Generator().manual_seed(3))
    network.normalise(images)
    with torch.no_grad():
        for layer in network.layers:
            answers = layer(images)
            inner = answers[:, :, 1:-1, 1:-1]  # where no zeros from beyond the border are seen
            torch.testing.assert_close(
                inner.mean(dim=(0, 2, 3)), torch.zeros(len(layer.weight)), atol=1e-4, rtol=0
            )
            torch.testing.assert_close(
                inner.std(dim=(0, 2, 3)), torch.ones(len(layer.weight)), atol=1e-3, rtol=0
            )
            images = answers.relu()


def test_pictures_of_one_colour_leave_finite_weights():
    network = create_obfuscator("five-layer-filter")
    network.normalise(torch.zeros(1, 3, 8, 8))
    assert all(one.isfinite().all() for one in network.parameters())
