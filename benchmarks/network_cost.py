"""What a network costs: multiplications, bytes, time."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import onnx

from passerby.models.session import open_session, read_graph
from passerby.synth.camera import raised
from passerby.synth.people import World
from passerby.types import Detector, Image

__all__ = ["Timing", "multiply_adds", "picture", "time_in_turns"]

_WEIGHTS_OF = {"Conv": 1, "ConvInteger": 1, "QLinearConv": 3}
"""Which input of a convolution holds its weights, shape (out, in, rows, columns)."""

_RUNS = 10


@dataclass(frozen=True, slots=True)
class Timing:
    """What looking at a picture took, once a round.

    Attributes:
        seconds: From start to end.
        cpu_seconds: Of processor time, of all threads.
    """

    seconds: Sequence[float]
    cpu_seconds: Sequence[float]


def multiply_adds(path: Path, height: int, width: int) -> int:
    """Count the multiplications of a network's convolutions, by running it once.

    Args:
        path: An ONNX file.
        height: Of its input; what the graph insists on comes first.
        width: Likewise.
    """
    model = read_graph(path)
    counted = [node for node in model.graph.node if node.op_type in _WEIGHTS_OF]
    wanted = {name for node in counted for name in (node.output[0], _weights_of(node))}
    known = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    names = sorted(wanted - known.keys())
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    _, _, rows, columns = (one.dim_value for one in model.graph.input[0].type.tensor_type.shape.dim)
    feed = np.zeros((1, 3, rows or height, columns or width), np.float32)
    values = open_session(model, threads=1).run(names, {model.graph.input[0].name: feed})
    shapes = known | {name: value.shape for name, value in zip(names, values, strict=True)}
    return sum(_of_node(node, shapes) for node in counted)


def _weights_of(node: onnx.NodeProto) -> str:
    return str(node.input[_WEIGHTS_OF[node.op_type]])


def _of_node(node: onnx.NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Multiplications for each number that comes out, times how many come out."""
    return prod(shapes[_weights_of(node)][1:]) * prod(shapes[node.output[0]])


def picture(size: int) -> Image:
    """A square picture of ten people who do not exist."""
    world = World.random(7, 10)
    camera = raised(np.zeros(2), 0.3, 7.0, name="raised", size=(size, size))
    (shot,) = world.shots(camera, world.moments(1), 25.0)
    return shot.image


def time_in_turns(
    detectors: Mapping[str, Detector], image: Image, rounds: int
) -> dict[str, Timing]:
    """Let detectors look at one picture, in turns, so that what disturbs one disturbs all."""
    for detector in detectors.values():
        detector(image)  # the first run makes room in memory
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in detectors}
    for _ in range(rounds):
        for name, detector in detectors.items():
            start, cpu_start = time.perf_counter(), time.process_time()
            for _ in range(_RUNS):
                detector(image)
            cpu_seconds, seconds = time.process_time() - cpu_start, time.perf_counter() - start
            spent[name].append((seconds / _RUNS, cpu_seconds / _RUNS))
    return {
        name: Timing([seconds for seconds, _ in one], [cpu_seconds for _, cpu_seconds in one])
        for name, one in spent.items()
    }
