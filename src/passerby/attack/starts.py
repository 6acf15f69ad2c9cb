"""The networks that parrots start from, and what users have for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.attack.describing import CachedDescriber
from passerby.errors import ConfigError
from passerby.extras import needing
from passerby.signatures.network import SignatureNetwork
from passerby.signatures.opening import is_checkpoint

if TYPE_CHECKING:
    from passerby.models.reid import ReidNetwork

__all__ = ["STARTS", "parrot_starts", "started_network"]

STARTS: Mapping[str, str] = {
    "signature": "",
    "osnet": "osnet-x0.25",
    "mobilenet": "mobilenet-v2",
}
"""What learns, by the name that users give it, and its architecture where torch has weights for it;
the first is the signature network of the attack."""

_SIZE = 128, 64
"""Height and width of pictures for networks that may have any."""


def parrot_starts(asked: Sequence[str]) -> dict[str, str]:
    """Read what users give as ``NAME=MODEL``.

    Raises:
        ConfigError: If a name is none of `STARTS` or comes twice, or a file is missing.
    """
    starts: dict[str, str] = {}
    for one in asked:
        name, _, model = one.partition("=")
        if name not in STARTS or not model:
            raise ConfigError(f"{one!r} starts no network: give {'=MODEL, '.join(STARTS)}=MODEL")
        if name in starts:
            raise ConfigError(f"{name} is given two models to start from: give one")
        if is_checkpoint(model) and not Path(model).is_file():
            raise ConfigError(f"there is no file {model} for {name} to start from")
        if is_checkpoint(model) and not STARTS[name]:
            raise ConfigError(f"{name} starts from a model or an ONNX file, not from {model}")
        starts[name] = model
    return starts


def started_network(
    name: str, starts: Mapping[str, str], describe: CachedDescriber
) -> "ReidNetwork":
    """Return a network that has learned nothing of anonymized pictures yet.

    Args:
        name: Of `STARTS`.
        starts: By such names: models that make signatures, which may be of any architecture, or
            files of torch weights that fit the one that is named. Without one, ``signature`` is
            what the attack describes pictures with, and the others have ImageNet's weights, or
            random ones where those cannot be had.
        describe: What the attack describes pictures with.

    Raises:
        ConfigError: If torch is missing, or there is no such model.
        ModelError: If a file cannot be read, fits nothing, or cannot be computed by torch.
    """
    with needing("train", "attacking with a network"):
        from passerby.models.reid import create  # noqa: PLC0415  (an extra)
        from passerby.models.reid.graph_network import GraphNetwork  # noqa: PLC0415

    model = starts.get(name)
    if model is None and not STARTS[name]:
        return GraphNetwork(describe.path, describe.pixels, describe.size)
    if model is None or is_checkpoint(model):
        return create(STARTS[name], 2, size=_SIZE, weights=model or "imagenet")
    network = SignatureNetwork(model)
    return GraphNetwork(network.path, network.pixels, network.size)
