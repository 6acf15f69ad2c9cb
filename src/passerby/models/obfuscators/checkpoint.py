"""Files of trained obfuscators: weights by name, and a card that says where they are from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from passerby.errors import ConfigError, ModelError
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import create_obfuscator
from passerby.models.torch_files import read_torch, write_torch

__all__ = ["TrainedObfuscator", "full_card", "is_obfuscator", "read_obfuscator", "write_obfuscator"]


class TrainedObfuscator(NamedTuple):
    """A network and what is known about it.

    Attributes:
        network: On the processor, in use (`nn.Module.eval`).
        card: What JSON can hold: ``architecture`` and ``options`` make the network again; the rest
            says how it was trained and what attackers got out of it.
    """

    network: Obfuscator
    card: dict[str, Any]


def write_obfuscator(path: Path, network: Obfuscator, card: Mapping[str, Any]) -> None:
    """Write weights and card to one file; what was there before survives a failure.

    Args:
        path: Of the file.
        network: Made by `create_obfuscator`, on any device.
        card: What JSON can hold. The architecture and its options are added.

    Raises:
        OutputError: If it cannot be written.
    """
    weights = {name: value.cpu() for name, value in network.state_dict().items()}
    write_torch(path, {"network": weights, "card": full_card(network, card)})


def read_obfuscator(path: Path) -> TrainedObfuscator:
    """Read a trained network, for use.

    Raises:
        ModelError: If the file cannot be read, is not such a checkpoint, or holds weights of
            another architecture, or NaN.
    """
    content = read_torch(path)
    card = content.get("card") if isinstance(content, Mapping) else None
    options = card.get("options") if isinstance(card, Mapping) else None
    if not isinstance(card, Mapping) or not isinstance(options, Mapping):
        raise ModelError(
            f"{path} is not a checkpoint of an obfuscator: give one that `passerby train "
            "obfuscator` wrote"
        )
    name = str(card.get("architecture"))
    try:
        network = create_obfuscator(name, **options)
    except ConfigError as error:
        raise ModelError(f"{path} cannot be used: {error}") from error
    try:
        network.load_state_dict(content["network"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"{path} holds other weights than those of {name} with {_text(options)}, which its "
            "card names: train it again"
        ) from error
    _check_finite(network.state_dict(), path)
    return TrainedObfuscator(network.eval(), dict(card))


def is_obfuscator(path: Path) -> bool:
    """Tell whether a file of weights is such a checkpoint.

    Raises:
        ModelError: If the file cannot be read.
    """
    content = read_torch(path)
    card = content.get("card") if isinstance(content, Mapping) else None
    return isinstance(card, Mapping) and "architecture" in card


def full_card(network: Obfuscator, card: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a card what it takes to make the network again."""
    options = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in network.options.items()
    }
    return {**card, "architecture": network.name, "options": options}


def _check_finite(weights: Mapping[str, Tensor], path: Path) -> None:
    for name, values in weights.items():
        if not values.isfinite().all():
            raise ModelError(f"{path}: the weights {name} are NaN or infinite: train it again")


def _text(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items())
