"""Any network of torchvision or timm, less its classifier, by name."""

from typing import Any

import torch
from torch import nn
from torchvision import models
from torchvision.models import ResNet

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.reid.resnet import RESNETS, adapt, residual_network

__all__ = ["backbone", "feature_count"]

TIMM = "timm/"
"""Before the names of timm's networks."""


def backbone(
    name: str, size: Size, *, last_stride: int | None, stem_relu: bool, width: float
) -> nn.Module:
    """Return a network that turns images of shape (B, 3, *size) into features of shape (B, d).

    Args:
        name: As torchvision has it ("resnet50"), or as timm has it, after "timm/".
        size: Height and width of the images.
        last_stride: 1 or 2 for a residual network of torchvision, None for 1 where it is one.
        stem_relu: See `passerby.models.reid.resnet.adapt`.
        width: Share of the channels, for ResNet-18 to ResNet-152.

    Raises:
        ConfigError: If there is no such network, or it cannot be changed as the options ask.
    """
    if name in RESNETS:
        network: nn.Module = residual_network(
            name, last_stride=last_stride or 1, stem_relu=stem_relu, width=width
        )
        return network
    if width != 1:
        raise ConfigError(f"backbone {name!r} has one width: choose one of {', '.join(RESNETS)}")
    network = _of_timm(name, size) if name.startswith(TIMM) else _of_torchvision(name, size)
    if isinstance(network, ResNet):
        adapt(network, last_stride=last_stride or 1, stem_relu=stem_relu)
    elif last_stride is not None or not stem_relu:
        raise ConfigError(f"backbone {name!r} is not a ResNet: leave last_stride and stem_relu out")
    return network


def feature_count(network: nn.Module, name: str, size: Size) -> int:
    """Return how many features a backbone makes of an image, by letting it see a black one.

    Raises:
        ConfigError: If it cannot take images of this size, or makes no features of shape (B, d).
    """
    height, width = size
    training = network.training
    try:
        with torch.no_grad():
            features = network.eval()(torch.zeros(1, 3, height, width))
    except (RuntimeError, AssertionError, ValueError, TypeError) as error:
        raise ConfigError(
            f"backbone {name!r} cannot take images of {height}x{width} "
            f"({str(error).splitlines()[0]}): choose another size or backbone"
        ) from error
    finally:
        network.train(training)
    if not isinstance(features, torch.Tensor) or features.dim() != 2:
        raise ConfigError(f"backbone {name!r} does not end in features: choose another one")
    return features.shape[1]


def _of_torchvision(name: str, size: Size) -> nn.Module:
    if name not in models.list_models(module=models):
        raise ConfigError(
            f"unknown backbone {name!r}: choose a classifier of torchvision, such as resnet50, "
            f"or one of timm after {TIMM!r}"
        )
    options: dict[str, object] = {}
    if name in {"googlenet", "inception_v3"}:
        options = {"aux_logits": False, "init_weights": True}
    if name.startswith("vit_"):
        options = {"image_size": max(size)}
    network: nn.Module = models.get_model(name, weights=None, **options)
    _remove_classifier(network, name)
    return network


def _remove_classifier(network: nn.Module, name: str) -> None:
    """Replace the last dense layer by nothing."""
    dense = [path for path, layer in network.named_modules() if isinstance(layer, nn.Linear)]
    if not dense:
        raise ConfigError(f"backbone {name!r} has no dense classifier: choose another one")
    parent, _, attribute = dense[-1].rpartition(".")
    setattr(network.get_submodule(parent), attribute, nn.Identity())


def _of_timm(name: str, size: Size) -> nn.Module:
    try:
        import timm  # noqa: PLC0415 - slow to load, and only for those who name one of its networks
    except ModuleNotFoundError as error:
        raise ConfigError(f"backbone {name!r} needs timm: run `pip install timm`") from error
    architecture = name.removeprefix(TIMM)
    if not timm.is_model(architecture):
        raise ConfigError(f"unknown backbone {name!r}: timm has no {architecture!r}")
    card = timm.get_pretrained_cfg(architecture)
    options: dict[str, Any] = {}
    if card is not None and card.fixed_input_size:
        options = {"img_size": size}
    network: nn.Module = timm.create_model(architecture, num_classes=0, **options)
    return network
