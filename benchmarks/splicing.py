"""How long it takes to write a corrected copy anew: what changed alone, or all of it.

    python benchmarks/splicing.py --minutes 1
    python benchmarks/splicing.py --minutes 10

A film of people who do not exist is anonymized, with a self-check. Then one box is drawn in the
middle of it, and the copy is written twice as the editor writes it: with what stays of the first
copy, and as a whole. Both are compared: frames, times, pixels in and outside of what was encoded
anew.
"""

import argparse
import json
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from editing import filmed
from passerby.files.hashing import sha256_of
from passerby.media import Input
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.earlier_copy import EarlierCopy
from passerby.runs.edit.edits import EditedSource, EditsFile
from passerby.runs.edit.edits_file import write_edits
from passerby.sources import open_source
from stamp import stamp

SEED = 501


class Silent:
    """Is told how far a run is."""

    def start(self, name: str, medium: object) -> None:
        """Say nothing."""

    def advance(self) -> None:
        """Say nothing."""

    def finish(self, item: ItemReport) -> None:
        """Say nothing."""


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=1)
    parser.add_argument("--rate", type=float, default=10, help="pictures a second")
    words = parser.parse_args()
    with TemporaryDirectory() as folder:
        figures = measured(Path(folder), words.minutes, words.rate)
    print(json.dumps({**stamp(), **vars(words), **figures}, indent=1))


def measured(folder: Path, minutes: int, rate: float) -> dict[str, Any]:
    """Write a copy, and correct it both ways."""
    film = repeated(filmed(SEED, rate) / "camera-1.mp4", folder / "film.mp4", minutes)
    frames = round(60 * rate * minutes)
    edits = folder / "film.edits.toml"
    middle = {"what": "cover", "frame": frames // 2, "box": [200, 100, 24, 28]}
    reach = {"first": frames // 2 - round(2 * rate), "last": frames // 2 + round(2 * rate)}
    about = EditedSource(sha256=sha256_of(film))
    write_edits(
        edits, EditsFile.model_validate({"edits": 1, "source": about, "edit": [middle | reach]})
    )
    first, first_took = run(film, folder / "safe.mp4", None)
    earlier = EarlierCopy.read(folder / "safe.json")
    spliced, spliced_took = run(film, folder / "spliced.mp4", edits, earlier)
    whole, whole_took = run(film, folder / "whole.mp4", edits)
    if not first.status == spliced.status == whole.status == "done":
        raise RuntimeError("a copy failed")
    return {
        "first_run": first_took,
        "what_changed": spliced_took,
        "as_a_whole": whole_took,
        "times_as_fast": round(whole_took["seconds"] / spliced_took["seconds"], 2),
        "said": spliced.notes[-1],
        **compared(folder),
    }


def run(
    film: Path, target: Path, edits: Path | None, earlier: EarlierCopy | None = None
) -> tuple[ItemReport, dict[str, float]]:
    """Write a copy; returns what became of it, and the seconds and CPU seconds that it took."""
    settings = Settings.of(
        edits=None if edits is None else str(edits),
        report=str(target.with_suffix(".json")),
        self_check=True,
    )
    began, used = time.monotonic(), time.process_time()
    batch = AnonymizationRun(settings, Silent(), earlier=earlier)
    try:
        batch.process([(Input(str(film), film), target)])
        entries = entries_of(batch.items, batch.records.log)
        write_report(target.with_suffix(".json"), report_head(settings, {}), entries)
    finally:
        batch.close()
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    return batch.items[0], {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1)}


def repeated(film: Path, target: Path, times: int) -> Path:
    """The same film so many times, packet by packet."""
    with av.open(str(target), "w") as output, av.open(str(film)) as first:
        stream = output.add_stream_from_template(first.streams.video[0])
        length = first.streams.video[0].duration or 0
        for number in range(times):
            with av.open(str(film)) as container:
                for packet in container.demux(video=0):
                    if packet.size and packet.pts is not None and packet.dts is not None:
                        packet.pts += number * length
                        packet.dts += number * length
                        packet.stream = stream
                        output.mux(packet)
    return target


def compared(folder: Path) -> dict[str, Any]:
    """What is the same in the copies, and by how much the rest differs."""
    copies = [folder / f"{name}.mp4" for name in ("safe", "spliced", "whole")]
    times = [[one.pts for one in packets(path)] for path in copies]
    kept = sum(
        bytes(one) == bytes(other)
        for one, other in zip(packets(copies[0]), packets(copies[1]), strict=True)
    )
    differences, worst = 0, 0.0
    with closing(open_source(copies[1])) as mine, closing(open_source(copies[2])) as theirs:
        for one, other in zip(mine, theirs, strict=True):
            apart = np.abs(one.image.astype(np.int16) - other.image)
            differences += int((apart.max(axis=2) > 64).sum())
            worst = max(worst, float(apart.mean()))
    return {
        "frames": len(times[0]),
        "packets_kept": kept,
        "same_times": sorted(times[0]) == sorted(times[1]) == sorted(times[2]),
        "largest_mean_difference_of_a_frame_from_the_whole": round(worst, 2),
        "pixels_that_differ_by_more_than_64": differences,
    }


def packets(path: Path) -> list[Any]:
    """All packets of a video."""
    with av.open(str(path)) as container:
        return [one for one in container.demux(video=0) if one.size]


if __name__ == "__main__":
    main()
