"""How a graph takes a picture: the order of its axes, its size, and the type of its numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

from passerby.errors import ModelError

__all__ = ["PictureInput", "any_size", "picture_input"]

_NUMBERS: dict[int, type[np.generic]] = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.FLOAT16: np.float16,
    onnx.TensorProto.UINT8: np.uint8,
}


@dataclass(frozen=True, slots=True)
class PictureInput:
    """What a graph wants to be fed.

    Attributes:
        name: Of its input.
        channels_last: Whether its shape is (1, height, width, 3) rather than (1, 3, height, width).
        numbers: Type of its numbers.
        size: Height and width where the graph names both.
    """

    name: str
    channels_last: bool
    numbers: type[np.generic]
    size: tuple[int, int] | None

    @property
    def is_bytes(self) -> bool:
        """Whether it takes pixels as they are and scales them itself."""
        return self.numbers is np.uint8

    def feed(self, tensor: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.generic]]:
        """Turn numbers of shape (1, 3, height, width) into what the graph takes."""
        ordered = tensor.transpose(0, 2, 3, 1) if self.channels_last else tensor
        return {self.name: np.ascontiguousarray(ordered, self.numbers)}


def picture_input(model: onnx.ModelProto, path: Path) -> PictureInput:
    """Say how a graph takes a picture.

    Args:
        model: Its only input has four axes.
        path: Of its file, for messages.

    Raises:
        ModelError: If it takes several pictures at once, or no colours, or other numbers.
    """
    value = model.graph.input[0]
    picture = value.type.tensor_type
    batch, *shape = (one.dim_value for one in picture.shape.dim)
    if 3 not in (shape[0], shape[2]):
        wanted = [one.dim_param or one.dim_value for one in picture.shape.dim]
        raise ModelError(
            f"{path} takes pictures of shape {wanted}: 3 channels are needed, first or last"
        )
    if batch > 1:
        raise ModelError(f"{path} takes {batch} pictures at once: export it with a batch size of 1")
    if picture.elem_type not in _NUMBERS:
        name = onnx.TensorProto.DataType.Name(picture.elem_type).lower()
        raise ModelError(f"{path} takes pictures of {name}: float, float16 or uint8 is needed")
    channels_last = shape[0] != 3
    height, width = shape[:2] if channels_last else shape[1:]
    size = (height, width) if min(height, width) >= 1 else None
    return PictureInput(value.name, channels_last, _NUMBERS[picture.elem_type], size)


def any_size(model: onnx.ModelProto, *, channels_last: bool) -> onnx.ModelProto:
    """Copy a graph and forget every height and width that its exporter wrote down."""
    free = onnx.ModelProto()
    free.CopyFrom(model)
    rows, columns = (1, 2) if channels_last else (2, 3)
    shape = free.graph.input[0].type.tensor_type.shape.dim
    shape[rows].dim_param, shape[columns].dim_param = "height", "width"
    del free.graph.value_info[:]
    for output in free.graph.output:
        output.type.tensor_type.ClearField("shape")
    return free
