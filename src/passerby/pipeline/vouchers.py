"""What reports and manifests vouch for: files that the anonymizer wrote, and how it made them."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from passerby.anonymization.vouched import Voucher, read_vouched
from passerby.errors import InputError
from passerby.pipeline.doubts import FinishedRun
from passerby.pipeline.manifest import MANIFEST, read_manifest
from passerby.pipeline.settings import CoverSettings
from passerby.protection import UNKNOWN, Protection
from passerby.sources import open_source
from passerby.types import AnonymizedFrame

__all__ = ["Vouchers", "run_vouchers", "twin_vouchers", "vouched_picture"]

Vouchers = Mapping[str, Voucher]
"""By the sha256 of the file that each is for, in hexadecimal."""

IN_DOUBT = "the run that wrote it was in doubt: see its report"


def run_vouchers(report: Path, run: FinishedRun) -> Vouchers:
    """What the report of a run vouches for: the files that it wrote.

    Args:
        report: Where it lies, for messages.
        run: What it says.
    """
    protection = _protection(run.settings)
    doubtful = replace(protection, weakness=protection.weakness or IN_DOUBT)
    return {
        item.output.sha256: Voucher(
            protection=protection if item.vouched else doubtful,
            covered_in_full=False,
            record=report,
        )
        for item in run.items
        if item.output.sha256 is not None
    }


def twin_vouchers(root: Path) -> Vouchers:
    """What the manifest of a twin vouches for: its pictures.

    Raises:
        InputError: If the folder has no manifest, or it cannot be read.
    """
    record = root / MANIFEST
    head, entries = read_manifest(record)
    protection = _protection(head.get("settings", {}))
    return {
        entry.sha256: Voucher(protection, entry.covered_in_full, record)
        for entry in entries.values()
    }


def vouched_picture(path: Path, vouchers: Vouchers) -> AnonymizedFrame:
    """Read a picture back that one of the vouchers is for.

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
