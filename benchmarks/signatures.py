"""What signatures cost: `passerby describe` beside Torchreid's extractor, image for image.

    python benchmarks/signatures.py --torchreid DIR --count 12936 --repeats 3

DIR is a checkout of github.com/KaiyangZhou/deep-person-reid. Its OSNet x0.25 is made with random
weights (seed 0) and exported to ONNX once, so that both compute the same network. Each program is
a process of its own, they take turns, and ratios are taken within a round. The extractor gets lists
of 8 and of 64 files: it takes no more than fits into memory at a time, and small lists are quicker.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from passerby.synth.gallery import Gallery, photograph
from signature_programs import FILES, PROGRAMS, STAGES
from stamp import commit, machine
from table import markdown, spread
from usage import ProgramError, Usage, usage_of

CONTENDERS = ("passerby", "torchreid-8", "torchreid-64")
MARKET = Path(__file__).resolve().parents[2] / "shared/data/reid/market1501-500/bounding_box_train"
MEGABYTE = 1_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print, or run one program."""
    options = _options(arguments)
    if options.run:
        PROGRAMS[options.run](options.folder, options.torchreid, options.threads)
        return
    try:
        with TemporaryDirectory() as folder:
            _measure(options, Path(folder))
    except ProgramError as error:
        sys.exit(str(error))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--torchreid", type=Path, required=True, metavar="DIR")
    parser.add_argument("--images", type=Path, metavar="FOLDER", help="of crops, used in turn")
    parser.add_argument("--count", type=int, default=12_936, help="how many are described")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--run", choices=PROGRAMS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace, folder: Path) -> None:
    files = _files(options.images, folder, options.count)
    (folder / FILES).write_text(json.dumps(files), encoding="utf-8")
    usage_of(_command("prepare", options, folder))
    usages: dict[str, list[Usage]] = {name: [] for name in options.only}
    for _ in range(options.repeats):
        for name in options.only:
            usages[name].append(usage_of(_command(name, options, folder)))
    usage_of(_command("stages", options, folder))
    stages: dict[str, dict[str, float]] = json.loads((folder / STAGES).read_text(encoding="utf-8"))
    print(_table(usages, options.count), "", _stage_table(stages), sep="\n")
    record = {
        "commit": commit(Path(__file__).parent),
        "torchreid": commit(options.torchreid),
        "machine": machine(),
        "count": options.count,
        "threads": options.threads,
        "usages": {name: [asdict(one) for one in runs] for name, runs in usages.items()},
        "stages": stages,
        "cosine": _agreement(folder, options.only),
    }
    if record["cosine"] is not None:
        print(f"\nmean cosine between both signatures of an image: {record['cosine']:.4f}")
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _files(images: Path | None, folder: Path, count: int) -> list[str]:
    """Paths of images, those of the folder in turn until there are enough."""
    source = images or MARKET
    if not source.is_dir():
        source = folder / "people"
        photograph(Gallery(40, 3, 4, seed=0), source)
    found = [str(path.resolve()) for path in sorted(source.rglob("*.jpg"))]
    if not found:
        sys.exit(f"{source} holds no .jpg: name a folder of crops with --images")
    return [found[number % len(found)] for number in range(count)]


def _command(run: str, options: argparse.Namespace, folder: Path) -> list[str]:
    chosen = ["--torchreid", str(options.torchreid), "--threads", str(options.threads)]
    return [sys.executable, __file__, "--run", run, "--folder", str(folder), *chosen]


def _table(usages: dict[str, list[Usage]], count: int) -> str:
    head = ("", "CPU ms per image", "images per second", "relative speed", "peak memory")
    rows = []
    for name, runs in usages.items():
        rates = [
            ours.seconds / one.seconds
            for ours, one in zip(usages.get("passerby", []), runs, strict=False)
        ]
        rows.append(
            (
                name,
                spread([1000 * one.cpu_seconds / count for one in runs], ".2f"),
                spread([count / one.seconds for one in runs], ".0f"),
                spread(rates, ".2f"),
                f"{max(one.peak_bytes for one in runs) / MEGABYTE:.0f} MB",
            )
        )
    return markdown(head, rows)


def _stage_table(stages: dict[str, dict[str, float]]) -> str:
    head = ("CPU ms per image", "decode", "resize and scale", "network")
    rows = [(name, *(f"{value:.2f}" for value in parts.values())) for name, parts in stages.items()]
    return markdown(head, rows)


def _agreement(folder: Path, names: Sequence[str]) -> float | None:
    others = [name for name in names if name != "passerby"]
    if "passerby" not in names or not others:
        return None
    with np.load(folder / "passerby.npz") as arrays:
        ours = arrays["features"]
    theirs = np.load(folder / f"{others[0]}.npy")
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / lengths).mean())


if __name__ == "__main__":
    main()
