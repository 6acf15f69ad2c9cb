"""Weights that a network starts from: ImageNet's, those of a file, or random ones."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn
from torchvision.models import get_model_weights, list_models

from passerby.errors import ModelError
from passerby.models.cards import MODELS, is_path
from passerby.models.exported_weights import restore
from passerby.models.lookup import model_sha256, resolve
from passerby.models.reid.network import ReidNetwork
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.torch_files import read_torch

__all__ = ["BACKBONE_ONLY", "exported_file", "initialize", "start_from_export"]

BACKBONE_ONLY = "its backbone only"
"""What is said of weights that filled no more of a network."""

_PUBLISHED = "IMAGENET1K_V1"
"""The weights of torchvision that the papers started from; later ones came after them."""

_NESTED = "state_dict", "network", "model"
"""Names under which files of weights hold them."""

_MAY_BE_NEW = "classifier", "pooling."
"""Parts that a network may have to begin with: people differ, and stripes come before parts."""


def initialize(network: ReidNetwork, weights: str | Path) -> WeightsOrigin:
    """Give a network its first weights.

    Args:
        network: Is changed.
        weights: ``imagenet`` for those of torchvision, which are fetched if they are not in its
            cache (they stay random if that cannot be done, or if there are none); ``scratch`` for
            random ones; else the path of a file of torch weights, of the whole network or of its
            backbone.

    Returns:
        Which weights they are.

    Raises:
        ModelError: If the file cannot be read, or fits neither the network nor its backbone; or
            ImageNet's do not fit the size of images.
    """
    if weights == "scratch":
        return WeightsOrigin("scratch")
    return _imagenet(network) if weights == "imagenet" else _file(network, Path(weights))


def exported_file(weights: str | Path) -> Path | None:
    """Return the exported network that first weights are taken from; None if they are others.

    Args:
        weights: The path of an ONNX file, the name of a model, or as `initialize` takes them.

    Raises:
        ModelError: If the model's file is missing, or not the one that its card describes.
    """
    name = str(weights)
    return resolve(name) if is_path(name) or name in MODELS else None


def start_from_export(network: ReidNetwork, path: Path, images: Tensor) -> None:
    """Give a network the weights of an exported one, so that it can learn on.

    Args:
        network: Is changed; of the same shape as the exported one.
        path: An ONNX file of `export_network`, with weights in single or half precision.
        images: Some that it will learn from, shape (B, 3, height, width), normalised; see
            `passerby.models.exported_weights.put_back`.

    Raises:
        ModelError: If the file cannot be read, or is of another network.
    """
    restore(network, path, images)
    network.origin = WeightsOrigin("file", str(path), model_sha256(path))


def _imagenet(network: ReidNetwork) -> WeightsOrigin:
    known = network.imagenet in list_models()
    published = get_model_weights(network.imagenet).__members__ if known else {}
    if network.backbone is None or _PUBLISHED not in published:
        return WeightsOrigin("scratch", note="torchvision has no ImageNet weights for it")
    weights = published[_PUBLISHED]
    try:
        state = weights.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        return WeightsOrigin("scratch", note=f"ImageNet weights could not be downloaded: {error}")
    try:
        # What is left over is the classifier of ImageNet.
        missing, _ = network.backbone.load_state_dict(state, strict=False)
    except RuntimeError as error:
        height, width = network.size
        raise ModelError(
            f"ImageNet weights of {network.imagenet} do not fit images of {height}x{width}: "
            "use 224x224, another backbone, or start from scratch"
        ) from error
    if missing:
        raise ModelError(f"{weights.url} lacks {missing[0]}: install torchvision again")
    return WeightsOrigin("imagenet", weights.url)


def _file(network: ReidNetwork, path: Path) -> WeightsOrigin:
    state = _read(path)
    note = _fill(network, network.backbone, state)
    if note is None:
        own = network.state_dict()
        odd = sorted(_misfits(own, state))[0]
        there, here = _shape(state, odd) or "missing", _shape(own, odd) or "missing"
        raise ModelError(
            f"{path} does not fit {network.name}: {odd} is {there} there and {here} here; give "
            "weights of this model with these options, or of its backbone"
        )
    return WeightsOrigin("file", str(path), model_sha256(path), note)


def _fill(
    network: nn.Module, backbone: nn.Module | None, state: Mapping[str, Tensor]
) -> str | None:
    """Fill a network, or its backbone, with what fits; return what must be said of it, or None."""
    own = network.state_dict()
    new = {name for name in own if name.startswith(_MAY_BE_NEW)}
    fitting = {name: value for name, value in state.items() if _shape(own, name) == value.shape}
    if _misfits(own, state) <= new:
        network.load_state_dict(fitting, strict=False)
        left = sorted(new - fitting.keys())
        return f"still random: {', '.join(left)}" if left else ""
    if backbone is None or _misfits(backbone.state_dict(), state) & backbone.state_dict().keys():
        return None
    backbone.load_state_dict(state, strict=False)
    return BACKBONE_ONLY


def _misfits(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> set[str]:
    """Return names that only one of both has, or that have two shapes."""
    return {name for name in own.keys() | state.keys() if _shape(own, name) != _shape(state, name)}


def _shape(state: Mapping[str, Tensor], name: str) -> tuple[int, ...] | None:
    return tuple(state[name].shape) if name in state else None


def _read(path: Path) -> dict[str, Tensor]:
    """Read names and values from a file of torch weights, wherever in it they are."""
    content = read_torch(path)
    for name in _NESTED:
        if isinstance(content, Mapping) and isinstance(content.get(name), Mapping):
            content = content[name]
    tensors = isinstance(content, Mapping) and all(
        isinstance(value, Tensor) for value in content.values()
    )
    if not tensors or not content:
        raise ModelError(f"{path} holds no weights by name: save a state_dict")
    # Networks that learned on several GPUs at once have one more name in front.
    return {str(name).removeprefix("module."): value for name, value in content.items()}
