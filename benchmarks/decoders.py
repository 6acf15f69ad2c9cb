"""What it costs to prepare a picture for a network, to run it, and to decode what it gives.

    python benchmarks/decoders.py own.onnx another.onnx

One line a network, in milliseconds of processor time of one thread, at the size that the network
insists on, or 640x640. Without files: all networks in the folder `shared` that we can decode.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from network_cost import picture
from passerby.errors import ModelError, PasserbyError
from passerby.models.classes import FIRST_CLASS
from passerby.models.recognition import Family, recognise
from passerby.models.session import Network
from stamp import stamp
from table import markdown

SHARED_MODELS = Path(__file__).resolve().parents[2] / "shared" / "models"
THRESHOLD = 0.1
"""As `passerby anonymize` asks of a detector."""
SIDE = 640
HEAD = "network", "decoder", "input", "prepare", "run", "decode"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    try:
        opened = [(path, *_opened(path)) for path in options.files] or list(_shared())
    except PasserbyError as error:
        sys.exit(str(error))
    known = stamp()
    print("\n".join(f"{key}: {known[key]}" for key in ("command", "commit", "machine", "load")))
    rows = [_row(path, network, family, options.rounds) for path, network, family in opened]
    print(f"\n{markdown(HEAD, rows)}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="*", type=Path, help="ONNX files; by default those shared")
    parser.add_argument("--rounds", type=int, default=20, help="of each step; by default 20")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("rounds must be 1 or more")
    return options


def _opened(path: Path) -> tuple[Network, Family]:
    network = Network(path, threads=1)
    return network, recognise(network, path)


def _shared() -> Iterator[tuple[Path, Network, Family]]:
    """All that can be decoded; the folder holds networks for other ends too."""
    for path in sorted(SHARED_MODELS.glob("*.onnx")):
        try:
            yield path, *_opened(path)
        except ModelError:
            continue


def _row(path: Path, network: Network, family: Family, rounds: int) -> tuple[str, ...]:
    height, width = network.size or (SIDE, SIDE)
    decoder = family.decoder
    prepare = decoder.prepare.unscaled if network.input.is_bytes else decoder.prepare
    image = np.asarray(cv2.resize(picture(SIDE), (width, height)), np.uint8)
    tensor = prepare(image)
    outputs = network(tensor)
    steps: tuple[Callable[[], object], ...] = (
        lambda: prepare(image),
        lambda: network(tensor),
        lambda: decoder.decode(outputs, height, width, THRESHOLD, FIRST_CLASS),
    )
    spent = (f"{_milliseconds(step, rounds):.2f}" for step in steps)
    return path.stem, family.name, f"{width}x{height}", *spent


def _milliseconds(step: Callable[[], object], rounds: int) -> float:
    """The least of several, of processor time: what disturbs a step can only make it longer."""
    step()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return 1000 * min(times)


if __name__ == "__main__":
    main()
