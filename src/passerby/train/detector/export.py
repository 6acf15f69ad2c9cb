"""The trained network as ONNX, which needs no torch to run."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import nn

from passerby.files.partial import REPLACING, write_bytes
from passerby.models.half_precision import halved

__all__ = ["export_detector"]


def export_detector(network: nn.Module, path: Path, *, half: bool = True) -> None:
    """Write a network that takes BGR pictures of any size whose sides are multiples of 32.

    Args:
        network: A `PeopleNetwork`.
        path: Of the ONNX file.
        half: Store weights in 16 bits; they are computed with in 32.
    """
    device = next(network.parameters()).device
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        plain = Path(folder) / "network.onnx"
        # The exporter that replaces this one needs a package more, and gains nothing here.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network.eval(),
            (torch.zeros(1, 3, 64, 96, device=device),),
            str(plain),
            input_names=["images"],
            output_names=["distances", "scores"],
            dynamic_axes={
                "images": {2: "height", 3: "width"},
                "distances": {1: "cells"},
                "scores": {1: "cells"},
            },
            opset_version=17,
            dynamo=False,
        )
        model = onnx.load(plain)
    write_bytes(path, (halved(model) if half else model).SerializeToString(), REPLACING)
