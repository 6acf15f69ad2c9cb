"""Networks that describe the image of a person by numbers."""

from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import onnx

from passerby.errors import ConfigError, DetectionError, ModelError, PasserbyError
from passerby.geometry import Size
from passerby.models.cards import MODELS, PIXELS_KEY, PixelFormat, is_path
from passerby.models.lookup import resolve
from passerby.models.session import RUNTIME_ERRORS, first_line, open_session, read_graph
from passerby.signatures.input import PictureBatch, resized, signature_input
from passerby.types import Image

__all__ = ["SignatureNetwork", "says_pixels"]

_BATCH = 8
"""More is slower: what is computed on the way no longer fits into the processor's cache. And the
runtime keeps as much memory as its largest batch ever needed."""


class SignatureNetwork:
    """A network that turns images of people into signatures.

    Args:
        model: Name of a model whose role is ``signature``, or the path of an ONNX file with one
            input of pictures, channels first or last.
        pixels: What it is fed; needed for a file that does not say so itself.
        threads: How many one run computes with. Several runs may go on at once.

    Attributes:
        name: Of the model, or of its file.
        path: The file.
        pixels: What it is fed.
        size: Height and width that images are resized to.
        batch: How many pictures go through it at once; one where its graph takes no more, or
            does not keep them apart.

    Raises:
        ConfigError: If no model has this name, or ``pixels`` is missing or unknown.
        ModelError: If the file is missing or is not such a network.
    """

    def __init__(self, model: str, pixels: PixelFormat | None = None, threads: int = 1) -> None:
        of_card = _of_card(model, pixels)
        self.name = Path(model).name if is_path(model) else model
        self.path = resolve(model)
        graph = read_graph(self.path)
        self.pixels = of_card or _agreed(model, _stated(graph), pixels)
        shape = [one.dim_value for one in graph.graph.input[0].type.tensor_type.shape.dim]
        self._channels_last = shape[3] == 3
        self.size: Size = (shape[1], shape[2]) if self._channels_last else (shape[2], shape[3])
        if min(self.size) < 1 or 3 not in (shape[1], shape[3]):
            raise ModelError(f"{self.path} takes pictures of shape {shape}: one size is needed")
        if shape[0] > 1:
            raise ModelError(
                f"{self.path} takes {shape[0]} pictures at once: export it with a batch size of 1"
            )
        try:
            self._session = open_session(graph, threads)
        except PasserbyError:
            raise
        except Exception as error:  # a hostile file raises what is in no list
            raise ModelError(f"{self.path} cannot be run: {first_line(error)}") from error
        self.batch = _BATCH if shape[0] != 1 and self._keeps_pictures_apart() else 1

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return the signature of an image of any size, shape (d,).

        Raises:
            DetectionError: If the run fails.
        """
        (signature,) = self.describe(resized(image, self.size)[None])
        return np.asarray(signature, np.float32)

    def describe(self, pictures: PictureBatch) -> npt.NDArray[np.float32]:
        """Return the signatures of pictures of its size, shape (n, d).

        Raises:
            DetectionError: If the run fails, or its result is no row of numbers for each picture.
        """
        numbers = self.fed(pictures)
        firsts = range(0, len(numbers), self.batch)
        rows = np.concatenate([self._run(numbers[one : one + self.batch]) for one in firsts])
        if not np.isfinite(rows).all():
            raise DetectionError(
                f"{self.name} returned NaN or infinite values: check its input format (--pixels)"
            )
        return rows

    def fed(self, pictures: PictureBatch) -> npt.NDArray[np.float32]:
        """Return pictures of its size as the numbers that its graph takes."""
        return signature_input(pictures, self.pixels, channels_last=self._channels_last)

    def _run(self, numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        feed = {self._session.get_inputs()[0].name: numbers}
        try:
            (output, *_) = self._session.run(None, feed)
            return np.asarray(output, np.float32).reshape(len(numbers), -1)
        except (*RUNTIME_ERRORS, TypeError, ValueError) as error:
            raise DetectionError(f"the network failed: {first_line(error)}") from error

    def _keeps_pictures_apart(self) -> bool:
        """Try whether two pictures at once get the signatures that they get one by one."""
        drawn = np.random.default_rng(0).integers(0, 256, (2, *self.size, 3), np.uint8)
        numbers = self.fed(drawn)
        try:
            together = self._run(numbers)
            alone = np.concatenate([self._run(one[None]) for one in numbers])
        except (DetectionError, ValueError):
            return False
        tolerance = 1e-4 * float(np.abs(alone).max())
        return together.shape == alone.shape and np.allclose(together, alone, 0, tolerance)


def says_pixels(model: str) -> bool:
    """Whether a model says what it is fed, by its card or in its ONNX file.

    Raises:
        ConfigError: If no model has this name.
        ModelError: If the file cannot be read.
    """
    if not is_path(model):
        return MODELS[model].pixels is not None
    return _stated(read_graph(resolve(model))) is not None


def _of_card(model: str, asked: PixelFormat | None) -> PixelFormat | None:
    """What a model is fed by its card; None for a file."""
    if is_path(model):
        return None
    card = MODELS[model]
    if card.pixels is None:
        raise ConfigError(f"{model} finds a {card.role}: choose a model that computes signatures")
    return _agreed(model, card.pixels, asked)


def _stated(graph: onnx.ModelProto) -> str | None:
    """What a file says that it is fed."""
    return next((one.value for one in graph.metadata_props if one.key == PIXELS_KEY), None)


def _agreed(model: str, known: str | None, asked: PixelFormat | None) -> PixelFormat:
    """What is known and what a user asks for, where they do not contradict each other."""
    if known is not None and asked not in (None, known):
        raise ConfigError(
            f"the input format of {model} is {known}, not {asked}: leave --pixels out"
        )
    choices: dict[str | None, PixelFormat] = {pixels: pixels for pixels in get_args(PixelFormat)}
    chosen = choices.get(known or asked)
    if chosen is None:
        raise ConfigError(
            f"the input format of {model} is unknown: give --pixels "
            f"{' or '.join(get_args(PixelFormat))}"
        )
    return chosen
