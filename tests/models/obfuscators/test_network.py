"""What all obfuscators must keep: any size, 0-1, and no pixel sees farther than the reach."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.obfuscators import OBFUSCATORS, Obfuscator

Make = Callable[..., Obfuscator]


@pytest.mark.parametrize("name", OBFUSCATORS)
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (3, 2), (23, 40)])
def test_any_size_comes_out_as_it_went_in(name: str, size: tuple[int, int], drawn: Make) -> None:
    network = drawn(name)
    images = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        made = network(images)
        learning = network.train()(images)
    assert made.shape == learning.shape == images.shape
    for result in (made, learning):
        assert result.isfinite().all()
        assert 0 <= result.min() <= result.max() <= 1


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_pictures_are_continued_by_reflection(name: str, drawn: Make) -> None:
    network = drawn(name)
    images = torch.rand(1, 3, 21, 35, generator=torch.Generator().manual_seed(0))
    sides = [
        max(2 * network.stride, -(-side // network.stride) * network.stride) for side in (21, 35)
    ]
    edges = [(0, 0), (0, 0), (0, sides[0] - 21), (0, sides[1] - 35)]
    whole = torch.from_numpy(np.pad(images.numpy(), edges, "reflect"))
    with torch.no_grad():
        made = network(whole)[:, :, :21, :35]
        torch.testing.assert_close(network(images), made, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_nothing_beyond_the_reach_counts(name: str, drawn: Make) -> None:
    """Change all that is farther away from one cell than the reach: the cell must stay."""
    network = drawn(name)
    cell, reach = network.stride, network.reach
    assert reach % cell == 0
    side = 2 * reach + 5 * cell
    first, last = reach + 2 * cell, reach + 3 * cell
    images = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    far = 1 - images
    near = slice(first - reach, last + reach)
    far[:, :, near, near] = images[:, :, near, near]
    with torch.no_grad():
        one, other = network(images), network(far)
    inside = slice(first, last)
    torch.testing.assert_close(
        one[:, :, inside, inside], other[:, :, inside, inside], atol=1e-6, rtol=0
    )
    assert (one - other).abs().max() > 1e-3


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_every_weight_learns(name: str, drawn: Make) -> None:
    network = drawn(name).train()
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    (network(images) - images).square().mean().backward()
    assert [key for key, one in network.named_parameters() if not one.grad.abs().sum()] == []


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 1, 8, 8), (1, 3, 0, 8), (0, 3, 8, 8)])
def test_other_shapes_are_refused(shape: tuple[int, ...], drawn: Make) -> None:
    with pytest.raises(ConfigError, match=r"takes pictures of shape \(B, 3, H, W\), not \("):
        drawn("shuffle")(torch.zeros(shape))
