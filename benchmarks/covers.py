"""How well heads are covered in clips whose heads are known, and at what price.

    python benchmarks/covers.py
    python benchmarks/covers.py --only campus crossing --cost
    python benchmarks/covers.py --only campus -- --hold 1 --every 1
    python benchmarks/covers.py --only campus --curve hold 0 0.3 0.6 1 --plot curve.png

Frames are compared as they come from the anonymizer, before an encoder touches them. What stands
after ``--`` goes to passerby as on its command line.

- heads covered: share of which at least 90 % of the ellipse in the head's box is black; heads below
  6 pixels, and those mostly hidden, are left out. The interval (95 %) is bootstrapped over people,
  or over pictures.
- area: pixels covered for each pixel of a head.
- body to see: share of the pixels of people, heads left out, that are as they were.
- tracks a person: how many numbers lie on a person or a head over the clip, and on the body alone.
- sides move: by how much a side of a cover moves from frame to frame beyond its head, as a share of
  the head's height; mean and 95th percentile.
- with --cost, processor time over that of decoding and encoding alone, and peak memory.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contenders import CONTENDERS, FLOOR
from cover_figures import CoverFigures, Tally
from cover_plot import draw_curves
from marked_clips import CACHE, SETS, MarkedClip, between
from passerby.detection.combined import detectors_for
from passerby.errors import PasserbyError
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.runs.track.remembered import Remembered
from passerby.sources import expand, open_source
from passerby.types import Detector, Image
from stamp import stamp
from table import markdown
from usage import ProgramError, Usage, usage_of

MEGABYTE = 1_000_000


def measure(clip: MarkedClip, settings: Settings, detector: Detector | None = None) -> CoverFigures:
    """Anonymize a clip as far as its heads are known, and compare.

    Args:
        clip: With its truth.
        settings: What to cover.
        detector: Instead of those that the settings ask for.
    """
    tally = Tally()
    heads, people = between(clip.heads), between(clip.people)
    with Pipeline(settings, detector) as pipeline:
        for number, clear, result in _frames(clip, pipeline):
            covered = result.frame.image
            if number in clip.heads:
                silhouettes = None if clip.silhouettes is None else clip.silhouettes(number)
                tally.add(number, clear, covered, clip.heads[number], silhouettes)
            if clip.is_film:
                height, width = covered.shape[:2]
                patches = pipeline.anonymizer.patches(result.detections, width, height)
                marks = heads.get(number, ()), people.get(number, ())
                tally.follow(result.detections, patches, *marks, (width, height))
    return tally.figures()


def _frames(clip: MarkedClip, pipeline: Pipeline) -> Iterator[tuple[int, Image, FrameResult]]:
    """Each frame as it was and as it became, with its number from 0 over all files."""
    last, number = max(clip.heads), 0
    for path in (one.path for one in expand([clip.source])):
        assert path is not None  # noqa: S101  (not a stream)
        # Frames come out later than they went in: what they were is read a second time.
        with open_source(path) as source, open_source(path) as again:
            for frame, result in zip(again, pipeline.run(source), strict=False):
                if number > last:
                    return
                yield number, frame.image, result
                number += 1


def passed_on(words: Sequence[str]) -> dict[str, Any]:
    """Read options as passerby's command line takes them.

    Example:
        >>> passed_on(["--hold", "1", "--every=3", "--self-check"])
        {'hold': '1', 'every': '3', 'self_check': True}
    """
    options: dict[str, Any] = {}
    parts = [part for word in words for part in (word.split("=", 1) if _names(word) else [word])]
    for part, after in pairwise([*parts, "--"]):
        if _names(part):
            value = True if after.startswith("--") else after
            options[part.removeprefix("--").replace("-", "_")] = value
    return options


def _names(word: str) -> bool:
    return word.startswith("--")


def cost(clip: MarkedClip, options: Sequence[str]) -> tuple[Usage, Usage]:
    """What passerby takes for a film, and what decoding and encoding alone do."""
    with TemporaryDirectory() as folder:
        copies = [str(Path(folder, name)) for name in ("covered.mp4", "floor.mp4")]
        commands = [CONTENDERS[key].command for key in ("passerby", FLOOR)]
        lines = [make(str(clip.source), copy) for make, copy in zip(commands, copies, strict=True)]
        return usage_of([*lines[0], *options]), usage_of(lines[1])


HEAD = (
    *("", "heads", "heads covered", "half covered", "area", "body to see"),
    *("tracks a person", "sides move"),
)
COST = "times the floor", "peak memory"


def row(name: str, figures: CoverFigures) -> tuple[str, ...]:
    """A line of the table."""
    known = figures.interval
    interval = f" ({known.low:.1%}-{known.high:.1%})" if known else ""
    return (
        name,
        f"{figures.heads}",
        f"{figures.covered:.1%}{interval}",
        f"{figures.half:.1%}",
        f"{figures.times:.2f}",
        _unless_nan(figures.body, ".1%"),
        " / ".join(_unless_nan(one, ".2f") for one in figures.numbers),
        " / ".join(_unless_nan(one, ".3f") for one in figures.moved),
    )


def _unless_nan(value: float, digits: str) -> str:
    return "-" if value != value else format(value, digits)  # noqa: PLR0124  (NaN)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    cut = words.index("--") if "--" in words else len(words)
    options = _options(words[:cut])
    try:
        record = _measure(options, words[cut + 1 :])
    except (PasserbyError, ProgramError) as error:
        sys.exit(str(error))
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of synthetic films")
    parser.add_argument("--cost", action="store_true", help="measure time and memory of films")
    parser.add_argument(
        "--curve", nargs="+", metavar=("OPTION", "VALUE"), help="a row for each value of an option"
    )
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw the curve")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args(words)
    if options.curve and len(options.curve) < 2:
        parser.error("--curve takes an option and its values")
    if options.plot and not options.curve:
        parser.error("--plot draws a --curve: give both")
    return options


def _measure(options: argparse.Namespace, more: Sequence[str]) -> dict[str, Any]:
    """Do all that the options ask for and print the table; returns all figures."""
    record: dict[str, Any] = stamp()
    print("\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")))
    given = {"operator": "blackout", **passed_on(more)}
    option, *values = options.curve or ("",)
    curves: dict[str, dict[str, CoverFigures]] = {}
    costs: dict[str, tuple[Usage, Usage]] = {}
    rows: list[tuple[str, ...]] = []
    for name in options.only:
        clip = SETS[name](options.cache)
        choices = {value: {**given, **passed_on([f"--{option}", value])} for value in values}
        curves[name] = dict(_curve(clip, choices or {"": given}))
        for value, figures in curves[name].items():
            rows.append(row(f"{name}, {option} {value}" if value else name, figures))
            print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
        if options.cost and clip.is_film:
            costs[name] = used, floor = cost(clip, more)
            ratio = used.cpu_seconds / floor.cpu_seconds
            rows[-1] += f"{ratio:.2f}", f"{used.peak_bytes / MEGABYTE:.0f} MB"
    head = (*HEAD, *COST) if options.cost else HEAD
    print(f"\n{markdown(head, [(*one, *('-',) * (len(head) - len(one))) for one in rows])}")
    if options.plot:
        draw_curves(options.plot, option, curves)
    return record | {
        "figures": {
            name: {value: asdict(figures) for value, figures in curve.items()}
            for name, curve in curves.items()
        },
        "cost": {
            name: {"passerby": asdict(used), "floor": asdict(floor)}
            for name, (used, floor) in costs.items()
        },
    }


def _curve(
    clip: MarkedClip, choices: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, CoverFigures]]:
    """Measure a clip with each choice of options.

    For a curve, each picture is searched once, and all of it; films are else searched where they
    change.
    """
    detectors: dict[str, Remembered] = {}
    for name, options in choices.items():
        settings = Settings.of(**options)
        if len(choices) == 1:
            yield name, measure(clip, settings)
            return
        kinds = settings.cover.anonymizer().kinds
        key = settings.find.model_dump_json()
        if key not in detectors:
            search = settings.find.detection(kinds, settings.cover.classes)
            detectors[key] = Remembered(detectors_for(kinds, search))
        yield name, measure(clip, settings, detectors[key])


if __name__ == "__main__":
    main()
