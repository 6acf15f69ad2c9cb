"""Networks that describe the image of a person by numbers."""

from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.cards import MODELS, Pixels
from passerby.models.lookup import is_path, resolve
from passerby.models.session import RUNTIME_ERRORS, first_line, open_session, read_graph
from passerby.types import Image

__all__ = ["SignatureNetwork"]

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
"""Of ImageNet, RGB, 0-1."""


class SignatureNetwork:
    """A network that turns the image of a person into a signature.

    Args:
        model: Name of a model whose role is ``signature``, or the path of an ONNX file with one
            picture as input, channels first or last.
        pixels: What it is fed; needed for a file, known for a name.
        threads: How many to compute with.

    Attributes:
        path: The file.
        size: Height and width that images are resized to.

    Raises:
        ConfigError: If no model has this name, or ``pixels`` is missing or unknown.
        ModelError: If the file is missing or is not such a network.
    """

    def __init__(self, model: str, pixels: Pixels | None = None, threads: int = 2) -> None:
        self._pixels = _pixels(model, pixels)
        self.path = resolve(model)
        graph = read_graph(self.path)
        shape = [one.dim_value for one in graph.graph.input[0].type.tensor_type.shape.dim]
        self._channels_last = shape[3] == 3
        self.size = (shape[1], shape[2]) if self._channels_last else (shape[2], shape[3])
        if min(self.size) < 1 or 3 not in (shape[1], shape[3]):
            raise ModelError(f"{self.path} takes pictures of shape {shape}: one size is needed")
        try:
            self._session = open_session(graph, threads)
        except (*RUNTIME_ERRORS, ValueError) as error:
            raise ModelError(f"{self.path} cannot be run: {first_line(error)}") from error

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return the signature of an image of any size, shape (d,).

        Raises:
            DetectionError: If the run fails.
        """
        height, width = self.size
        tensor = np.asarray(cv2.resize(image, (width, height)), np.float32)
        if self._pixels == "rgb-imagenet":
            tensor = (tensor[:, :, ::-1] / np.float32(255) - _MEAN) / _DEVIATION
        if not self._channels_last:
            tensor = tensor.transpose(2, 0, 1)
        feed = {self._session.get_inputs()[0].name: np.ascontiguousarray(tensor[None])}
        try:
            (output, *_) = self._session.run(None, feed)
        except RUNTIME_ERRORS as error:
            raise DetectionError(f"the network failed: {first_line(error)}") from error
        return np.asarray(output, np.float32).reshape(-1)


def _pixels(model: str, pixels: Pixels | None) -> Pixels:
    known = None if is_path(model) else MODELS[model].pixels
    if known is None and not is_path(model):
        role = MODELS[model].role
        raise ConfigError(f"{model} finds a {role}: choose a model that makes signatures")
    if known is not None and pixels not in (None, known):
        raise ConfigError(f"{model} is fed {known}, not {pixels}: leave it out")
    chosen = known or pixels
    if chosen is None or chosen not in get_args(Pixels):
        choices = " or ".join(get_args(Pixels))
        raise ConfigError(f"it is not known what {model} is fed: say {choices}")
    return chosen
