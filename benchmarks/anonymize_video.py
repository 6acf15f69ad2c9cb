"""What anonymizing a video costs and how well it covers, beside another tool and the floor.

    PASSERBY_MODELS=... python benchmarks/anonymize_video.py --repeats 3 --length 10000

Runs on one clip, round by round: passerby, deface, a detector frame by frame without any memory,
and decoding and encoding alone, which is the floor. Each is a process of its own. On a shared
machine seconds depend on the neighbours; ratios within a round hardly do.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from av.error import FFmpegError

from clips import CAMPUS, Clip, frames_in, loop, synthetic
from contenders import CONTENDERS, FLOOR, install_deface
from passerby.errors import InputError, PasserbyError
from passerby.evaluate.coverage import Coverage, coverage_of
from stamp import stamp
from table import Results, comparison, growth
from usage import ProgramError, Usage, usage_of

LENGTHS = 500, 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    try:
        with TemporaryDirectory() as folder:
            record = _measure(options, Path(folder))
    except (ProgramError, PasserbyError, FFmpegError) as error:
        sys.exit(str(error))
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--clip", type=Path, help="by default a campus, else synthetic people")
    parser.add_argument("--truth", type=Path, help="boxes of the clip's persons, MOT text")
    parser.add_argument("--repeats", type=int, default=3, metavar="ROUNDS", help="by default 3")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument(
        "--length", type=int, metavar="FRAMES", help="show passerby's memory up to this length"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the synthetic people")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args(arguments)
    if options.repeats < 1 or (options.length or 1) < 1:
        parser.error("rounds and frames must be 1 or more")
    if options.truth and not options.clip:
        parser.error("--truth is about a --clip: give both")
    return options


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Do all that the options ask for and print the tables; returns all figures."""
    record = stamp() | {"seed": options.seed}
    clip = _clip(options, folder)
    frames = frames_in(clip.video)
    record |= {"clip": clip.video.name, "frames": frames}
    print("\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")))
    print(f"clip: {clip.video.name}, {frames} frames\n")
    chosen = _available(options.only, record)
    results = _compare(chosen, clip, options.repeats, folder)
    named = {CONTENDERS[key].name: one for key, one in results.items()}
    print(comparison(named, results.get(FLOOR), frames), flush=True)
    record["programs"] = {key: asdict(one) for key, one in results.items()}
    if options.length:
        usages = _lengthen(clip.video, _lengths(options.length), folder)
        print(f"\n{growth(usages)}")
        record["lengths"] = {frames: asdict(usage) for frames, usage in usages.items()}
    return record


def _clip(options: argparse.Namespace, folder: Path) -> Clip:
    if options.clip:
        return Clip(options.clip, options.truth)
    return CAMPUS if CAMPUS.video.exists() else synthetic(folder / "synthetic", options.seed)


def _available(keys: Iterable[str], record: dict[str, Any]) -> list[str]:
    """Those programs that are here; notes the versions of what had to be installed."""
    keys = list(keys)
    if "deface" in keys:
        try:
            record["deface"] = install_deface()
        except ProgramError as error:
            _tell(f"{error}: it is left out")
            keys.remove("deface")
    return keys


def _compare(keys: Sequence[str], clip: Clip, rounds: int, folder: Path) -> dict[str, Results]:
    """Run every program once a round, then look at the copies that it made."""
    usages: dict[str, list[Usage]] = {key: [] for key in keys}
    copies = {key: folder / f"{key}.mp4" for key in keys}
    for number in range(1, rounds + 1):
        for key, copy in copies.items():
            _tell(f"round {number} of {rounds}: {CONTENDERS[key].name}")
            copy.unlink(missing_ok=True)
            usages[key].append(usage_of(CONTENDERS[key].command(str(clip.video), str(copy))))
    return {key: Results(used, _coverage(clip, copies[key])) for key, used in usages.items()}


def _coverage(clip: Clip, copy: Path) -> Coverage | None:
    try:
        return coverage_of(clip.video, copy, clip.truth) if clip.truth else None
    except InputError as error:
        _tell(f"{copy.name} cannot be compared with the clip: {error}")
        return None


def _lengths(longest: int) -> list[int]:
    return [*(length for length in LENGTHS if length < longest), longest]


def _lengthen(video: Path, lengths: Sequence[int], folder: Path) -> dict[int, Usage]:
    """Let passerby anonymize the same frames over and over."""
    usages = {}
    clip, copy = folder / "loop.mkv", folder / "loop.mp4"
    for frames in lengths:
        _tell(f"{frames} frames")
        loop(video, frames, clip)
        copy.unlink(missing_ok=True)
        usages[frames] = usage_of(CONTENDERS["passerby"].command(str(clip), str(copy)))
    return usages


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
