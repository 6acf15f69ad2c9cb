"""Where tracks were, as a run writes it on demand: boxes alone, to measure or to draw them."""

import csv
from collections.abc import Mapping
from pathlib import Path

from passerby.errors import InputError
from passerby.evaluate.tables import as_csv
from passerby.files.partial import REPLACING, write_text
from passerby.runs.track.mot_tracks import write_tracks
from passerby.tracking.analysis import filled
from passerby.tracking.tracklet import Tracklet

__all__ = ["read_numbers", "write_paths"]

_HEAD = "number", "track"


def write_paths(folder: Path, camera: str, paths: Mapping[int, Tracklet]) -> None:
    """Write ``CAMERA.txt``, MOT text with small numbers, and ``CAMERA.csv``, whose they are.

    Args:
        folder: Where to.
        camera: Name of the camera.
        paths: By number of the track in the store.

    Raises:
        OutputError: If a file cannot be written.
    """
    write_tracks(folder / f"{camera}.txt", filled(list(paths.values())), REPLACING)
    rows = [(number, str(track)) for number, track in enumerate(paths, 1)]  # all its digits
    write_text(folder / f"{camera}.csv", as_csv(_HEAD, rows), REPLACING)


def read_numbers(folder: Path, camera: str) -> dict[int, int]:
    """Return the track in the store of each number in the MOT text of a camera.

    Raises:
        InputError: If it cannot be read.
    """
    path = folder / f"{camera}.csv"
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        return {int(row["number"]): int(row["track"]) for row in rows}
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path} does not say whose tracks are whose: write it anew") from error
