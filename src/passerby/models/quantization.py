"""Graphs that compute with numbers of 8 bits.

Weights have 7 of them. Processors with AVX2 or AVX-512 but without VNNI add two products of a
weight and an unsigned number in 16 bits, and keep the largest that fits where the sum is larger
(``vpmaddubsw``). Up to 64, no weights can bring it there (2 x 64 x 255 = 32,640 of 32,767), and all
processors compute the same sums.
"""

import copy
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnx
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

__all__ = ["quantized"]

_OPSET = 13
"""Graphs of older ones cannot say which axis scales are for."""

_Numbers = npt.NDArray[np.generic]


def quantized(model: onnx.ModelProto, inputs: Sequence[_Numbers]) -> onnx.ModelProto:
    """Compute convolutions and products of matrices with 8 bits, and all else as before.

    Weights have a scale for each channel, and 7 bits. What flows between has one scale for each
    tensor, which comes from the least and the greatest number that is seen there.

    Args:
        model: With one input; is not changed.
        inputs: What it is fed in practice; a hundred or so are enough.
    """
    name = model.graph.input[0].name
    with TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        logger = logging.getLogger()
        level = logger.level
        logger.setLevel(logging.ERROR)  # it advises to prepare the graph, which gains nothing here
        try:
            quantize_static(
                _recent(copy.deepcopy(model)),  # whose weights it would move to a file
                path,
                _Inputs(name, inputs),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Gemm", "MatMul"],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                reduce_range=True,
            )
        finally:
            logger.setLevel(level)
        made = onnx.load(path)
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)
    return made


def _recent(model: onnx.ModelProto) -> onnx.ModelProto:
    (version,) = (one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
    return model if version >= _OPSET else version_converter.convert_version(model, _OPSET)


class _Inputs(CalibrationDataReader):  # type: ignore[misc]  # its package has no types
    """Hands the inputs out one by one."""

    def __init__(self, name: str, inputs: Sequence[_Numbers]) -> None:
        self._name = name
        self._left: Iterator[_Numbers] = iter(inputs)

    def get_next(self) -> dict[str, _Numbers] | None:
        """Return the next one by the name of the input, or None after the last."""
        numbers = next(self._left, None)
        return None if numbers is None else {self._name: numbers}
