"""``passerby bench``: what networks cost on this machine."""

from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter

from passerby.cli.console import Table, print_json, print_table
from passerby.cli.defaults import default_text
from passerby.cli.evaluate.console import progress
from passerby.cli.exit_codes import EXIT_OK
from passerby.extras import needing

__all__ = ["app", "bench_obfuscator"]

_WIDTH = 116
"""Columns of the table: in fewer, names of networks would be cut off."""

app = App(
    name="bench",
    help="Measure what networks cost on this machine.",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@app.command(name="obfuscator")
def bench_obfuscator(
    *models: str,
    width: int = 640,
    height: int = 360,
    threads: int = 2,
    rounds: int = 20,
    against: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Measure what obfuscators cost for a frame, next to a detector, in one run.

    Obfuscators are measured from frame to frame, of the detector the network alone. On a busy
    machine, compare ratios and processor time.

    Args:
        models: Architectures, as in shuffle or mobile-autoencoder:0.5, or ONNX files of
            obfuscators; by default all architectures.
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        threads: Number of threads for each network.
        rounds: How often each network runs.
        against: Detector to compare with: a name (passerby models list) or an ONNX file.
        as_json: Print the figures as JSON.
    """
    with needing("train", "measuring obfuscators"):
        from passerby.runs.bench.obfuscators import bench_obfuscators  # noqa: PLC0415
    with progress("measuring", rounds) as advance:
        costs = bench_obfuscators(
            models,
            width=width,
            height=height,
            threads=threads,
            rounds=rounds,
            against=against,
            progress=lambda: advance(1),
        )
    if as_json:
        print_json([asdict(one) for one in costs])
        return EXIT_OK
    head = ("network", "GMACs", "parameters", "ms", "least", "CPU ms", "frames/s", "MB")
    ratios = () if against is None else ("times faster", "times less CPU")
    table = Table(*head, *ratios)
    for one in costs:
        memory = "" if one.megabytes is None else f"{one.megabytes:.0f}"
        times = [one.milliseconds, one.least_milliseconds, one.cpu_milliseconds]
        compared = [value for value in (one.times_faster, one.times_less_cpu) if value is not None]
        table.add_row(
            one.name,
            f"{one.macs / 1e9:.3f}",
            f"{one.parameters:,}",
            *(f"{value:.1f}" for value in times),
            f"{one.frames_a_second:.1f}",
            memory,
            *(f"{value:.1f}" for value in compared),
        )
    print_table(table, least_width=_WIDTH)
    return EXIT_OK
