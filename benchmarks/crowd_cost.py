"""What anonymizing costs as more people come into view.

    python benchmarks/crowd_cost.py --repeats 3
    python benchmarks/crowd_cost.py --people 10 100 -- --every 1

Films of people who do not exist, in 1280x720 from a mast. Whole commands are measured, in turns
with decoding and encoding alone, which is the floor. Then the command runs once more to see which
share of its processor time its main thread spends on tracking, on covering, and on what the
pipeline and the run note for each frame. What stands after ``--`` goes to passerby.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clips import frames_in
from contenders import CONTENDERS, FLOOR
from cover_figures import VISIBLE
from marked_clips import CACHE, MarkedClip, filmed
from passerby.errors import PasserbyError
from stamp import stamp
from table import markdown, spread
from usage import ProgramError, Usage, usage_of

PEOPLE = 10, 20, 40, 70, 100
SEED = 4200
SECONDS = 4
PARTS = "tracking", "covering", "bookkeeping"
_MAIN_THREAD = str(Path(__file__).with_name("main_thread.py"))


@dataclass(frozen=True, slots=True)
class CrowdCost:
    """What one film cost.

    Attributes:
        in_view: Mean number of people of whom half can be seen.
        frames: How many there are.
        used: By the command, one a round.
        floor: By decoding and encoding alone, likewise.
        parts: Seconds of processor time of the main thread by part, and of all threads.
    """

    in_view: float
    frames: int
    used: Sequence[Usage]
    floor: Sequence[Usage]
    parts: dict[str, float]

    @property
    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        times = [
            one.cpu_seconds / least.cpu_seconds
            for one, least in zip(self.used, self.floor, strict=True)
        ]
        milliseconds = [1000 * one.cpu_seconds / self.frames for one in self.used]
        total = self.parts["all threads"]
        return (
            f"{self.in_view:.1f}",
            spread(milliseconds, ".1f"),
            spread(times, ".2f"),
            *(f"{self.parts.get(part, 0) / total:.1%}" for part in PARTS),
        )


def crowd(people: int, cache: Path) -> MarkedClip:
    """A film of so many people, who walk about in a square of 16 m."""
    options = ["--cameras", "1", "--people", str(people), "--area", "16", "--size", "1280x720"]
    options += ["--seconds", str(SECONDS), "--seed", str(SEED + people)]
    return filmed(f"{people}", "camera-1", options, f"crowd-of-{people}", cache)


def measure(clip: MarkedClip, rounds: int, more: Sequence[str]) -> CrowdCost:
    """Run the command and the floor in turns."""
    seen = sum(mark.visible >= VISIBLE for marks in clip.people.values() for mark in marks)
    frames = frames_in(clip.source)
    used, floor = [], []
    with TemporaryDirectory() as folder:
        copies = [str(Path(folder, f"{number}.mp4")) for number in range(2 * rounds + 1)]
        for copy, other in zip(copies[:rounds], copies[rounds:], strict=False):
            line = CONTENDERS["passerby"].command(str(clip.source), copy)
            used.append(usage_of([*line, *more]))
            floor.append(usage_of(CONTENDERS[FLOOR].command(str(clip.source), other)))
        _, *words = CONTENDERS["passerby"].command(str(clip.source), copies[-1])
        parts = main_thread([*words, *more])
    return CrowdCost(seen / frames, frames, used, floor, parts)


def main_thread(words: Sequence[str]) -> dict[str, float]:
    """Seconds of processor time by part of a command of passerby.

    Raises:
        ProgramError: If it fails.
    """
    command = [sys.executable, _MAIN_THREAD, *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ProgramError(f"{' '.join(words)} ended with {ran.returncode}: {last}")
    parts: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return parts


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    cut = words.index("--") if "--" in words else len(words)
    options = _options(words[:cut])
    record: dict[str, Any] = stamp() | {"seed": SEED}
    print("\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")))
    costs = {}
    try:
        for people in options.people:
            costs[people] = measure(crowd(people, options.cache), options.repeats, words[cut + 1 :])
            print(f"{people}: {' | '.join(costs[people].row)}", file=sys.stderr, flush=True)
    except (PasserbyError, ProgramError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    head = "people", "in view", "CPU ms per frame", "times the floor", *PARTS
    rows = [(f"{people}", *one.row) for people, one in costs.items()]
    print(f"\n{markdown(head, rows)}")
    if options.json:
        figures = {people: asdict(one) for people, one in costs.items()}
        text = json.dumps(record | {"figures": figures}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE, metavar="NUMBER")
    parser.add_argument("--repeats", type=int, default=1, metavar="ROUNDS", help="by default 1")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of synthetic films")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args(words)
    if options.repeats < 1 or min(options.people) < 1:
        parser.error("rounds and people must be 1 or more")
    return options


if __name__ == "__main__":
    main()
