"""How well small networks find people and heads, and what that costs them.

    PASSERBY_MODELS=... python benchmarks/detectors.py --json detectors.json

Our network beside those that others gave away, all in one run on the same pictures: average
precision at IoU 0.5 and recall at one false box a picture, by set; the share of heads that are
covered if nothing but this network looks for people; multiplications, bytes and time. YuNet knows
faces only: they are judged as heads. Ratios to YOLOX-nano are taken within draws of pictures.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clips import CAMPUS
from detector_tables import accuracy_table, cost_table, coverage_table
from finders import Finder, finders, inside
from head_coverage import coverage_by
from labelled import LabelledSet, labelled_sets
from network_cost import multiply_adds, picture, time_in_turns
from passerby.detections import Kind
from passerby.errors import PasserbyError
from passerby.evaluate.coverage import Coverage
from passerby.evaluate.detection import ImageMatches, Ranking, match_detections, rank
from passerby.models.lookup import model_sha256
from passerby.types import Detector
from stamp import stamp

THRESHOLD = 0.01
"""So low that nearly all of the curve is seen, as in COCO's evaluations."""

USED_THRESHOLD = 0.1
"""As it is in use: what `passerby anonymize` asks of a detector."""

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

Rankings = dict[str, dict[str, Ranking]]
"""By set (or pool of sets), then by name of the network."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    try:
        record = _measure(options)
    except PasserbyError as error:
        sys.exit(str(error))
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", help="ours: a name or an ONNX file")
    parser.add_argument("--data", type=Path, default=SHARED_DATA, help="folder of labelled sets")
    parser.add_argument("--only", nargs="+", metavar="SET", help="by default all sets")
    parser.add_argument(
        "--size", type=int, default=416, help="long side at which all look; by default 416"
    )
    parser.add_argument("--worlds", type=int, default=40, help="synthetic places a camera")
    parser.add_argument("--rounds", type=int, default=5, help="of timing; by default 5")
    parser.add_argument("--draws", type=int, default=1000, help="of pictures, for intervals")
    parser.add_argument("--seed", type=int, default=0, help="of the draws")
    parser.add_argument(
        "--coverage",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="anonymize a clip with each network, which takes longest",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args(arguments)
    if min(options.size, options.worlds, options.rounds, options.draws) < 1:
        parser.error("size, worlds, rounds and draws must be 1 or more")
    return options


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    """Do all of it and print the tables; returns all figures."""
    compared = finders(options.model)
    sets = _chosen(labelled_sets(options.data, options.worlds), options.only)
    record = stamp() | {"threshold": THRESHOLD, "draws": options.draws, "seed": options.seed}
    record["networks"] = {one.name: model_sha256(one.path) for one in compared}
    print(
        "\n".join(f"{key}: {record[key]}" for key in ("command", "commit", "machine", "load")),
        flush=True,
    )
    for size in (options.size, None):
        title = f"long side {size}" if size else "each at its default size"
        asked = _rankings(compared, sets, size)
        for kind, rankings in asked.items():
            table, figures = accuracy_table(rankings, options.draws, options.seed)
            print(f"\n{kind.name.lower()}s, {title}: AP50 / recall at one false box per picture")
            print(f"\n{table}", flush=True)
            record[f"{kind.name.lower()}, {title}"] = figures
    covered = _coverages(compared) if options.coverage else {}
    if covered:
        print(f"\n{CAMPUS.video.name}, looked at by one network alone\n\n{coverage_table(covered)}")
    record["coverage"] = {name: asdict(one) for name, one in covered.items()}
    record["cost"] = _cost(compared, options)
    return record


def _chosen(sets: list[LabelledSet], names: Sequence[str] | None) -> list[LabelledSet]:
    unknown = set(names or ()) - {one.name for one in sets}
    if unknown:
        known = ", ".join(one.name for one in sets)
        sys.exit(f"there is no set {', '.join(sorted(unknown))}: choose from {known}")
    return [one for one in sets if not names or one.name in names]


def _rankings(
    compared: Sequence[Finder], sets: Sequence[LabelledSet], size: int | None
) -> dict[Kind, Rankings]:
    """Let all look at all pictures; photographs are pooled too."""
    detectors = {one.name: one.detector(THRESHOLD, size) for one in compared}
    found: dict[Kind, Rankings] = {Kind.PERSON: {}, Kind.HEAD: {}}
    pools: dict[Kind, dict[str, list[ImageMatches]]] = {Kind.PERSON: {}, Kind.HEAD: {}}
    for labelled in sets:
        _tell(f"{labelled.name}, {'own size' if size is None else size}")
        for (kind, name), answers in _answers(compared, detectors, labelled).items():
            found[kind].setdefault(labelled.name, {})[name] = rank(answers)
            if labelled.real:
                pools[kind].setdefault(name, []).extend(answers)
    for kind, pool in pools.items():
        if pool:
            found[kind]["photographs"] = {name: rank(one) for name, one in pool.items()}
    return {kind: rankings for kind, rankings in found.items() if rankings}


def _answers(
    compared: Sequence[Finder], detectors: dict[str, Detector], labelled: LabelledSet
) -> dict[tuple[Kind, str], list[ImageMatches]]:
    """Judge what each network says of each picture of a set, by kind and network."""
    answers: dict[tuple[Kind, str], list[ImageMatches]] = {}
    for scene in labelled.scenes():
        labels = scene.labels
        for one in compared:
            asked = [kind for kind in labelled.kinds if kind in one.answers]
            if not asked:
                continue
            said = inside(detectors[one.name](scene.image), scene.image)
            for kind in asked:
                unknown = labels.unknown[labels.unknown_kinds == kind]
                answer = match_detections(
                    said.of_kind(one.answers[kind]), labels.of_kind(kind), unknown
                )
                answers.setdefault((kind, one.name), []).append(answer)
    return answers


def _coverages(compared: Sequence[Finder]) -> dict[str, Coverage]:
    """Anonymize a clip with each network alone, through the whole pipeline."""
    if not CAMPUS.video.exists():
        _tell(f"{CAMPUS.video.name} is not here: no heads are covered")
        return {}
    found = {}
    for one in compared:
        _tell(f"{CAMPUS.video.name}, heads covered by {one.name}")
        detector = one.detector(USED_THRESHOLD, None, threads=1)
        found[one.name] = coverage_by(detector, CAMPUS)
    return found


def _cost(compared: Sequence[Finder], options: argparse.Namespace) -> dict[str, Any]:
    """Measure what a square picture costs each network, and print it."""
    size = options.size
    detectors = {one.name: one.detector(USED_THRESHOLD, size) for one in compared}
    timings = time_in_turns(detectors, picture(size), options.rounds)
    known = {
        one.name: {
            "multiply_adds": multiply_adds(one.path, size, size),
            "bytes": one.path.stat().st_size,
            **asdict(timings[one.name]),
        }
        for one in compared
    }
    print(f"\n{size}x{size} pixels, two threads\n\n{cost_table(known)}")
    return known


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
