import pytest
import torch
from torch import nn

from passerby.models.reid.layers import convolution, embedding, initialise, scaled


@pytest.mark.parametrize("kernel", [1, 3, 7, (1, 3), (3, 1)])
@pytest.mark.parametrize("activation", [True, False])
def test_a_convolution_keeps_the_size_of_maps(
    kernel: int | tuple[int, int], activation: bool
) -> None:
    maps = convolution(2, 4, kernel, activation=activation)(torch.randn(3, 2, 9, 5))
    assert maps.shape == (3, 4, 9, 5)
    assert bool((maps < 0).any()) != activation


def test_a_stride_halves_it() -> None:
    assert convolution(2, 4, 3, stride=2)(torch.randn(3, 2, 9, 6)).shape == (3, 4, 5, 3)


def test_an_embedding_is_not_negative() -> None:
    features = embedding(6, 4)(torch.randn(5, 6))
    assert features.shape == (5, 4)
    assert features.min() == 0


@pytest.mark.parametrize(
    ("channels", "width", "multiple", "expected"),
    [(64, 1.0, 8, 64), (48, 0.25, 8, 16), (256, 0.01, 64, 64), (2048, 1.5, 64, 3072)],
)
def test_channels_are_scaled_to_multiples(
    channels: int, width: float, multiple: int, expected: int
) -> None:
    assert scaled(channels, width, multiple) == expected


def test_weights_are_drawn_as_large_as_their_papers_say() -> None:
    network = nn.Sequential(nn.Conv2d(8, 64, 3), nn.Linear(500, 200))
    initialise(network)
    convolutional, dense = network.requires_grad_(False)
    # He et al. 2015, with the fan of the outputs: deviation sqrt(2 / (64 * 3 * 3)).
    assert float(convolutional.weight.std()) == pytest.approx((2 / 576) ** 0.5, rel=0.05)
    assert float(dense.weight.std()) == pytest.approx(0.01, rel=0.05)
    assert float(convolutional.bias.abs().max()) == float(dense.bias.abs().max()) == 0
