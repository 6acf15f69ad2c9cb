"""What an anonymized twin of a data set costs, beside a short script and the floor.

    PASSERBY_MODELS=... python benchmarks/dataset_twin.py --images 12936 --repeats 3

The data set has as many crops as the training set of Market-1501, in its layout, and is anonymized
with the median of van Rooijen et al. (9 px on the top 25 %). The floor reads and writes every
picture. A script has one process, keeps no manifest, and cannot go on where it was stopped.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from clips import PASSERBY
from passerby.errors import PasserbyError
from stamp import stamp
from table import markdown, spread
from usage import ProgramError, Usage, usage_of

__all__ = ["data_set", "table"]

TRAINING_IMAGES = 12_936
CROPS = Path(__file__).resolve().parents[2] / "shared/data/reid/market1501-500/bounding_box_train"
PRESET = "van-rooijen-9px"

_LOOP = str(Path(__file__).with_name("pillow_loop.py"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    try:
        with TemporaryDirectory() as folder:
            record = _measure(options, Path(folder))
    except (ProgramError, PasserbyError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--crops",
        type=Path,
        help="JPEG files; by default Market-1501's, else people who do not exist",
    )
    parser.add_argument("--images", type=int, default=TRAINING_IMAGES, metavar="COUNT")
    parser.add_argument("--workers", type=int, default=2, metavar="PROCESSES")
    parser.add_argument("--repeats", type=int, default=3, metavar="ROUNDS", help="by default 3")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args(arguments)
    if min(options.images, options.workers, options.repeats) < 1:
        parser.error("images, processes and rounds must be 1 or more")
    return options


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run all programs once a round and print the table; returns all figures."""
    record = stamp() | {"images": options.images, "workers": options.workers}
    root = data_set(folder / "data", _crops(options.crops, folder), options.images)
    print("\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")))
    print(f"{options.images:,} images\n")
    commands = _commands(root, folder, options.workers)
    usages: dict[str, list[Usage]] = {name: [] for name in commands}
    for number in range(1, options.repeats + 1):
        for name, command in commands.items():
            print(f"round {number} of {options.repeats}: {name}", file=sys.stderr, flush=True)
            shutil.rmtree(folder / "copy", ignore_errors=True)
            usages[name].append(usage_of(command))
    print(table(usages, options.images))
    return record | {"programs": {name: [asdict(one) for one in u] for name, u in usages.items()}}


def _commands(root: Path, folder: Path, workers: int) -> dict[str, list[str]]:
    source, copy = str(root), str(folder / "copy")
    twin = [PASSERBY, "datasets", "anonymize", source, copy, "--preset", PRESET]
    loop = [sys.executable, _LOOP, source, copy]
    return {
        f"passerby, {workers} processes": [*twin, "--workers", str(workers)],
        "a loop with Pillow": loop,
        "read and write alone": [*loop, "--floor"],
    }


def _crops(chosen: Path | None, folder: Path) -> Path:
    """Where pictures of people are taken from; drawn if there are none."""
    if chosen or CROPS.is_dir():
        return chosen or CROPS
    people = folder / "people"
    command = [PASSERBY, "synth", "reid", "--people", "20", "-o", str(people)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return people / "bounding_box_train"


def data_set(root: Path, crops: Path, count: int) -> Path:
    """Make a data set in Market-1501's layout of ``count`` images, the crops over and over.

    All but two are to train on: one asks, one answers.
    """
    sources = sorted(crops.glob("*.jpg"))
    if not sources:
        raise FileNotFoundError(f"{crops} holds no JPEG file: name another folder with --crops")
    for number, source in enumerate(islice(cycle(sources), count)):
        subset = {0: "query", 1: "bounding_box_test"}.get(number, "bounding_box_train")
        camera = 2 if number == 1 else 1
        identity = 1 if number < 2 else 2
        name = f"{identity:04d}_c{camera}s1_{number:06d}_00.jpg"
        (root / subset).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, root / subset / name)
    return root


def table(usages: Mapping[str, Sequence[Usage]], images: int) -> str:
    """Compare programs that copied the same images."""
    head = ("", "CPU ms per image", "CPU s in total", "seconds", "peak memory")
    rows = [
        (
            name,
            spread([1_000 * one.cpu_seconds / images for one in used], ".2f"),
            format(median(one.cpu_seconds for one in used), ".1f"),
            spread([one.seconds for one in used], ".1f"),
            f"{max(one.peak_bytes for one in used) / 1_000_000:.0f} MB",
        )
        for name, used in usages.items()
    ]
    return markdown(head, rows)


if __name__ == "__main__":
    main()
