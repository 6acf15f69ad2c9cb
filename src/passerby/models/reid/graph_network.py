"""A signature network in an ONNX file whose weights go on learning."""

from pathlib import Path

import torch
from torch import Tensor

from passerby.geometry import Size
from passerby.models.cards import PixelFormat
from passerby.models.detectors.differentiable.graph import TorchGraph
from passerby.models.reid.network import Output, ReidNetwork
from passerby.models.session import read_graph

__all__ = ["GraphNetwork"]

_MEAN = 0.485, 0.456, 0.406
_DEVIATION = 0.229, 0.224, 0.225
"""Of ImageNet, RGB, 0-1."""


class GraphNetwork(ReidNetwork):
    """Computes by torch what an ONNX file computes, and its convolutions and dense layers learn.

    It has no classifier. Batch normalisation stays as the file has it.

    Args:
        path: The file, with one input of pictures of one size.
        pixels: What it is fed.
        size: Height and width of the pictures.

    Raises:
        ModelError: If torch cannot compute it; the message names the operator.
    """

    def __init__(self, path: Path, pixels: PixelFormat, size: Size) -> None:
        super().__init__(size)
        model = read_graph(path)
        shape = model.graph.input[0].type.tensor_type.shape.dim
        self._channels_last = shape[3].dim_value == 3
        self._bytes = pixels == "bgr-255"
        self.graph = TorchGraph(model, size, path, channels_last=self._channels_last, learns=True)
        self.name = path.name
        with torch.no_grad():
            self.dimension = self.describe(torch.zeros(1, 3, *size)).shape[1]

    def learn(self, images: Tensor) -> Output:
        """Return the signatures alone."""
        return Output((), (self.describe(images),))

    def describe(self, images: Tensor) -> Tensor:
        """Return what the graph makes of pictures, a row for each."""
        if self._bytes:
            mean, std = (images.new_tensor(one)[:, None, None] for one in (_MEAN, _DEVIATION))
            images = ((images * std + mean) * 255).flip(1)
        if self._channels_last:
            images = images.permute(0, 2, 3, 1)
        values: dict[str, Tensor] = self.graph(images)
        return next(iter(values.values())).flatten(1)
