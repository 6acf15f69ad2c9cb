"""What obfuscators cost, next to a detector, in one run."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from passerby.errors import ConfigError
from passerby.models.graph_cost import graph_cost
from passerby.models.lookup import resolve
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.models.obfuscators import (
    FIGURE_2_WIDTHS,
    OBFUSCATORS,
    Obfuscator,
    create_obfuscator,
    export_obfuscator,
    network_cost,
)
from passerby.models.session import Network, read_graph

__all__ = ["NetworkCost", "bench_obfuscators"]

_MEMORY = Path("/proc/self/statm")
_PAGE = 4096

Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """What one network costs for one frame.

    Attributes:
        name: Of the network.
        macs: Multiplications, each with its addition.
        parameters: Numbers that are learned.
        milliseconds: Median over rounds.
        least_milliseconds: Of the fastest round, on a busy machine the better figure.
        cpu_milliseconds: Median of processor time, of all threads.
        frames_a_second: At the median.
        megabytes: How much more memory the process held once the network had run; None where the
            system does not say.
        times_faster: Than the detector: median over rounds of the ratio within a round; None
            without a detector.
        times_less_cpu: The same of processor time.
    """

    name: str
    macs: int
    parameters: int
    milliseconds: float
    least_milliseconds: float
    cpu_milliseconds: float
    frames_a_second: float
    megabytes: float | None
    times_faster: float | None
    times_less_cpu: float | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    macs: int
    parameters: int
    run: Run
    megabytes: float | None


def bench_obfuscators(
    models: Sequence[str] = (),
    *,
    width: int = 640,
    height: int = 360,
    threads: int = 2,
    rounds: int = 20,
    against: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> list[NetworkCost]:
    """Measure obfuscators on ONNX Runtime, from 8-bit frame to 8-bit frame, with drawn weights.

    In every round each network runs once, so that what disturbs one disturbs all.

    Args:
        models: Names of `OBFUSCATORS`, or ONNX files of obfuscators; by default all
            architectures, the autoencoder in all widths.
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        threads: How many each computes with.
        rounds: How many.
        against: Name or ONNX file of a detector that runs with them; the network alone, without
            what comes before and after it, at the frame's size, rounded up to its stride.
        progress: Called after each round.

    Returns:
        One entry a network; that of the detector is the last.

    Raises:
        ConfigError: If there is no such architecture, or a number is out of range.
        ModelError: If a file is missing or does not hold such a network.
    """
    if min(width, height, threads, rounds) < 1:
        raise ConfigError(
            f"{width}x{height} pixels, {threads} threads, {rounds} rounds: all must be above 0"
        )
    frame = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    candidates = [_obfuscator(one, frame, threads) for one in dict.fromkeys(models or _defaults())]
    if against is not None:
        candidates.append(_detector(against, height, width, threads))
    spent: dict[str, list[tuple[float, float]]] = {one.name: [] for one in candidates}
    for _ in range(rounds):
        for one in candidates:
            start, cpu_start = time.perf_counter(), time.process_time()
            one.run()
            cpu_seconds, seconds = time.process_time() - cpu_start, time.perf_counter() - start
            spent[one.name].append((seconds, cpu_seconds))
        progress()
    last = None if against is None else spent[candidates[-1].name]
    return [_cost(one, spent[one.name], last) for one in candidates]


def _defaults() -> list[str]:
    widths = [f"mobile-autoencoder:{width}" for width in FIGURE_2_WIDTHS]
    return [*widths, *(name for name in OBFUSCATORS if name != "mobile-autoencoder")]


def _obfuscator(model: str, frame: np.ndarray, threads: int) -> _Candidate:
    """One obfuscator, opened and warm."""
    with TemporaryDirectory() as folder:
        if model.endswith(".onnx"):
            path, name = Path(model), Path(model).name
        else:
            path, name = Path(folder) / "network.onnx", model.replace(":", " ")
            export_obfuscator(_drawn(model), path, {})
        before = _held()
        network = ObfuscationNetwork(path, threads)
    network(frame)
    held = _megabytes(before, _held())  # now: to count its multiplications takes memory, too
    cost = network_cost(_of_card(network.card), *frame.shape[:2])
    return _Candidate(name, cost.macs, cost.parameters, lambda: network(frame), held)


def _drawn(model: str) -> Obfuscator:
    """An architecture by its name, as in ``shuffle`` or, in a width, ``mobile-autoencoder:0.5``."""
    name, _, width = model.partition(":")
    try:
        return create_obfuscator(name, **({"width": float(width)} if width else {}))
    except ValueError:
        raise ConfigError(f"cannot read the width of {model}: write {name}:0.5") from None


def _of_card(card: Mapping[str, object]) -> Obfuscator:
    options = card.get("options")
    return create_obfuscator(
        str(card.get("architecture")), **(dict(options) if isinstance(options, Mapping) else {})
    )


def _detector(model: str, height: int, width: int, threads: int) -> _Candidate:
    """One detector, opened and warm."""
    path = resolve(model)
    before = _held()
    network = Network(path, threads)
    rows, columns = network.size or (
        -(-side // network.stride) * network.stride for side in (height, width)
    )
    tensor = np.random.default_rng(0).uniform(0, 255, (1, 3, rows, columns)).astype(np.float32)
    network(tensor)
    macs, parameters = graph_cost(read_graph(path), rows, columns)
    name = f"{Path(model).stem}, {columns}x{rows}"
    return _Candidate(name, macs, parameters, lambda: network(tensor), _megabytes(before, _held()))


def _held() -> int | None:
    """Bytes of memory that this process holds, where the system says so."""
    if not sys.platform.startswith("linux"):
        return None
    return int(_MEMORY.read_text(encoding="ascii").split()[1]) * _PAGE


def _megabytes(before: int | None, after: int | None) -> float | None:
    return None if before is None or after is None else max(after - before, 0) / 1e6


def _cost(
    one: _Candidate,
    spent: Sequence[tuple[float, float]],
    against: Sequence[tuple[float, float]] | None,
) -> NetworkCost:
    seconds, cpu_seconds = zip(*spent, strict=True)
    faster = less_cpu = None
    if against is not None:
        pairs = list(zip(against, spent, strict=True))
        faster = median(theirs / ours for (theirs, _), (ours, _) in pairs)
        less_cpu = median(theirs / max(ours, 1e-9) for (_, theirs), (_, ours) in pairs)
    return NetworkCost(
        name=one.name,
        macs=one.macs,
        parameters=one.parameters,
        milliseconds=1e3 * median(seconds),
        least_milliseconds=1e3 * min(seconds),
        cpu_milliseconds=1e3 * median(cpu_seconds),
        frames_a_second=1 / median(seconds),
        megabytes=one.megabytes,
        times_faster=faster,
        times_less_cpu=less_cpu,
    )
