"""What is written down about a training: what it was asked for, and the card of its network."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from passerby.models.reid import ReidNetwork
from passerby.provenance import commit, machine

__all__ = ["as_json", "card_of", "made_by"]

_PACKAGES = "passerby", "torch", "torchvision", "numpy", "opencv-python-headless"


def as_json(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Turn settings into what JSON can hold; of a dataclass, its name becomes ``kind``.

    Example:
        >>> from passerby.train.reid.transforms import Flip
        >>> as_json((Flip(0.5), Path("a")))
        [{'kind': 'Flip', 'chance': 0.5}, 'a']
    """
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
        return own if "kind" in own else {"kind": type(value).__name__, **own}
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    return str(value) if isinstance(value, Path) else value


def made_by() -> dict[str, str]:
    """Say which commit runs, and on what kind of machine; to be asked before the work begins."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return {"commit": commit(), "machine": machine() + gpu}


def card_of(
    asked: Mapping[str, Any], network: ReidNetwork, epochs: int, maker: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a user must know of a trained network.

    Args:
        asked: What the training was asked for.
        network: Trained.
        epochs: That it was trained for.
        maker: See `made_by`; of a training that went on after a stop, of its last part.
    """
    return {
        **asked,
        "dimension": network.dimension,
        "origin": as_json(network.origin),
        "epochs": epochs,
        "pixels": "rgb-imagenet",
        "made_by": dict(maker),
        "versions": {name: version(name) for name in _PACKAGES},
    }
