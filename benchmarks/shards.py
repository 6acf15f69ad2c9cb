"""An archive anonymized by one run, and shared out to several: time, and whether copies differ.

    python benchmarks/shards.py
    python benchmarks/shards.py --clips 40 --shards 1 2 --rounds 3

Short films of people who do not exist, of several sizes, are made once and lie under many names.
Each round anonymizes all of them by one run, and by so many shards at the same time, which are
merged. All is counted: starting, decoding, searching, encoding, the reports and merging them.
Each process computes with the threads that it would use by itself.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from passerby.files.hashing import sha256_of
from stamp import stamp
from table import markdown

FILMS = ((480, 270, 0), (640, 360, 1), (320, 240, 2), (640, 480, 3))
"""Width, height and seed of the films that lie under all names."""

SECONDS = 1.0
PROGRAM = "import sys; from passerby.cli import main; sys.exit(main())"


def passerby(*words: str) -> list[str]:
    """The command line that runs passerby with these words."""
    return [sys.executable, "-c", PROGRAM, *words]


def archive(folder: Path, clips: int) -> None:
    """Make the films, and give them many names."""
    films = []
    for width, height, seed in FILMS:
        made = folder.with_name(f"film-{seed}")
        size = ("--size", f"{width}x{height}", "--seed", str(seed), "--seconds", str(SECONDS))
        words = passerby("synth", "crossing", "--cameras", "1", "--people", "6", *size)
        subprocess.run([*words, "-o", str(made)], check=True, stdout=subprocess.DEVNULL)
        films.append(made / "camera-1.mp4")
    folder.mkdir()
    for number in range(clips):
        shutil.copy(films[number % len(films)], folder / f"clip-{number:04d}.mp4")


def anonymized(folder: Path, into: Path, shards: int) -> float:
    """Anonymize an archive; returns how many seconds it took until one report lay there."""
    report = into.with_suffix(".json")
    base = passerby("anonymize", str(folder), "-o", str(into), "--quiet")
    started = time.perf_counter()
    if shards == 1:
        subprocess.run([*base, "--report", str(report)], check=True)
        return time.perf_counter() - started
    parts = [into.with_name(f"{into.name}-{number}.json") for number in range(1, shards + 1)]
    running = [
        subprocess.Popen([*base, "--shard", f"{number}/{shards}", "--report", str(part)])
        for number, part in enumerate(parts, 1)
    ]
    if any(process.wait() for process in running):
        raise SystemExit("a shard failed")
    merge = passerby("report", "merge", *map(str, parts), "-o", str(report))
    subprocess.run(merge, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def outcome(into: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """The hashes of all copies, and what the report says, but for times and places."""
    told = json.loads(into.with_suffix(".json").read_text(encoding="utf-8"))["items"]
    for item in told:
        del item["seconds"], item["output"]["name"]
    return [sha256_of(path) for path in sorted(into.glob("*.mp4"))], told


def main() -> None:
    """Print a table of seconds, and of the speed against one run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    seconds: dict[int, list[float]] = {shards: [] for shards in chosen.shards}
    with TemporaryDirectory() as temporary:
        work = Path(temporary)
        archive(work / "archive", chosen.clips)
        first = None
        for turn in range(chosen.rounds):
            for shards, taken in seconds.items():
                into = work / f"safe-{turn}-{shards}"
                taken.append(anonymized(work / "archive", into, shards))
                made = outcome(into)
                first = first or made
                if made != first:
                    raise SystemExit(f"{shards} shards made other copies or another report")
    print(json.dumps({**stamp(), "clips": chosen.clips, "rounds": chosen.rounds}))
    print(_table(seconds))


def _table(seconds: Mapping[int, Sequence[float]]) -> str:
    one = median(next(iter(seconds.values())))
    rows = [
        (str(shards), f"{median(taken):.1f}", f"{one / median(taken):.2f}", "equal")
        for shards, taken in seconds.items()
    ]
    return markdown(("shards", "seconds", "times the first", "copies and report"), rows)


if __name__ == "__main__":
    main()
