"""A network moved back towards the one that it started from."""

from pathlib import Path

import torch
from torch import Tensor, nn

from passerby.models.detectors.people import PeopleNetwork
from passerby.models.exported_weights import layers_in_turn, stored_layers

__all__ = ["blend"]


@torch.no_grad()
def blend(network: PeopleNetwork, start: Path, share: float) -> None:
    """Average the weights of a network with those that it started from.

    What a short training learned anew and what the long one before it knew can both be had from
    the weights between them (Wortsman et al. 2022, arXiv 2109.01903, section 3). They are averaged
    as they are exported: with each normalisation folded into the convolution before it.

    Args:
        network: Is changed; it is for use, not for learning on.
        start: The ONNX file that it started from, see `restore`.
        share: Of the start in the result, 0-1.

    Raises:
        ModelError: If the file cannot be read.
    """
    device = next(network.parameters()).device
    layers = layers_in_turn(network, torch.zeros(1, 3, 64, 64, device=device))
    for (convolution, norm), (weight, bias) in zip(layers, stored_layers(start), strict=True):
        own_weight, own_bias = _folded(convolution, norm)
        convolution.weight.copy_(torch.lerp(own_weight, _like(weight, own_weight), share))
        blended = torch.lerp(own_bias, _like(bias, own_bias), share)
        if norm is None:
            assert convolution.bias is not None  # noqa: S101  (the last ones have one)
            convolution.bias.copy_(blended)
        else:
            _add_only(norm, blended)


def _folded(convolution: nn.Conv2d, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """Weight and bias of the convolution that does what these two do in use."""
    if norm is None:
        assert convolution.bias is not None  # noqa: S101
        return convolution.weight.clone(), convolution.bias.clone()
    assert norm.running_mean is not None  # noqa: S101
    assert norm.running_var is not None  # noqa: S101
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    return convolution.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def _add_only(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    """Let a normalisation add a bias and do nothing else."""
    assert norm.running_mean is not None  # noqa: S101
    assert norm.running_var is not None  # noqa: S101
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)


def _like(weights: object, other: Tensor) -> Tensor:
    return torch.as_tensor(weights).to(other)
