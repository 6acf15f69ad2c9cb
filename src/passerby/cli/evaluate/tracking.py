"""``passerby evaluate tracking``: how well a tracker follows people with known ground truth."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, complain, print_table
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import InputError
from passerby.evaluate.reid.result_files import write_json
from passerby.evaluate.tracking import TrackingResult, Trajectories, combined, evaluate_tracking
from passerby.evaluate.tracking.files import (
    SequenceFiles,
    read_tracks,
    read_truth,
    sequence_frames,
    sequences,
)
from passerby.evaluate.tracking.result_files import write_csv
from passerby.files.partial import Permit
from passerby.runtime.counting import counted

__all__ = ["tracking"]

COMBINED = "combined"
SHARES = ("HOTA", "DetA", "AssA", "LocA", "IDF1", "IDP", "IDR", "MOTA", "MOTP")
COUNTS = ("IDSW", "Frag", "MT", "ML", "FN", "FP", "people", "tracks")
_WIDTH = 140
"""Columns of the terminal that the table needs."""

_Frames = Literal["all", "listed"]


def tracking(  # noqa: PLR0913  (one option each)
    tracks: Path,
    truth: Path,
    *,
    iou: Annotated[float, Parameter(validator=Number(gt=0, lte=1))] = 0.5,
    visible: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.0,
    frames: _Frames | None = None,
    json: Path | None = None,
    csv: Path | None = None,
    overwrite: bool = False,
) -> int:
    """Compare tracks with the ground truth: HOTA, IDF1, MOTA, and their components.

    Files are MOT text, as `passerby track` and `passerby synth` write it. If both are folders, each
    NAME.txt with tracks is compared with NAME/gt/gt.txt or NAME.txt, and all are combined as in
    MOTChallenge. As there, vehicles and lines with the flag 0 are left out, and tracks of people on
    a vehicle, on a poster or behind glass count neither way.

    Example: passerby synth crossing --cameras 2 -o crossing

    Example: passerby track crossing/camera-1.mp4 -o tracks.txt

    Example: passerby evaluate tracking tracks.txt crossing/camera-1/gt/gt.txt

    Args:
        tracks: Output of a tracker: a file, or a folder.
        truth: Ground truth: a file, or a folder.
        iou: Least overlap (IoU) of a match. HOTA is a mean over its own thresholds.
        visible: Least visible share of a person who counts.
        frames: Which frames count: all of the sequence, or those that the ground truth lists. By
            default all, if a seqinfo.ini says how many there are.
        json: Write all results, with HOTA at each threshold.
        csv: Write a row for each sequence.
        overwrite: Replace files that exist.
    """
    check_new(json, csv, read=[tracks, truth], overwrite=overwrite)
    check_ending(json, "JSON", ".json")
    check_ending(csv, "CSV", ".csv")
    permit = Permit(overwrite)
    results = {one.name: _evaluated(one, iou, visible, frames) for one in sequences(tracks, truth)}
    if len(results) > 1:
        results[COMBINED] = combined(list(results.values()))
    _print(results)
    if json is not None:
        everything = {name: result.as_dict() for name, result in results.items()}
        write_json(json, everything, permit)
    if csv is not None:
        write_csv(csv, results, permit)
    return EXIT_OK


def _evaluated(
    files: SequenceFiles, iou: float, visible: float, frames: _Frames | None
) -> TrackingResult:
    truth, tracks = read_truth(files.truth, visible), read_tracks(files.tracks)
    counted = _frames(files, truth.trajectories, tracks, frames)
    return evaluate_tracking(truth, tracks, counted, overlap=iou)


def _frames(
    files: SequenceFiles, truth: Trajectories, tracks: Trajectories, which: _Frames | None
) -> Iterable[int]:
    """Numbers of the frames that count."""
    listed, tracked = set(truth.frames.tolist()), set(tracks.frames.tolist())
    if which == "listed":
        return listed
    every = sequence_frames(files.truth)
    if every is not None:
        last = max(listed | tracked, default=0)
        if last > every.stop - 1:
            raise InputError(
                f"{files.tracks if last in tracked else files.truth}: frame {last} is after the "
                f"last of {files.name}, {every.stop - 1}: compare with the right ground truth"
            )
        return every
    if which == "all":
        return range(1, max(listed | tracked, default=0) + 1)
    if tracked - listed:
        complain(
            f"{files.name}: {counted(len(listed), 'frame')} in the ground truth counted, and "
            f"{counted(len(tracked - listed), 'other', 'are')} not; --frames all counts all"
        )
    return listed


def _print(results: dict[str, TrackingResult]) -> None:
    table = Table("sequence")
    for name in (*SHARES, *COUNTS):
        table.add_column(name, justify="right")
    for name, result in results.items():
        figures = result.summary()
        shares = (f"{figures[share]:.3f}" for share in SHARES)
        counts = (f"{figures[count]:,}" for count in COUNTS)
        if name == COMBINED:
            table.add_section()
        table.add_row(name, *shares, *counts)
    print_table(table, _WIDTH)
