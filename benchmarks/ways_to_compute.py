"""Processor time of the network of people in other ways of computing than ours.

    python benchmarks/ways_to_compute.py
    python benchmarks/ways_to_compute.py --model yolox-nano --sizes 416x416 --at-once 1

Ours is ONNX Runtime in single precision, one picture at a time. The others are 8 bits, several
pictures in one call, and OpenVINO where it is installed. All take turns, with one thread.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import onnx

from passerby.models.lookup import default, resolve
from passerby.models.picture_input import any_size
from passerby.models.quantization import quantized
from passerby.models.session import open_session, read_graph
from stamp import stamp
from table import markdown

SIZES = "640x480", "416x416", "256x192"
AT_ONCE = 1, 4, 8
CALIBRATION = 16
"""Pictures; how well 8 bits find people is not the question here."""

Tensor = npt.NDArray[np.float32]
Run = Callable[[Tensor], object]


def with_onnx_runtime(graph: onnx.ModelProto) -> Run:
    """Run a graph as we do."""
    session = open_session(graph, threads=1)
    name = session.get_inputs()[0].name
    return lambda tensor: session.run(None, {name: tensor})


def with_openvino(graph: onnx.ModelProto) -> Run | None:
    """Run a graph with OpenVINO; None where it is not installed."""
    try:
        import openvino  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
    model = core.read_model(graph.SerializeToString())
    request = core.compile_model(model, "CPU", options).create_infer_request()
    return lambda tensor: request.infer([tensor])


def ways(path: Path, at_once: Sequence[int]) -> dict[str, tuple[Run, int]]:
    """All ways, each with how many pictures it takes at once."""
    graph = any_size(read_graph(path), channels_last=False)
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "pictures"
    whole = with_onnx_runtime(graph)
    found = {f"ONNX Runtime, {count} at once": (whole, count) for count in at_once}
    eight = quantized(graph, [_pictures(1, 416, 416, seed) for seed in range(CALIBRATION)])
    found["ONNX Runtime, 8 bits"] = with_onnx_runtime(eight), 1
    for name, one in (("OpenVINO", graph), ("OpenVINO, 8 bits", eight)):
        run = with_openvino(one)
        if run is not None:
            found[name] = run, 1
    return found


def _pictures(count: int, height: int, width: int, seed: int = 0) -> Tensor:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 3, height, width)).astype(np.float32)


def milliseconds(found: Mapping[str, tuple[Run, int]], size: str, rounds: int) -> dict[str, float]:
    """Median of processor time for each picture of a size, width before height."""
    width, height = map(int, size.split("x"))
    spent: dict[str, list[float]] = {name: [] for name in found}
    for number in range(rounds + 1):
        for name, (run, count) in found.items():
            tensor = _pictures(count, height, width)
            start = time.process_time()
            run(tensor)
            if number:  # the first run makes room in memory
                spent[name].append(1000 * (time.process_time() - start) / count)
    return {name: median(times) for name, times in spent.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", help="a name or an ONNX file; by default what comes with us")
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WIDTHxHEIGHT")
    parser.add_argument("--at-once", type=int, nargs="+", default=AT_ONCE, metavar="PICTURES")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    found = ways(resolve(options.model or default("person").name), options.at_once)
    columns = [milliseconds(found, size, options.rounds) for size in options.sizes]
    record = stamp()
    print("\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")))
    head = "CPU ms per picture", *options.sizes
    rows = [(name, *(f"{column[name]:.1f}" for column in columns)) for name in found]
    print(f"\n{markdown(head, rows)}")


if __name__ == "__main__":
    main()
