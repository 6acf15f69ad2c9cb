"""What a larger detector says about every cell of a picture."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.errors import ModelError
from passerby.models.decoders import DECODERS
from passerby.models.session import Network
from passerby.types import Image

__all__ = ["Advice", "Teacher"]


class Advice(NamedTuple):
    """A teacher's opinion of the N cells of a picture.

    Attributes:
        boxes: Shape (N, 4), pixels.
        scores: Shape (N,), 0-1, that each is a person.
    """

    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]


class Teacher:
    """YOLOX: it has the same cells as our network, so that each can learn from its counterpart.

    To learn from scores rather than from weights is distillation (Hinton et al. 2015, arXiv
    1503.02531); to ask the teacher anew about every distorted picture makes it worth more with
    little data (Beyer et al. 2022, arXiv 2106.05237).

    Args:
        path: An ONNX export of YOLOX.

    Raises:
        ModelError: If it is no YOLOX, or takes pictures of one size only.
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path, threads=1)
        if self._network.size is not None:
            raise ModelError(f"{path} has a fixed input size: a teacher must take any size")
        shapes = [output.shape for output in self._network(np.zeros((1, 3, 64, 96), np.float32))]
        if not DECODERS["yolox"].fits(shapes, 64, 96):
            raise ModelError(f"{path} is not a YOLOX: for 64x96 pixels its outputs are {shapes}")

    def __call__(self, image: Image) -> Advice:
        """Look at a picture of shape (height, width, 3), BGR, sides multiples of 32."""
        family = DECODERS["yolox"]
        outputs = self._network(family.prepare(image))
        height, width = image.shape[:2]
        cells = family.decode(outputs, height, width, 0.0)
        return Advice(cells.boxes, cells.scores)
