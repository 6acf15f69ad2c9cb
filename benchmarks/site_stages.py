"""Where the seconds from a frame to the store go: stamps within the processes of a site.

`site_live.py --stages` asks for them. Each process wraps what a snippet passes on its way, and
writes a line of JSON for each; a snippet is known again by its time.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from passerby.pipeline import camera_news
from passerby.site import camera_process, camera_watch, outbox, writer
from table import markdown

STAGES = (
    "waits to be handled",
    "waits for the frames after it (`time.lookahead`)",
    "waits for a better picture, or the end of its second",
    "is described",
    "waits until it is known that it shows somebody",
    "is on its way to the writer",
    "is committed",
)

Line = dict[str, Any]


def install(folder: Path) -> None:
    """Wrap what a snippet passes, in this process, and write stamps into a folder."""
    file = (folder / f"{os.getpid()}.jsonl").open("a", buffering=1)

    def say(what: str, **values: object) -> None:
        file.write(json.dumps({"what": what, "at": time.time(), **values}) + "\n")

    class News(camera_news.CameraNews):
        def add(self, result: Any, time: float) -> Any:  # noqa: ANN401
            say("left", time=time)
            return super().add(result, time)

        def _describe(self, snippets: Any) -> None:  # noqa: ANN401
            kept = list(snippets)
            say("picked", times=[one.time for one in kept])
            super()._describe(kept)
            say("described", times=[one.time for one in kept])

    class Watch(camera_watch.CameraWatch):
        def __init__(self, *values: Any, **named: Any) -> None:  # noqa: ANN401
            say("begins", second=values[4] / 1e6)
            super().__init__(*values, **named)

    frames, put, commit = camera_process._frames, outbox.Outbox.put, writer.Writer._commit  # noqa: SLF001

    def taken(*values: Any) -> Iterator[Any]:  # noqa: ANN401
        for frame in frames(*values):
            say("taken", time=frame.time)
            yield frame

    def handed(self: Any, batch: Any) -> None:  # noqa: ANN401
        say("handed", batch=batch.number, seconds=[one.at / 1e6 for one in batch.snippets])
        put(self, batch)

    def committed(self: Any, batches: Any) -> None:  # noqa: ANN401
        numbers = [one.number for one in batches]
        say("commits", batches=numbers)
        commit(self, batches)
        say("committed", batches=numbers)

    wrapped: list[tuple[Any, str, object]] = [
        (camera_watch, "CameraNews", News),
        (camera_process, "CameraWatch", Watch),
        (camera_process, "_frames", taken),
        (outbox.Outbox, "put", handed),
        (writer.Writer, "_commit", committed),
    ]
    for place, name, value in wrapped:
        setattr(place, name, value)


def spent(folder: Path) -> np.ndarray:
    """Seconds of each snippet in each of `STAGES`, shape (snippets, stages)."""
    files = [[json.loads(line) for line in path.open()] for path in folder.glob("*.jsonl")]
    of_batch: dict[str, dict[int, float]] = {"commits": {}, "committed": {}}
    for line in (line for lines in files for line in lines if line["what"] in of_batch):
        of_batch[line["what"]] |= dict.fromkeys(line["batches"], line["at"])
    rows = []
    for lines in files:
        begins = next((line["second"] for line in lines if line["what"] == "begins"), None)
        if begins is None:
            continue
        passed = {what: _moments(lines, what) for what in ("taken", "left", "picked", "described")}
        for line in lines:
            if line["what"] != "handed" or line["batch"] not in of_batch["committed"]:
                continue
            for second in line["seconds"]:
                moments = [begins + _nearest(passed["taken"], second - begins)[0]]
                moments += [_nearest(one, second - begins)[1] for one in passed.values()]
                moments += [line["at"], *(one[line["batch"]] for one in of_batch.values())]
                rows.append(np.diff(moments))
    return np.array(rows)


def print_stages(folder: Path) -> None:
    """Print how long a snippet is in each stage."""
    seconds = spent(folder)
    whole = seconds.sum(axis=1)
    slow = whole >= np.quantile(whole, 0.9)
    rows = [
        (
            what,
            f"{column.mean():.2f}",
            *(f"{one:.2f}" for one in np.quantile(column, (0.5, 0.95, 0.99))),
            f"{column[slow].mean():.2f}",
        )
        for what, column in [*zip(STAGES, seconds.T, strict=True), ("together", whole)]
    ]
    head = "a snippet", "mean", "p50", "p95", "p99", "mean of the slowest tenth"
    print(markdown(head, rows))


def _moments(lines: list[Line], what: str) -> np.ndarray:
    """Seconds of the source, and when each passed, in order; shape (n, 2)."""
    passed = {
        at: line["at"]
        for line in lines
        if line["what"] == what
        for at in line.get("times", [line.get("time")])
    }
    return np.array(sorted(passed.items()))


def _nearest(moments: np.ndarray, at: float) -> np.ndarray:
    nearest: np.ndarray = moments[np.abs(moments[:, 0] - at).argmin()]
    return nearest
