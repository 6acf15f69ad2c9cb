"""Signatures by torch, for those who have a GPU."""

from pathlib import Path
from typing import Self

import cv2
import numpy as np
import torch
from torch import Tensor

from passerby.errors import DetectionError
from passerby.geometry import Size
from passerby.models.cards import PixelFormat
from passerby.models.reid import ReidNetwork
from passerby.models.reid.checkpoint import load_network
from passerby.signatures.describer import Rows
from passerby.signatures.input import PictureBatch, resized, signature_input
from passerby.signatures.occlusion import Heat
from passerby.types import Image

__all__ = ["TorchDescriber"]


class TorchDescriber:
    """A network in memory that turns images of people into signatures.

    Args:
        network: On the device that it is to run on; it is switched to evaluation.
        path: The file that it came from, or will go into.

    Attributes:
        name: Of the file.
        path: The file.
        pixels: The input format of all networks of `passerby.models.reid`.
        size: Height and width of its pictures.
        batch: How many pictures at once it is quickest with.
    """

    def __init__(self, network: ReidNetwork, path: Path) -> None:
        self.name, self.path = path.name, path
        self.pixels: PixelFormat = "rgb-imagenet"
        self.network = network.eval()
        self._device = next(network.parameters()).device
        self.batch = 64 if self._device.type == "cuda" else 8
        self.size: Size = network.size

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a checkpoint; it runs on the first GPU if there is one.

        Raises:
            ModelError: If the file cannot be read or is not such a checkpoint.
        """
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return cls(load_network(path).to(device), path)

    def describe(self, pictures: PictureBatch) -> Rows:
        """Return the signatures of pictures of its size, shape (n, d).

        Raises:
            DetectionError: If the run fails.
        """
        images = torch.from_numpy(signature_input(pictures, self.pixels)).to(self._device)
        try:
            with torch.inference_mode():
                rows: Rows = self.network(images).float().cpu().numpy()
        except RuntimeError as error:
            raise DetectionError(f"the network failed: {str(error).splitlines()[0]}") from error
        return rows

    def activation_map(self, image: Image) -> Heat:
        """Measure how strongly the last maps answer: the length of their numbers at each place.

        Args:
            image: Of any size.

        Returns:
            In the size of the network's pictures.

        Raises:
            DetectionError: If the run fails, or no layer of the network makes maps.
        """
        last: list[Tensor] = []

        def keep(_module: object, _inputs: object, output: object) -> None:
            maps = output[0] if isinstance(output, tuple) else output  # some say more beside them
            if isinstance(maps, Tensor) and maps.dim() == 4 and min(maps.shape[2:]) > 1:
                last[:] = [maps]

        hooks = [module.register_forward_hook(keep) for module in self.network.modules()]
        try:
            self.describe(resized(image, self.size)[None])
        finally:
            for hook in hooks:
                hook.remove()
        if not last:
            raise DetectionError(
                f"{self.name} returns no feature maps: only occlusion maps can be drawn"
            )
        height, width = self.size
        lengths = last[0][0].float().norm(dim=0).cpu().numpy()
        return np.asarray(cv2.resize(lengths, (width, height)), np.float32)
