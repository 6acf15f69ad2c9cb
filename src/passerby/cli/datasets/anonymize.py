"""``passerby datasets anonymize``: an anonymized twin of a whole data set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.console import complain, print_json, say
from passerby.cli.datasets.console import dataset_progress, described
from passerby.cli.datasets.options import (
    AsJson,
    Cover,
    CropCover,
    DatasetOptions,
    Find,
    Which,
    Workers,
)
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED
from passerby.pipeline.detection_settings import IfNobody
from passerby.pipeline.settings import FindSettings, Settings
from passerby.runtime.counting import counted
from passerby.runtime.workers import cores
from passerby.sinks import Encoding
from passerby.twins.manifest import MANIFEST
from passerby.twins.twin import Twin, make_twin

__all__ = ["anonymize_dataset"]

_DONE_IF_NOBODY: dict[IfNobody, str] = {
    "nothing": "",
    "top": " (their tops are covered)",
    "frame": " (these are covered in full)",
}


def anonymize_dataset(  # noqa: PLR0913  (one group of options each)
    root: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    *,
    which: Which = None,
    image_quality: Annotated[int, Parameter(validator=Number(gte=1, lte=100))] = 95,
    workers: Workers = None,
    strict: bool = False,
    as_json: AsJson = False,
    cover: Cover = None,
    find: Find = None,
) -> int:
    """Make an anonymized twin of a data set: the same pictures under the same names.

    All pictures below the root are anonymized, including those in no subset. Choose how with
    --preset or --regions. A manifest lists every picture with the hashes of original and copy, and
    how many people and faces were found. Images in which nobody was found are counted; --if-nobody
    covers them. After an interruption, run the command again to continue. Ends with 1 if a picture
    could not be read.

    Example: passerby datasets anonymize Market-1501-v15.09.15 twin --preset van-rooijen-black

    Args:
        root: Folder of the data set.
        output: Folder of the twin: new, empty, or an unfinished twin.
        which: Which data set, and which split of it.
        image_quality: Quality of JPEG and lossy WebP, 1-100; higher is better.
        workers: Number of processes; by default one per core.
        strict: End with exit code 3 if an image in which nobody was found is left uncovered, or if
            detection failed on one.
        as_json: Print the outcome as JSON.
        cover: How it is anonymized.
        find: How people and faces are found.
    """
    which = which or DatasetOptions()
    write = Encoding(image_quality=image_quality)
    chosen = (cover or CropCover()).settings
    settings = Settings(cover=chosen, find=find or FindSettings(), write=write)
    dataset = which.read(root)
    with dataset_progress("anonymizing") as progress:
        twin = make_twin(
            dataset,
            output,
            settings,
            choice=which.choice,
            workers=workers or cores(),
            progress=progress,
        )
    bare = twin.nobody_found if chosen.if_nobody == "nothing" else []
    _print_remarks(twin, bare, output / MANIFEST)
    if as_json:
        print_json({**described(dataset), **twin.totals, "kept": twin.kept})
    else:
        say(f"{output}: {_summary(twin, chosen.if_nobody)}")
    if twin.failures or twin.problems:
        return EXIT_FAILED
    doubtful = bare or twin.totals["covered_in_full"]
    return EXIT_UNVOUCHED if strict and doubtful else EXIT_OK


def _print_remarks(twin: Twin, bare: Sequence[str], manifest: Path) -> None:
    """Say how the twin was made, what it lacks, and which files were left out on purpose."""
    for note in twin.notes:
        complain(note)
    for failure in twin.failures:
        complain(failure.reason)
    for problem in twin.problems:
        complain(problem)
    if bare:
        complain(
            f"nobody was found in {len(bare):,} of {len(twin.entries):,} images, such as {bare[0]};"
            f" they are left as they are (with found 0 in {manifest}): add --if-nobody top or "
            "--if-nobody frame, and name another folder"
        )
    others = twin.files.left_out
    if others:
        complain(f"{counted(len(others), 'file')} left out (not pictures), such as {others[0]}")


def _summary(twin: Twin, if_nobody: IfNobody) -> str:
    totals = twin.totals
    parts = [counted(totals["images"], "image")]
    if twin.kept:
        parts.append(f"{twin.kept:,} of them from an earlier run")
    if totals["with_faces"] is not None:
        parts.append(f"faces found in {totals['share_with_faces']:.1%} of them")
    if totals["nobody_found"]:
        parts.append(f"nobody found in {totals['nobody_found']:,}{_DONE_IF_NOBODY[if_nobody]}")
    if totals["covered_in_full"]:
        parts.append(f"{totals['covered_in_full']:,} covered in full because detection failed")
    return ", ".join(parts)
