"""A network for re-identification as ONNX, which needs no torch to run."""

import warnings
from pathlib import Path

import onnx
import torch

from passerby.models.reid.network import ReidNetwork
from passerby.models.signature_network import PIXELS_KEY

__all__ = ["export"]


def export(network: ReidNetwork, path: Path) -> None:
    """Write what a network does in use: ``images`` (B, 3, height, width) to ``signatures``.

    The number of images is free, their size is the network's; what it is fed is written into the
    file. Whether the network was in training stays as it was.

    Args:
        network: On any device.
        path: Of the ONNX file.
    """
    images = torch.zeros(2, 3, *network.size, device=next(network.parameters()).device)
    with warnings.catch_warnings():
        # The exporter that replaces this one needs a package more, and gains nothing here; sizes
        # become constants, as they are meant to.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        torch.onnx.export(
            network,
            (images,),
            str(path),
            training=torch.onnx.TrainingMode.EVAL,
            input_names=["images"],
            output_names=["signatures"],
            dynamic_axes={"images": {0: "batch"}, "signatures": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {PIXELS_KEY: "rgb-imagenet"})
    path.write_bytes(model.SerializeToString())
