"""Processor time and memory of evaluating a tracker, beside trackeval where it is installed.

    python benchmarks/tracking_evaluation.py --frames 1000 --people 100

People walk about at random; the tracks lose one box in ten, shift the others a little and change
their numbers now and then. trackeval's metrics are given the overlaps ready made.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from passerby.evaluate.tracking import Trajectories, Truth, evaluate_tracking
from passerby.evaluate.tracking.truth import paired
from table import markdown

__all__ = ["random_sequence", "trackeval_figures"]

SIZE = 12.0, 30.0


def random_sequence(frames: int, people: int, seed: int) -> tuple[Trajectories, Trajectories]:
    """A truth, and tracks that follow it more or less."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 2, (frames, people, 2)).cumsum(axis=0)
    corners = rng.uniform(0, 60 * np.sqrt(people), (people, 2)) + steps
    boxes = np.concatenate([corners, corners + SIZE], axis=2)
    numbers = np.arange(people) + people * (rng.random((frames, people)) < 0.002).cumsum(axis=0)
    seen = rng.random((frames, people)) < 0.9
    found = boxes + rng.normal(0, 1, boxes.shape)
    times = np.repeat(np.arange(1, frames + 1), people)
    truth = Trajectories.of(times, np.tile(np.arange(people), frames), boxes)
    kept = seen.ravel()
    return truth, Trajectories.of(times[kept], numbers.ravel()[kept], found[seen])


def trackeval_figures(truth: Trajectories, tracks: Trajectories) -> dict[str, float]:
    """HOTA, MOTA and IDF1 as trackeval has them; empty where it is not installed."""
    try:
        from trackeval import metrics  # noqa: PLC0415  (not needed to measure ours)
    except ImportError:
        return {}
    pairing = paired(Truth(truth), tracks)
    given: dict[str, Any] = {
        "num_timesteps": len(pairing.frames),
        "num_gt_ids": pairing.people,
        "num_tracker_ids": pairing.tracks,
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(tracks),
        "gt_ids": [frame.people for frame in pairing.frames],
        "tracker_ids": [frame.tracks for frame in pairing.frames],
        "similarity_scores": [frame.overlaps for frame in pairing.frames],
    }
    silent = {"PRINT_CONFIG": False}
    return {
        "HOTA": float(metrics.HOTA().eval_sequence(given)["HOTA"].mean()),
        "MOTA": float(metrics.CLEAR(silent).eval_sequence(given)["MOTA"]),
        "IDF1": float(metrics.Identity(silent).eval_sequence(given)["IDF1"]),
    }


def _measured(work: Callable[[], dict[str, float]]) -> tuple[dict[str, float], float, float]:
    """Figures, processor seconds, and the most memory in MB; of two runs."""
    start = time.process_time()
    figures = work()
    seconds = time.process_time() - start
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return figures, seconds, peak


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    truth, tracks = random_sequence(options.frames, options.people, options.seed)
    rows = []
    for name, work in (
        ("passerby", lambda: evaluate_tracking(Truth(truth), tracks).summary()),
        ("trackeval, and our overlaps", lambda: trackeval_figures(truth, tracks)),
    ):
        figures, seconds, peak = _measured(work)
        if figures:
            shares = (f"{figures[one]:.6f}" for one in ("HOTA", "MOTA", "IDF1"))
            rows.append((name, f"{seconds:.2f}", f"{peak:.0f}", *shares))
    print(markdown(("", "CPU s", "peak MB", "HOTA", "MOTA", "IDF1"), rows))


if __name__ == "__main__":
    main()
