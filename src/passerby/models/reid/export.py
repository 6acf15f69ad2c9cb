"""A network for re-identification as ONNX, which needs no torch to run."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch

from passerby.files.partial import write_bytes
from passerby.models.cards import PIXELS_KEY
from passerby.models.reid.network import ReidNetwork

__all__ = ["export_network"]


def export_network(network: ReidNetwork, path: Path) -> None:
    """Write what a network does in use: ``images`` (B, 3, height, width) to ``signatures``.

    The number of images is free, their size is the network's; what it is fed is written into the
    file. Whether the network was in training stays as it was.

    Args:
        network: On any device.
        path: Of the ONNX file.
    """
    images = torch.zeros(2, 3, *network.size, device=next(network.parameters()).device)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        plain = Path(folder) / "network.onnx"
        # The exporter that replaces this one needs a package more, and gains nothing here; sizes
        # become constants, as they are meant to.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        torch.onnx.export(
            network,
            (images,),
            str(plain),
            training=torch.onnx.TrainingMode.EVAL,
            input_names=["images"],
            output_names=["signatures"],
            dynamic_axes={"images": {0: "batch"}, "signatures": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        model = onnx.load(plain)
    onnx.helper.set_model_props(model, {PIXELS_KEY: "rgb-imagenet"})
    write_bytes(path, model.SerializeToString())
