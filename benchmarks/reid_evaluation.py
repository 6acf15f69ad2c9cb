"""What evaluating re-identification costs: figures, re-ranking, and galleries that are large.

    python benchmarks/reid_evaluation.py --only product figures reranking

Signatures are drawn at random: people are points, images are scattered round them, and distractors
are anywhere. Sizes are those of Market-1501, alone and with its 500,000 distractors, and of MSMT17.
Each case is a process of its own that reads its files first; ``product`` reads them, multiplies the
matrices and does nothing else, which is the least that any evaluation spends.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid import Protocol, Reranking, Result, Signatures, evaluate
from passerby.signatures.reader import read_signatures
from table import markdown
from usage import ProgramError, Usage, usage_of

DIMENSIONS = 2048
SCATTER = 4.7
"""Standard deviation of images round their person, where people have one of 1 from each other."""
CHUNK = 4096
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what are drawn."""

    queries: int
    images: int
    people: int
    cameras: int
    distractors: int


MARKET = Size(queries=3_368, images=15_913, people=750, cameras=6, distractors=2_798)
LARGE = Size(queries=3_368, images=515_913, people=750, cameras=6, distractors=502_798)
MSMT17 = Size(queries=11_659, images=82_161, people=3_060, cameras=15, distractors=0)


def _product(query: Signatures, gallery: Signatures) -> None:
    asked, searched = np.asarray(query.features[:]), np.asarray(gallery.features[:])
    for start in range(0, len(asked), 1024):
        np.matmul(asked[start : start + 1024], searched.T)


def _figures(query: Signatures, gallery: Signatures) -> Result:
    return evaluate(query, gallery)


def _reranking(query: Signatures, gallery: Signatures) -> Result:
    return evaluate(query, gallery, Protocol(reranking=Reranking()))


Case = tuple[Size, Callable[[Signatures, Signatures], Result | None]]
CASES: dict[str, Case] = {
    "product": (MARKET, _product),
    "figures": (MARKET, _figures),
    "reranking": (MARKET, _reranking),
    "500k-distractors": (LARGE, _figures),
    "msmt17-reranking": (MSMT17, _reranking),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print, or run one case."""
    options = _options(arguments)
    if options.run:
        return _run(options.run, options.folder, options.queries)
    rows: list[tuple[str, Usage, dict[str, float]]] = []
    try:
        for name in options.only:
            with TemporaryDirectory(dir=options.folder) as folder:
                draw(CASES[name][0], Path(folder), options.seed)
                rows += [
                    (name, *_measured(name, Path(folder), options.queries))
                    for _ in range(options.repeats)
                ]
    except ProgramError as error:
        sys.exit(str(error))
    told = [(name, *_row(usage, summary)) for name, usage, summary in rows]
    print(markdown(("case", "CPU s", "peak memory", "mAP", "rank-1"), told))
    if options.json:
        record = [{"case": n, "usage": asdict(u), "summary": s} for n, u, s in rows]
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES)[:3])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument(
        "--queries", type=int, default=None, metavar="N", help="ask with the first N alone"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--folder", type=Path, help="where signatures are kept meanwhile")
    parser.add_argument("--run", choices=CASES, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _run(name: str, folder: Path, queries: int | None) -> None:
    """One case in this process; its summary goes into the folder."""
    query, gallery = (read_signatures(folder / f"{side}.npz") for side in ("query", "gallery"))
    first = slice(0, queries)
    query = Signatures(query.features[first], query.ids[first], query.cameras[first])
    result = CASES[name][1](query, gallery)
    summary = {} if result is None else result.summary()
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def _measured(name: str, folder: Path, queries: int | None) -> tuple[Usage, dict[str, float]]:
    asked = [] if queries is None else ["--queries", str(queries)]
    command = [sys.executable, __file__, "--run", name, "--folder", str(folder), *asked]
    usage = usage_of(command)
    summary: dict[str, float] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return usage, summary


def _row(usage: Usage, summary: dict[str, float]) -> tuple[str, ...]:
    figures = (f"{summary[name]:.4f}" if summary else "-" for name in ("mAP", "rank1"))
    return (f"{usage.cpu_seconds:.1f}", f"{usage.peak_bytes / MEGABYTE:.0f} MB", *figures)


def draw(size: Size, folder: Path, seed: int) -> None:
    """Write queries and gallery, a part at a time."""
    random = np.random.default_rng(seed)
    people = random.standard_normal((size.people + 1, DIMENSIONS), dtype=np.float32)
    people[0] = 0
    known = size.images - size.distractors
    sides = {
        "query": random.integers(1, size.people + 1, size.queries),
        "gallery": np.append(
            random.integers(1, size.people + 1, known), np.zeros(size.distractors, np.int64)
        ),
    }
    for name, ids in sides.items():
        cameras = random.integers(1, size.cameras + 1, len(ids))
        _write(folder / f"{name}.npz", ids, cameras, people, random)


def _write(
    path: Path,
    ids: npt.NDArray[np.int64],
    cameras: npt.NDArray[np.int64],
    people: npt.NDArray[np.float32],
    random: np.random.Generator,
) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(ids), DIMENSIONS)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, labels in (("ids", ids), ("cameras", cameras)):
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, labels)
        with archive.open("features.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(file, header)
            for start in range(0, len(ids), CHUNK):
                part = ids[start : start + CHUNK]
                scattered = random.standard_normal((len(part), DIMENSIONS), dtype=np.float32)
                file.write(np.ascontiguousarray(people[part] + SCATTER * scattered).data)


if __name__ == "__main__":
    main()
