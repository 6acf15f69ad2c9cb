"""An obfuscator as ONNX, which needs no torch to run."""

import copy
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

from passerby.files.partial import REPLACING, Permit, write_bytes
from passerby.models.number_formats import NumberFormat, in_format
from passerby.models.obfuscation_network import OBFUSCATOR_KEY
from passerby.models.obfuscators.checkpoint import full_card
from passerby.models.obfuscators.network import Obfuscator

__all__ = ["export_obfuscator"]


def export_obfuscator(
    network: Obfuscator,
    path: Path,
    card: Mapping[str, Any],
    number_format: NumberFormat = "fp32",
    *,
    calibration: Sequence[npt.NDArray[np.uint8]] = (),
    permit: Permit = REPLACING,
) -> None:
    """Write what a network does in use, for frames of any size.

    The graph takes a frame as it is, ``frames`` of shape (1, H, W, 3), BGR, 0-255, whose sides are
    multiples of the stride, and gives ``obfuscated``, the same shape in 8 bits, and ``mean``, the
    mean of what was rounded, by which NaN is found. Stride, reach and card are in the file.

    Args:
        network: Made by `create_obfuscator`, on any device.
        path: Of the ONNX file.
        card: What JSON can hold.
        number_format: See `NumberFormat`.
        calibration: Frames for ``int8``, each as the graph takes it.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If ``int8`` is to do without frames.
        OutputError: If it cannot be written.
    """
    model = in_format(_graph(network), number_format, calibration)
    facts = {
        "card": full_card(network, card),
        "stride": network.stride,
        "reach": network.reach,
    }
    onnx.helper.set_model_props(model, {OBFUSCATOR_KEY: json.dumps(facts)})
    write_bytes(path, model.SerializeToString(), permit)


class _OnFrames(nn.Module):
    """A copy of the network, in use, between 8-bit frames."""

    def __init__(self, network: Obfuscator) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).eval()
        # Its first layer takes blue first, 0-255, and its last one gives blue first: what need not
        # be done to frames takes no time.
        layers = [layer for layer in self.network.modules() if isinstance(layer, nn.Conv2d)]
        first, last = layers[0], layers[-1]
        first.weight = nn.Parameter(first.weight.detach()[:, [2, 1, 0]] / 255)
        last.weight = nn.Parameter(_blue_first(last.weight.detach()))
        if last.bias is not None:
            last.bias = nn.Parameter(_blue_first(last.bias.detach()))

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        made = self.network.transform(frames.permute(0, 3, 1, 2).float())
        rounded = (made * 255 + 0.5).to(torch.uint8)  # cheaper than to round and then to cast
        return rounded.permute(0, 2, 3, 1), made.mean()


def _blue_first(weights: Tensor) -> Tensor:
    """Change the order of the colours of a convolution's outputs, a third of them each."""
    red, green, blue = weights.chunk(3)
    return torch.cat([blue, green, red])


def _graph(network: Obfuscator) -> onnx.ModelProto:
    device = next(network.parameters()).device
    side = 2 * max(network.stride, 16)
    frames = torch.zeros(1, side, side + network.stride, 3, dtype=torch.uint8, device=device)
    free = {1: "height", 2: "width"}
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        plain = Path(folder) / "network.onnx"
        # The exporter that replaces this one needs a package more, and gains nothing here.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)
        torch.onnx.export(
            _OnFrames(network).eval(),
            (frames,),
            str(plain),
            input_names=["frames"],
            output_names=["obfuscated", "mean"],
            dynamic_axes={"frames": free, "obfuscated": free},
            opset_version=17,
            dynamo=False,
        )
        return onnx.load(plain)
