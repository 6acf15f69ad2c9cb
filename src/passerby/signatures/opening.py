"""Opens what makes signatures, whichever file it comes from and whatever runs it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import onnx

from passerby.errors import ConfigError
from passerby.files.partial import write_bytes
from passerby.models.cards import PIXELS_KEY, PixelFormat
from passerby.models.lookup import preferred
from passerby.signatures.describer import Describer
from passerby.signatures.network import SignatureNetwork, says_pixels

__all__ = [
    "Runtime",
    "default_model",
    "is_checkpoint",
    "open_describer",
    "open_describers",
    "write_onnx",
]

Runtime = Literal["onnx", "torch"]
"""What computes: ONNX Runtime on the processor, or torch, on the first GPU if there is one."""

_CHECKPOINTS = ".pt", ".pth"


def default_model() -> str:
    """Return the name of the model that makes signatures and comes with passerby.

    Raises:
        ConfigError: If there is none.
    """
    card = preferred("signature")
    if not card.built_in:
        raise ConfigError(
            "no model that computes signatures comes with passerby: name one with --model, such as "
            f"{card.name} (passerby models list), an ONNX file or the model.pt of a training"
        )
    return card.name


def open_describer(
    model: str, pixels: PixelFormat | None = None, runtime: Runtime = "onnx"
) -> Describer:
    """Open a network that makes signatures; ONNX Runtime computes one run with one thread.

    Args:
        model: Name of a model, path of an ONNX file, or of a checkpoint (``.pt``), which needs
            torch to be read whatever runs it.
        pixels: What an ONNX file is fed, where it does not say so itself.
        runtime: What computes.

    Raises:
        ConfigError: If there is no such model, what it is fed is not known, or the runtime
            cannot run it.
        ModelError: If the file is missing or does not hold such a network.
    """
    if not is_checkpoint(model):
        if runtime == "torch":
            raise ConfigError(f"torch runs checkpoints (.pt), not {model}: leave --runtime out")
        return SignatureNetwork(model, pixels)
    if pixels not in (None, "rgb-imagenet"):
        raise ConfigError(
            f"the input format of {model} is rgb-imagenet, not {pixels}: leave --pixels out"
        )
    path = Path(model)
    if runtime == "torch":
        with _torch_for(path):
            from passerby.signatures.torch_describer import TorchDescriber  # noqa: PLC0415
        return TorchDescriber.load(path)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        write_onnx(model, file)
        network = SignatureNetwork(str(file))
    network.name, network.path = path.name, path
    return network


def open_describers(
    models: Mapping[str, str], pixels: PixelFormat | None = None
) -> dict[str, Describer]:
    """Open several networks; ``pixels`` is for those of them that do not say what they are fed.

    Args:
        models: As in `open_describer`, by any names.
        pixels: What an ONNX file is fed, where it does not say so itself.

    Raises:
        ConfigError: As `open_describer` does, or if all of them say it and it is not ``pixels``.
        ModelError: As `open_describer` does.
    """
    told = {name for name, one in models.items() if is_checkpoint(one) or says_pixels(one)}
    if len(told) == len(models):
        told = set()  # whatever contradicts them is refused
    return {
        name: open_describer(model, None if name in told else pixels)
        for name, model in models.items()
    }


def write_onnx(model: str, target: Path, pixels: PixelFormat | None = None) -> None:
    """Write a network that makes signatures as ONNX; the file says what it is fed.

    Args:
        model: As in `open_describer`.
        target: The file.
        pixels: What an ONNX file is fed, where it does not say so itself.

    Raises:
        ConfigError: If there is no such model, or what it is fed is not known.
        ModelError: If the file is missing or does not hold such a network.
    """
    if is_checkpoint(model):
        # Torch takes seconds to load, and most models do without.
        with _torch_for(Path(model)):
            from passerby.models.reid.checkpoint import load_network  # noqa: PLC0415
            from passerby.models.reid.export import export_network  # noqa: PLC0415
        export_network(load_network(Path(model)), target)
        return
    network = SignatureNetwork(model, pixels)
    graph = onnx.load(network.path)
    onnx.helper.set_model_props(graph, {PIXELS_KEY: network.pixels})
    write_bytes(target, graph.SerializeToString())


def is_checkpoint(model: str) -> bool:
    """Tell whether a user means a file of torch weights."""
    return model.lower().endswith(_CHECKPOINTS)


@contextmanager
def _torch_for(path: Path) -> Iterator[None]:
    """Say what to do where torch is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "torchvision"):
            raise
        raise ConfigError(
            f"{path} needs torch to be read: run `pip install 'passerby[train]'`, or "
            "`passerby models export` where torch is, and name the ONNX file here"
        ) from error
