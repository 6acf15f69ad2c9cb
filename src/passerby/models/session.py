"""Run a network with ONNX Runtime."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnx.external_data_helper import load_external_data_for_model
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from passerby.errors import ConfigError, DetectionError, ModelError, PasserbyError
from passerby.files.plain import open_plain
from passerby.models.devices import PACKAGES, PROVIDERS, Device
from passerby.models.picture_input import PictureInput, any_size, picture_input
from passerby.models.preparation import Tensor

__all__ = [
    "RUNTIME_ERRORS",
    "Network",
    "first_line",
    "open_session",
    "provider_of",
    "read_graph",
]

_FATAL = 4
"""ONNX Runtime's log level that says nothing; its errors arrive as exceptions."""

_STRIDE = 32
"""Sides of the input are multiples of this where a file does not say otherwise."""

_LARGEST_STRIDE = 256
_LONGEST_NUMBER = 9
"""Digits; a file may hold numbers longer than Python reads."""

# It warns of what exporters wrote, on the error stream, before options of a session count.
onnxruntime.set_default_logger_severity(_FATAL)

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
        path: An ONNX file with one input of shape (1, 3, height, width) or (1, height, width, 3),
            in single or half precision or bytes.
        threads: How many to compute with. They sleep between runs, so that the seconds of
            processor time are those of the work.
        device: Where it runs.

    Attributes:
        size: Height and width that the graph insists on, or None where any will do.
        stride: Its sides are multiples of this many pixels, where any will do.
        metadata: What the file says of itself.
        input: How the graph takes a picture.
        outputs: Names of what it gives; whoever wants less of it may name that alone.

    Raises:
        ConfigError: If the device cannot be used.
        ModelError: If the file is not such a network.
    """

    def __init__(self, path: Path, threads: int = 2, device: Device = "cpu") -> None:
        graph = read_graph(path)
        self.metadata = {entry.key: entry.value for entry in graph.metadata_props}
        self.stride = _stride(self.metadata)
        self.input = picture_input(graph, path)
        self.size: tuple[int, int] | None = None
        self.outputs: tuple[str, ...] = tuple(output.name for output in graph.graph.output)
        try:
            free = any_size(graph, channels_last=self.input.channels_last)
            self._session = open_session(free, threads, device)
            if not self._runs():
                self.size = _named_size(self.input, path)
                self._session = open_session(graph, threads, device)
        except PasserbyError:
            raise
        except Exception as error:  # a hostile file raises what is in no list
            raise ModelError(f"{path} cannot be run: {first_line(error)}") from error

    def __call__(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run once.

        Args:
            tensor: Shape (1, 3, height, width), whatever the graph itself takes.

        Returns:
            Its outputs in single precision.

        Raises:
            DetectionError: If the run fails.
        """
        try:
            outputs = self._session.run(self.outputs, self.input.feed(tensor))
            return [np.asarray(output, np.float32) for output in outputs]
        except (*RUNTIME_ERRORS, TypeError, ValueError) as error:
            raise DetectionError(f"the network failed: {first_line(error)}") from error

    @property
    def trial(self) -> tuple[int, int]:
        """Height and width of a picture to try it with: what it insists on, or something larger.

        Too small a picture would not do: the runtime divides by zero, and takes us with it, where
        a window of fixed size is larger than the map that it slides over.
        """
        if self.size is not None:
            return self.size
        height, width = self.input.size or (4 * self.stride, 5 * self.stride)
        return (height // self.stride + 1) * self.stride, (width // self.stride + 2) * self.stride

    def _runs(self) -> bool:
        try:
            self(np.zeros((1, 3, *self.trial), np.float32))
        except DetectionError:
            return False
        return True


def read_graph(path: Path) -> onnx.ModelProto:
    """Load a graph whose only inputs are pictures: the runtime cannot fold what it is fed.

    Raises:
        ModelError: If it cannot be read or does not take one picture.
    """
    try:
        with open_plain(path) as file:
            model = onnx.load_from_string(file.read())
    except OSError as error:
        raise ModelError(f"cannot read {path} ({error.strerror}): check the path") from error
    except DecodeError as error:
        raise ModelError(f"{path} is not an ONNX file: download it again") from error
    try:
        load_external_data_for_model(model, str(path.parent))
    except Exception as error:  # files that are missing, lie elsewhere, or are too short
        raise ModelError(
            f"the weights beside {path} cannot be read ({first_line(error)}): keep the files "
            "together, or export it into one file"
        ) from error
    if not all(output.type.HasField("tensor_type") for output in model.graph.output):
        raise ModelError(
            f"{path} returns something other than numbers: it is not a network for pictures"
        )
    weights = {weight.name for weight in model.graph.initializer}
    pictures = [value for value in model.graph.input if value.name not in weights]
    if len(pictures) != 1 or len(pictures[0].type.tensor_type.shape.dim) != 4:
        raise ModelError(f"{path} does not take one picture of shape (1, 3, height, width)")
    del model.graph.input[:]
    model.graph.input.extend(pictures)
    return model


def _named_size(taken: PictureInput, path: Path) -> tuple[int, int]:
    if taken.size is None:
        raise ModelError(f"{path} cannot be run: its graph neither runs at any size nor names one")
    return taken.size


def _stride(metadata: Mapping[str, str]) -> int:
    """What a file says of the sides of its input; 32 where it says nothing that can be meant."""
    text = metadata.get("stride", "")
    can_be_meant = text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return max(_STRIDE, min(int(text), _LARGEST_STRIDE)) if can_be_meant else _STRIDE


def open_session(
    model: onnx.ModelProto, threads: int, device: Device = "cpu"
) -> onnxruntime.InferenceSession:
    """Make a graph ready to run.

    Raises:
        ConfigError: If the device cannot be used.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    options.enable_mem_pattern = False  # it keeps a block of memory for each size of picture
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    provider = provider_of(device)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(),
        options,
        providers=list(dict.fromkeys([provider, PROVIDERS["cpu"]])),
    )
    if provider not in session.get_providers():
        raise ConfigError(
            f"the device {device} cannot be used here: check that its driver and libraries "
            "are installed, or leave --device out"
        )
    return session


def provider_of(device: Device) -> str:
    """Return ONNX Runtime's name of a device.

    Raises:
        ConfigError: If the installed ONNX Runtime cannot use it.

    Example:
        >>> provider_of("cpu")
        'CPUExecutionProvider'
    """
    known = onnxruntime.get_available_providers()
    if PROVIDERS[device] not in known:
        here = ", ".join(name for name, provider in PROVIDERS.items() if provider in known)
        raise ConfigError(
            f"the installed ONNX Runtime cannot use {device}, only {here}: choose one of these, or "
            f"install {PACKAGES[device]} in its place"
        )
    return PROVIDERS[device]


def first_line(error: Exception) -> str:
    """What an error says, without the lines that only developers of the runtime need."""
    text = str(error).strip() or type(error).__name__
    return text.partition("\n")[0]
