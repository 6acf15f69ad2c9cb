"""How a picture becomes the numbers that a network which finds things is fed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.types import Image

__all__ = ["PREPARATIONS", "Preparation", "Tensor"]

Tensor = npt.NDArray[np.float32]
"""What goes into a network and comes out of it."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """Order and scale of colours: of each, its mean is taken away, and what is left divided.

    Attributes:
        rgb: Whether red comes first; otherwise blue does, as in our pictures.
        mean: Of each colour, in the order fed, on the scale of 0-255.
        std: What each is divided by.
    """

    rgb: bool = False
    mean: tuple[float, float, float] = (0, 0, 0)
    std: tuple[float, float, float] = (1, 1, 1)

    def __call__(self, image: Image) -> Tensor:
        """Prepare a picture of the network's size.

        Args:
            image: Shape (height, width, 3), BGR.

        Returns:
            Shape (1, 3, height, width).
        """
        height, width = image.shape[:2]
        tensor = np.empty((1, 3, height, width), np.float32)
        for place, (mean, std) in enumerate(zip(self.mean, self.std, strict=True)):
            plane = tensor[0, place]
            plane[...] = image[..., 2 - place if self.rgb else place]
            if mean:
                np.subtract(plane, np.float32(mean), out=plane)
            if std != 1:
                np.divide(plane, np.float32(std), out=plane)
        return tensor

    @property
    def unscaled(self) -> "Preparation":
        """The same order of colours, 0-255: for a graph that takes bytes and scales them itself."""
        return Preparation(self.rgb)


_MEAN = 123.675, 116.28, 103.53
_STD = 58.395, 57.12, 57.375
"""Of ImageNet, RGB, 0-255."""

PREPARATIONS = {
    "bgr-255": Preparation(),
    "rgb-255": Preparation(rgb=True),
    "bgr-1": Preparation(std=(255, 255, 255)),
    "rgb-1": Preparation(rgb=True, std=(255, 255, 255)),
    "rgb-127.5": Preparation(rgb=True, mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5)),
    "bgr-caffe": Preparation(mean=(103.939, 116.779, 123.68)),
    "bgr-imagenet": Preparation(mean=_MEAN[::-1], std=_STD[::-1]),
    "rgb-imagenet": Preparation(rgb=True, mean=_MEAN, std=_STD),
}
"""The usual ones, by the names that an ONNX file may give them."""
