"""ImageNet's weights of MobileNet for the Siamese network, from a file without batch normalization.

The weights that Google published for MobileNet (Howard et al. 2017) survive in 8-bit networks, in
which batch normalization is folded into the convolutions. To learn on, a network needs the
normalization back: here a batch of pictures says what it is to take away and to divide by, and
scale and offset undo both, so that the network computes what the file says.
"""

from pathlib import Path

import numpy as np
from torch import Tensor

from passerby.errors import ConfigError
from passerby.models.exported_weights import put_back, stored_layers
from passerby.models.lookup import model_sha256
from passerby.models.preparation import PREPARATIONS
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.reid.siamese import SiameseMobileNet
from passerby.models.reid.weights import BACKBONE_ONLY

__all__ = ["load_folded"]


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
    folded = list(stored_layers(path))
    if folded:
        folded[0] = _for_our_pictures(*folded[0])
    misfit = (
        f"{path} does not fit {network.name}: its {len(folded)} convolutions are not those of "
        "MobileNet 1.0"
    )
    put_back(network, folded, images, misfit)
    network.origin = WeightsOrigin("file", str(path), model_sha256(path), BACKBONE_ONLY)


def _for_our_pictures(weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take colours less ImageNet's mean over its deviation instead of -1 to 1."""
    prepared = PREPARATIONS["rgb-imagenet"]
    mean, std = (np.array(one, np.float32) / 127.5 for one in (prepared.mean, prepared.std))
    shift = (weight * (mean - 1)[:, None, None]).sum((1, 2, 3))
    return weight * std[:, None, None], bias + shift
