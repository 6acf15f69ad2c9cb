"""The network: its size, its cells, its gradients."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from passerby.models.decoders.decoder import cells
from passerby.models.detectors.people import CLASSES, STRIDES, PeopleNetwork, cell_centres


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network() -> PeopleNetwork:
    torch.manual_seed(0)
    return PeopleNetwork()


def multiply_adds(network: nn.Module, size: int) -> int:
    """Counted at every convolution: outputs, times the weights that each of them reads."""
    counted = []

    def count(layer: nn.Conv2d, _: object, output: torch.Tensor) -> None:
        counted.append(output[0].numel() * layer.weight[0].numel())

    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in convolutions]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    assert len(counted) == len(convolutions)
    return sum(counted)


def test_multiply_adds_are_within_the_limit(network: PeopleNetwork) -> None:
    assert 0.3e9 < multiply_adds(network, 416) <= 0.6e9


def test_weights_fit_into_the_wheel_in_half_precision(network: PeopleNetwork) -> None:
    stored = sum(value.numel() for value in network.state_dict().values())
    assert 2 * stored <= 4e6


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (160, 32), (96, 224)])
def test_any_multiple_of_32_will_do(network: PeopleNetwork, height: int, width: int) -> None:
    count = sum((height // stride) * (width // stride) for stride in STRIDES)
    with torch.no_grad():
        distances, scores = network.eval()(torch.rand(2, 3, height, width) * 255)
    assert distances.shape == (2, count, len(CLASSES), 4)
    assert scores.shape == (2, count, len(CLASSES))
    assert (distances >= 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (160, 32)])
def test_cells_are_those_that_the_decoder_expects(height: int, width: int) -> None:
    places, sides = cells(height, width)
    centres, strides = cell_centres(height, width)
    np.testing.assert_array_equal(centres.numpy(), (places + 0.5) * sides)
    np.testing.assert_array_equal(strides.numpy(), sides)


def test_before_training_nearly_nobody_is_found(network: PeopleNetwork) -> None:
    with torch.no_grad():
        scores = network.eval()(torch.rand(1, 3, 64, 64) * 255).scores
    assert scores.max() < 0.1


def test_in_training_scores_are_logits(network: PeopleNetwork) -> None:
    torch.manual_seed(0)
    logits = network.train()(torch.rand(2, 3, 64, 64) * 255).scores
    assert logits.min() < 0


def test_every_parameter_has_a_gradient_that_is_a_number() -> None:
    torch.manual_seed(0)
    network = PeopleNetwork().train()
    distances, scores = network(torch.rand(2, 3, 96, 64) * 255)
    (distances.mean() + scores.pow(2).mean()).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.any(), name


def test_what_a_cell_says_depends_on_the_colours_of_its_place(network: PeopleNetwork) -> None:
    picture = torch.full((1, 3, 128, 128), 110.0)
    changed = picture.clone()
    changed[:, 2, :32, :32] = 250
    with torch.no_grad():
        before, after = (network.eval()(image).scores for image in (picture, changed))
    finest = (after - before).abs()[0, : 16 * 16].amax(dim=1).reshape(16, 16)
    assert finest[:4, :4].mean() > finest[12:, 12:].mean()
