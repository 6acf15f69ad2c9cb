"""Run a network with ONNX Runtime on the processor."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from passerby.errors import DetectionError, ModelError

__all__ = ["RUNTIME_ERRORS", "Network", "Tensor", "first_line", "open_session", "read_graph"]

Tensor = npt.NDArray[np.float32]
"""What goes into a network and comes out of it."""

_FATAL = 4
"""ONNX Runtime's log level that says nothing; its errors arrive as exceptions."""

_TRIAL = 1, 3, 64, 96
"""A shape that no network was exported for."""

RUNTIME_ERRORS = (
    runtime.EPFail,
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.ModelLoadCanceled,
    runtime.NotImplemented,
    runtime.RuntimeException,
)


class Network:
    """A network that takes pictures of any size, where its graph allows that.

    Args:
        path: An ONNX file with one input of shape (1, 3, height, width).
        threads: How many to compute with. They sleep between runs, so that the seconds of
            processor time are those of the work.

    Attributes:
        size: Height and width that the graph insists on, or None where any will do.

    Raises:
        ModelError: If the file is not such a network.
    """

    def __init__(self, path: Path, threads: int = 2) -> None:
        graph = read_graph(path)
        try:
            self.size: tuple[int, int] | None = None
            self._session = open_session(_any_size(graph), threads)
            if not self._runs(_TRIAL):
                self.size = _fixed_size(graph)
                self._session = open_session(graph, threads)
        except (*RUNTIME_ERRORS, ValueError) as error:
            raise ModelError(f"{path} cannot be run: {first_line(error)}") from error

    def __call__(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run once.

        Args:
            tensor: Shape (1, 3, height, width).

        Raises:
            DetectionError: If the run fails.
        """
        try:
            outputs: Sequence[Tensor] = self._session.run(None, {self._input: tensor})
        except RUNTIME_ERRORS as error:
            raise DetectionError(f"the network failed: {first_line(error)}") from error
        return outputs

    @property
    def _input(self) -> str:
        return str(self._session.get_inputs()[0].name)

    def _runs(self, shape: tuple[int, ...]) -> bool:
        try:
            self(np.zeros(shape, np.float32))
        except DetectionError:
            return False
        return True


def read_graph(path: Path) -> onnx.ModelProto:
    """Load a graph whose only inputs are pictures: the runtime cannot fold what it is fed.

    Raises:
        ModelError: If it cannot be read or does not take one picture.
    """
    try:
        model = onnx.load(path)
    except OSError as error:
        raise ModelError(f"cannot read {path} ({error.strerror}): check the path") from error
    except DecodeError as error:
        raise ModelError(f"{path} is not an ONNX file: fetch it again") from error
    weights = {weight.name for weight in model.graph.initializer}
    pictures = [value for value in model.graph.input if value.name not in weights]
    if len(pictures) != 1 or len(pictures[0].type.tensor_type.shape.dim) != 4:
        raise ModelError(f"{path} does not take one picture of shape (1, 3, height, width)")
    del model.graph.input[:]
    model.graph.input.extend(pictures)
    return model


def _any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """Copy a graph and forget every height and width that its exporter wrote down."""
    free = onnx.ModelProto()
    free.CopyFrom(model)
    _, _, height, width = free.graph.input[0].type.tensor_type.shape.dim
    height.dim_param, width.dim_param = "height", "width"
    del free.graph.value_info[:]
    for output in free.graph.output:
        output.type.tensor_type.ClearField("shape")
    return free


def _fixed_size(model: onnx.ModelProto) -> tuple[int, int]:
    _, _, height, width = model.graph.input[0].type.tensor_type.shape.dim
    if height.dim_value < 1 or width.dim_value < 1:
        raise ValueError("its graph neither runs at any size nor names one")
    return height.dim_value, width.dim_value


def open_session(model: onnx.ModelProto, threads: int) -> onnxruntime.InferenceSession:
    """Make a graph ready to run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def first_line(error: Exception) -> str:
    """What an error says, without the lines that only developers of the runtime need."""
    return str(error).partition("\n")[0]
