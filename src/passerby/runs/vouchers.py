"""What reports and manifests vouch for: files that the anonymizer wrote, and how it made them."""

from collections.abc import Collection, Generator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from passerby.anonymization.vouched import Voucher, read_vouched
from passerby.errors import InputError
from passerby.pipeline.settings import CoverSettings
from passerby.protection import UNKNOWN, Protection
from passerby.runs.review.queue import FinishedItem, FinishedRun
from passerby.sources import open_source
from passerby.twins.manifest import MANIFEST, read_manifest
from passerby.types import AnonymizedFrame

__all__ = [
    "Vouchers",
    "finished_frames",
    "run_files",
    "run_vouchers",
    "twin_vouchers",
    "vouched_picture",
]

Vouchers = Mapping[str, Voucher]
"""By the sha256 of the file that each is for, in hexadecimal."""

NOBODY_FOUND = "nobody was found in it, so it was left as it was"
IN_DOUBT = "the report of its run lists problems: see there"


def run_vouchers(report: Path, run: FinishedRun) -> Vouchers:
    """What the report of a run vouches for: the files that it wrote.

    Args:
        report: Where it lies, for messages.
        run: What it says.
    """
    protection = _protection(run.settings)
    return {
        item.output.sha256: Voucher(
            protection=_weakened(protection, item), covered_in_full=False, record=report
        )
        for item in run.items
        if item.output.sha256 is not None
    }


def _weakened(protection: Protection, item: FinishedItem) -> Protection:
    """The protection of one output: edits and problems may have made it weaker."""
    doubt = None if item.vouched else IN_DOUBT
    return replace(protection, weakness=protection.weakness or item.edits_weakness or doubt)


def twin_vouchers(root: Path) -> Vouchers:
    """What the manifest of a twin vouches for: its pictures.

    Raises:
        InputError: If the folder has no manifest, or it cannot be read.
    """
    record = root / MANIFEST
    head, entries = read_manifest(record)
    settings = head.get("settings", {})
    protection = _protection(settings)
    bare = replace(protection, weakness=protection.weakness or NOBODY_FOUND)
    is_left = settings.get("cover", {}).get("if_nobody", "nothing") == "nothing"
    return {
        entry.sha256: Voucher(
            bare if entry.shows_nobody and is_left else protection, entry.covered_in_full, record
        )
        for entry in entries.values()
    }


def run_files(report: Path, run: FinishedRun) -> list[Path]:
    """All files that a run read or wrote, where they were and may be now, and its report."""
    names = [name for item in run.items for name in (item.input.name, item.output.name) if name]
    beside = [report.parent / Path(name).name for name in names]
    return [report, *map(Path, names), *beside]


def finished_frames(
    item: FinishedItem, vouchers: Vouchers, wanted: Collection[int]
) -> Generator[AnonymizedFrame, None, None]:
    """Read back frames of an output that lies where it was written, or beside its report.

    Args:
        item: What the report says of it.
        vouchers: Of the run.
        wanted: Numbers of the frames in the source, from 0; what comes out is numbered as in the
            output, which may be a stretch of it.

    Raises:
        InputError: If there is no such file, or it cannot be read.
        PrivacyError: If it is not what the report vouches for.
    """
    sha256 = item.output.sha256
    if item.output.name is None or sha256 is None or sha256 not in vouchers:
        raise InputError(f"{item.input.name} was sent to a stream: there is no file to look at")
    path = Path(item.output.name)
    wanted = {number - item.first_frame for number in wanted}
    for place in (path, vouchers[sha256].record.parent / path.name):
        if place.exists():
            yield from read_vouched(place, {sha256: vouchers[sha256]}, open_source, wanted)
            return
    raise InputError(f"{path} does not exist: put it back or beside the report")


def vouched_picture(path: Path, vouchers: Vouchers) -> AnonymizedFrame:
    """Read back a picture that one of the vouchers is for.

    Raises:
        InputError: If it cannot be read.
        PrivacyError: If no voucher is for it.
    """
    with closing(read_vouched(path, vouchers, open_source, {0})) as frames:
        for frame in frames:
            return frame
    raise InputError(f"{path} holds no picture: anonymize it again")


def _protection(settings: Mapping[str, Any]) -> Protection:
    """What the settings of a run do; what cannot be understood counts as unknown."""
    try:
        cover = CoverSettings.model_validate(settings["cover"])
        given = settings["find"]["detections"] is not None
    except (KeyError, TypeError, ValidationError):
        return UNKNOWN
    spared = bool(cover.keep or cover.only)
    return cover.anonymizer().protection("given" if given else "looked for", spared=spared)
