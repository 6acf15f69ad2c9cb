"""``passerby datasets stats``: count images, people, cameras and sizes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.cli.console import Table, complain, print_json, print_table, say
from passerby.cli.datasets.console import dataset_progress, described
from passerby.cli.datasets.options import AsJson, Cover, DatasetOptions, Find, Which, Workers
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets.statistics import statistics
from passerby.errors import OutputError
from passerby.files.partial import Permit
from passerby.pipeline.settings import CoverSettings, FindSettings, Settings
from passerby.protection import CELLS
from passerby.runs.datasets.image_audit import sizes, survey, unreadable
from passerby.runs.datasets.people_sheet import draw_people
from passerby.runtime.counting import counted
from passerby.runtime.workers import cores
from passerby.sinks.path_conflicts import check_apart

__all__ = ["stats"]

COARSE = CoverSettings(regions=CELLS.regions, operator=str(CELLS.operator), strength=CELLS.strength)
"""How the sheet is anonymized: the head is not at the top of every crop."""


def stats(  # noqa: PLR0913  (one group of options each)
    root: Path,
    *,
    which: Which = None,
    sheet: Path | None = None,
    overwrite: bool = False,
    workers: Workers = None,
    as_json: AsJson = False,
    cover: Cover = None,
    find: Find = None,
) -> int:
    """Count images, people, cameras and sizes; draw a contact sheet.

    The sheet shows a few people, one per row, anonymized: unless you choose --preset or --regions,
    each image is reduced to 8x8 cells, wherever the head is in it.

    Example: passerby datasets stats Market-1501-v15.09.15 --sheet people.png

    Args:
        root: Folder of the data set.
        which: Which data set, and which split of it.
        sheet: Draw the contact sheet into this PNG.
        overwrite: Replace the PNG if it exists.
        workers: Number of processes; by default one per core.
        as_json: Print the outcome as JSON.
        cover: How the sheet is anonymized.
        find: How people are found for it.
    """
    check_apart([sheet], [root, None if find is None else find.detections])
    check_ending(sheet, "a picture", ".png")
    if sheet is not None and sheet.exists() and not overwrite:
        raise OutputError(f"{sheet} exists: add --overwrite or name another output")
    chosen = COARSE if cover is None else cover.settings
    dataset = (which or DatasetOptions()).read(root)
    with dataset_progress("opening") as progress:
        pictures = survey(dataset, workers or cores(), progress)
    for problem in unreadable(pictures):
        complain(problem)
    if sheet is not None:
        settings = Settings(cover=chosen, find=find or FindSettings())
        drawn = draw_people(dataset, sheet, settings, permit=Permit(overwrite), complain=complain)
        complain(f"{sheet} shows {counted(drawn, 'image')}, anonymized")
    outcome = {**described(dataset), "subsets": statistics(dataset), "sizes": sizes(pictures)}
    if as_json:
        print_json(outcome)
    else:
        _print_table(outcome)
    return EXIT_OK


def _print_table(outcome: Mapping[str, Any]) -> None:
    table = Table("subset", "images", "people", "images per person", "cameras", "distractors")
    for subset, numbers in outcome["subsets"].items():
        cameras = [str(camera) for camera in numbers["images_by_camera"]]
        table.add_row(
            subset,
            f"{numbers['images']:,}",
            f"{numbers['people']:,}",
            _spread(numbers["images_a_person"]),
            f"{len(cameras)}",
            f"{numbers['distractors']:,}",
        )
    print_table(table)
    for side, numbers in outcome["sizes"].items():
        say(f"{side} in pixels: {_spread(numbers)}")
    say(f"index {outcome['index_sha256']}")


def _spread(numbers: Mapping[str, float] | None) -> str:
    """The median, the minimum and the maximum."""
    if numbers is None:
        return ""
    return f"{numbers['median']:g} ({numbers['least']}-{numbers['most']})"
