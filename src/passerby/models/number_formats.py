"""Number formats in which a network is stored and computes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx

from passerby.errors import ConfigError
from passerby.models.half_precision import halved
from passerby.models.quantization import quantized

__all__ = ["NumberFormat", "in_format"]

NumberFormat = Literal["fp32", "fp16", "int8"]
"""Numbers of 32 bits; weights stored in 16 and computed with in 32; or computing with 8."""


def in_format(
    model: onnx.ModelProto,
    number_format: NumberFormat,
    inputs: Sequence[npt.NDArray[np.generic]] = (),
) -> onnx.ModelProto:
    """Return a graph in another number format.

    Args:
        model: In 32 bits, with one input; may be changed.
        number_format: The format.
        inputs: What it is fed in practice, to calibrate ``int8`` with; a hundred or so are enough.

    Raises:
        ConfigError: If ``int8`` is to do without inputs.
    """
    if number_format == "fp16":
        return halved(model)
    if number_format == "int8":
        if not inputs:
            raise ConfigError("int8 must see what the network is fed: give it inputs to calibrate")
        return quantized(model, inputs)
    return model
