"""What is written down about a training: what it was asked for, and the card of its network."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from passerby.models.reid import ReidNetwork
from passerby.runtime.provenance import commit, machine
from passerby.train.engine.machine import Machine

__all__ = ["as_json", "code_and_machine", "computed_with", "network_card"]

_PACKAGES = "passerby", "torch", "torchvision", "numpy", "opencv-python-headless"


_KINDS_IN_FILES = {
    "LossWeights": "Weights",
    "PKSampling": "PeopleTimesImages",
    "RandomErasing": "Erase",
    "RandomHorizontalFlip": "Flip",
    "RandomTranslation": "Enlarge",
}
_FIELDS_IN_FILES = {"ema_decay": "smoothing", "label_smoothing": "smoothing"}
"""Files keep the names of version 0.1, so that its trainings go on and hashes stay as they are."""


def as_json(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Turn settings into what JSON can hold; of a dataclass, its name becomes ``kind``.

    Example:
        >>> from passerby.train.reid.transforms import RandomHorizontalFlip
        >>> as_json((RandomHorizontalFlip(0.5), Path("a")))
        [{'kind': 'Flip', 'chance': 0.5}, 'a']
    """
    if is_dataclass(value) and not isinstance(value, type):
        own = {
            _FIELDS_IN_FILES.get(field.name, field.name): as_json(getattr(value, field.name))
            for field in fields(value)
        }
        kind = type(value).__name__
        return own if "kind" in own else {"kind": _KINDS_IN_FILES.get(kind, kind), **own}
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    return str(value) if isinstance(value, Path) else value


def code_and_machine() -> dict[str, str]:
    """Say which commit runs, and on what kind of machine; to be asked before the work begins."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return {"commit": commit(), "machine": machine() + gpu}


def computed_with(own: Machine) -> dict[str, str | int]:
    """Say what of how a network is computed its weights depend on, beside what was asked for."""
    on_gpu = own.device.type == "cuda"
    return {
        "precision": "bf16" if own.mixed else "fp32",
        "accumulate": own.share.accumulate,
        "processes": own.share.processes,
        "device": torch.cuda.get_device_name(own.device) if on_gpu else "cpu",
        "threads": torch.get_num_threads(),
    }


def network_card(
    asked: Mapping[str, Any],
    network: ReidNetwork,
    epochs: int,
    maker: Mapping[str, str],
    computed: Mapping[str, str | int],
) -> dict[str, Any]:
    """Return what a user must know of a trained network.

    Args:
        asked: What the training was asked for.
        network: Trained.
        epochs: That it was trained for.
        maker: See `code_and_machine`; of a training that went on after a stop, of its last part.
        computed: See `computed_with`; likewise.
    """
    return {
        **asked,
        "built_with": as_json(network.options),
        "dimension": network.dimension,
        "origin": as_json(network.origin),
        "epochs": epochs,
        "pixels": "rgb-imagenet",
        "made_by": dict(maker),
        "computed_with": dict(computed),
        "versions": {name: version(name) for name in _PACKAGES},
    }
