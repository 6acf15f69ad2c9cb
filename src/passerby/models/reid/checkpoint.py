"""Files of trained networks: weights by name, and a card that says where they are from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.errors import ModelError
from passerby.models.lookup import model_sha256
from passerby.models.reid.creation import create
from passerby.models.reid.network import ReidNetwork
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.torch_files import read_torch, write_torch

__all__ = ["load_network", "read_card", "save_network"]

_NEEDED = "model", "scale", "num_classes", "size", "options"
"""What of a card it takes to make the network again."""


def save_network(network: ReidNetwork, card: Mapping[str, Any], path: Path) -> None:
    """Write weights and card to one file; what was there before survives a failure.

    Args:
        network: On any device.
        card: What JSON can hold. ``model``, ``scale``, ``num_classes``, ``size`` and ``options``
            are what `create` is asked for when the file is loaded; ``built_with``, all options
            that the network has, takes the place of the last where it is there.
        path: Of the file.

    Raises:
        OutputError: If it cannot be written.
    """
    weights = {name: value.cpu() for name, value in network.state_dict().items()}
    write_torch(path, {"network": weights, "card": dict(card)})


def load_network(path: Path) -> ReidNetwork:
    """Read a trained network, for use.

    Returns:
        The network on the processor, in use (`nn.Module.eval`), which starts from this file.

    Raises:
        ModelError: If the file cannot be read, or is not such a checkpoint.
    """
    content = read_torch(path)
    card = _card(content, path)
    network = create(
        card["model"],
        card["num_classes"],
        scale=card["scale"],
        size=tuple(card["size"]),
        **card.get("built_with", card["options"]),  # not to depend on a scale of later versions
    )
    try:
        network.load_state_dict(content["network"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"{path} holds other weights than those of {card['model']} for "
            f"{card['num_classes']} people, which its card names: train it again"
        ) from error
    network.origin = WeightsOrigin("file", str(path), model_sha256(path))
    return network.eval()


def read_card(path: Path) -> dict[str, Any]:
    """Read what is known about a trained network.

    Raises:
        ModelError: If the file cannot be read, or is not such a checkpoint.
    """
    return _card(read_torch(path), path)


def _card(content: object, path: Path) -> dict[str, Any]:
    card = content.get("card") if isinstance(content, Mapping) else None
    if not isinstance(card, Mapping) or any(name not in card for name in _NEEDED):
        raise ModelError(
            f"{path} is not a checkpoint of `passerby train reid`: give the model.pt that it wrote"
        )
    return dict(card)
