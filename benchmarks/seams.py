"""A video that is cut into parts and joined again: are heads bare at the seams that one run covers?

    python benchmarks/seams.py
    python benchmarks/seams.py --seconds 30 --cut 5 8

A film of people who do not exist, whose heads are known, is encoded with a key frame every second.
One run anonymizes it, and others cut it at several places. A head counts as bare at a seam if it
is covered in the copy of the one run and not in that of the parts, in a frame at most two seconds
from a seam. Copies are encoded without loss, as what an encoder makes of a cover is no matter of
seams. Nor are heads that neither covers: they are told beside it.
"""

import argparse
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from passerby.evaluate.coverage import Head, heads_in, measure_coverage
from passerby.evaluate.ground_truth import read_ground_truth
from passerby.evaluate.pictures import read_pairs
from passerby.files.hashing import sha256_of
from passerby.sources.cutting import parts_of
from passerby.types import Image
from shards import passerby
from stamp import stamp
from table import markdown

NEAR = 2.0
"""Seconds from a seam within which heads are looked at."""

Covered = Mapping[int, list[bool]]
"""Of each frame, whether each of its heads is covered."""


def filmed(folder: Path, seconds: float, seed: int) -> tuple[Path, Mapping[int, list[Head]]]:
    """Make the film, and say where the heads are."""
    words = ("--cameras", "1", "--seconds", str(seconds), "--seed", str(seed))
    command = passerby("synth", "crossing", *words, "-o", str(folder / "crossing"))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    made, film = folder / "crossing/camera-1.mp4", folder / "film.mp4"
    with av.open(str(made)) as source, av.open(str(film), "w") as output:
        shown = source.streams.video[0]
        options = {"crf": "12", "sc_threshold": "0"}
        stream = output.add_stream("libx264", rate=shown.average_rate, options=options)
        stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, "yuv420p"
        stream.gop_size = round(shown.average_rate or 25)
        for frame in source.decode(shown):
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return film, heads_in(read_ground_truth(folder / "crossing/camera-1/gt/heads.txt"))


def anonymized(film: Path, copy: Path, *words: str) -> Path:
    """Anonymize the film; returns where its copy lies, which is lossless: covers are compared."""
    report = copy.with_suffix(".json")
    command = passerby("anonymize", str(film), "-o", str(copy), "--report", str(report), "--quiet")
    subprocess.run([*command, "--codec", "ffv1", *words], check=True)
    return copy


def covered(film: Path, copy: Path, heads: Mapping[int, list[Head]]) -> Covered:
    """Which heads are covered in a copy."""
    return {
        number: [_is_covered(head, before, after) for head in heads[number]]
        for number, before, after in read_pairs(film, copy, heads)
    }


def _is_covered(head: Head, before: Image, after: Image) -> bool:
    """Whether a head is covered; of the pictures, no more than what is around it is compared."""
    left, top = max(int(head[0]) - 1, 0), max(int(head[1]) - 1, 0)
    rows, columns = slice(top, int(head[3]) + 2), slice(left, int(head[2]) + 2)
    moved = head[0] - left, head[1] - top, head[2] - left, head[3] - top
    around = [moved], before[rows, columns], after[rows, columns]
    return measure_coverage([around], elliptic=True).covered == 1


def main() -> None:
    """Print a table: seams, heads near them, and those that are bare for the seam alone."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cut", type=float, nargs="+", default=[5, 8, 13], help="in seconds")
    chosen = parser.parse_args()
    rows = []
    with TemporaryDirectory() as temporary:
        work = Path(temporary)
        film, heads = filmed(work, chosen.seconds, chosen.seed)
        print(json.dumps({**stamp(), "film": sha256_of(film)}))
        uncut = covered(film, anonymized(film, work / "uncut.mkv"), heads)
        for seconds in chosen.cut:
            words = ("--resume", "--cut", str(seconds / 60))
            cut = covered(film, anonymized(film, work / f"cut-{seconds}.mkv", *words), heads)
            seams = [part.first for part in parts_of(film, seconds, 0)[1:]]
            rows.append(_row(seconds, seams, uncut, cut))
    titles = (
        "cut after",
        "seams",
        "heads near them",
        "bare in both",
        "bare uncut alone",
        "bare cut alone",
    )
    print(markdown((*titles, "bare cut alone, anywhere"), rows))


def _row(seconds: float, seams: list[int], uncut: Covered, cut: Covered) -> tuple[str, ...]:
    pairs = {number: list(zip(known, cut[number], strict=True)) for number, known in uncut.items()}
    near = [
        pair
        for number, heads in pairs.items()
        for pair in heads
        if any(abs(number - seam) <= 25 * NEAR for seam in seams)
    ]
    counts = (
        len(seams),
        len(near),
        near.count((False, False)),
        near.count((False, True)),
        near.count((True, False)),
        sum(heads.count((True, False)) for heads in pairs.values()),
    )
    return f"{seconds:g} s", *map(str, counts)


if __name__ == "__main__":
    main()
