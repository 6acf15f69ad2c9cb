"""ImageNet's weights of MobileNet for the Siamese network, from a file without batch normalization.

The weights that Google published for MobileNet (Howard et al. 2017) survive in 8-bit networks, in
which batch normalization is folded into the convolutions. To learn on, a network needs the
normalization back: here a batch of pictures says what it is to take away and to divide by, and
scale and offset undo both, so that the network computes what the file says.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError, ModelError
from passerby.models.lookup import model_sha256
from passerby.models.preparation import PREPARATIONS
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.reid.siamese import SiameseMobileNet
from passerby.models.reid.weights import BACKBONE_ONLY
from passerby.models.session import read_graph

__all__ = ["load_folded"]


@torch.no_grad()
def load_folded(network: SiameseMobileNet, path: Path, images: Tensor) -> None:
    """Start the trunk of a Siamese network from convolutions with biases.

    Args:
        network: Of full width, computed as TensorFlow does; is changed.
        path: An ONNX file of MobileNet that takes RGB of -1 to 1.
        images: Some that it will learn from, shape (B, 3, height, width), (RGB - mean) / std of
            ImageNet.

    Raises:
        ConfigError: If the network is not computed as TensorFlow does.
        ModelError: If the file cannot be read, or its convolutions are of other shapes.
    """
    if not network.tensorflow:
        raise ConfigError(
            f"{path} fits networks of TensorFlow alone: create it with tensorflow=True"
        )
    folded = list(_convolutions(read_graph(path)))
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    if [weight.shape for weight, _ in folded] != [one.weight.shape for one in convolutions]:
        raise ModelError(
            f"{path} does not fit {network.name}: its {len(folded)} convolutions are not those of "
            "MobileNet 1.0"
        )
    folded[0] = _for_our_pictures(*folded[0])
    normalizations = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    maps = images
    for convolution, normalization, (weight, bias) in zip(
        convolutions, normalizations, folded, strict=True
    ):
        convolution.weight.copy_(weight)
        if convolution.stride == (2, 2):
            maps = functional.pad(maps, (0, 1, 0, 1))
        computed = convolution(maps)
        variance, mean = torch.var_mean(computed, dim=(0, 2, 3), correction=0)
        normalization.load_state_dict(
            {
                "running_mean": mean,
                "running_var": variance,
                "weight": (variance + normalization.eps).sqrt(),
                "bias": mean + bias,
                "num_batches_tracked": torch.tensor(0),
            }
        )
        maps = functional.relu6(computed + bias[:, None, None])
    network.origin = WeightsOrigin("file", str(path), model_sha256(path), BACKBONE_ONLY)


def _convolutions(model: onnx.ModelProto) -> Iterator[tuple[Tensor, Tensor]]:
    """Weights and biases in their order, whether they are stored in 16 bits or in 32."""
    stored = {one.name: one for one in model.graph.initializer}
    casts = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Cast"}
    for node in model.graph.node:
        if node.op_type == "Conv":
            names = [casts.get(name, name) for name in node.input[1:]]
            values = [numpy_helper.to_array(stored[name]).astype(np.float32) for name in names]
            weight = torch.from_numpy(values[0])
            bias = torch.from_numpy(values[1]) if len(values) > 1 else torch.zeros(len(weight))
            yield weight, bias


def _for_our_pictures(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Take colours less ImageNet's mean over its deviation instead of -1 to 1."""
    prepared = PREPARATIONS["rgb-imagenet"]
    mean, std = (torch.tensor(one) / 127.5 for one in (prepared.mean, prepared.std))
    return weight * std[:, None, None], bias + (weight * (mean - 1)[:, None, None]).sum((1, 2, 3))
