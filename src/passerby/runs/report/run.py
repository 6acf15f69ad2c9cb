"""Turns the report of a run into a page, with small pictures of what is in doubt."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from passerby.anonymization.preview import close_up
from passerby.errors import InputError, OutputError
from passerby.files.partial import ANEW, Permit, write_text
from passerby.geometry import XywhBox, from_xywh, grow, to_pixels
from passerby.runs.report.page import DOUBTS_SHOWN, report_page
from passerby.runs.review.frames import ReviewFrame
from passerby.runs.review.queue import FinishedItem, read_report
from passerby.runs.vouchers import Vouchers, finished_frames, run_files, run_vouchers
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.sinks.path_conflicts import check_apart
from passerby.sinks.thumbnails import thumbnail
from passerby.types import AnonymizedFrame

__all__ = ["write_report_page"]

_MARGIN = 0.5
"""What a picture shows around a box on each side, as a share of the box."""


def write_report_page(report: Path, target: Path, permit: Permit = ANEW) -> list[str]:
    """Write a report as a page of HTML.

    Args:
        report: What ``--report`` wrote. An output that is not where it was written may lie
            beside it.
        target: The page to write.
        permit: What may happen to a file that is there.

    Returns:
        Why frames in doubt have no picture on the page, if any have none.

    Raises:
        InputError: If the report cannot be read.
        OutputError: If the page cannot be written, or would replace what the run used.
    """
    run = read_report(report)
    check_apart([target], run_files(report, run))
    vouchers, problems = run_vouchers(report, run), list[str]()
    thumbnails: dict[tuple[int, int], bytes] = {}
    for position, item in enumerate(run.items):
        doubtful = {one.frame: one for one in item.review[:DOUBTS_SHOWN] if one.boxes}
        try:
            pictures = _pictures(item, vouchers, doubtful)
        except OutputError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the page can do without)
            problems.append(error_about(item.output.name or "", reason_of(error)))
        else:
            thumbnails |= {(position, frame): png for frame, png in pictures.items()}
    try:
        page = report_page(run, thumbnails)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{report} is not a report that passerby wrote: write it again") from error
    write_text(target, page, permit)
    return problems


def _pictures(
    item: FinishedItem, vouchers: Vouchers, doubtful: Mapping[int, ReviewFrame]
) -> dict[int, bytes]:
    """A picture for each frame in doubt of one output, by its number."""
    if not doubtful:
        return {}
    frames = finished_frames(item, vouchers, doubtful.keys())
    pictures = {}
    for frame in frames:
        number = frame.index + item.first_frame
        pictures[number] = _picture(frame, doubtful[number].boxes[0])
    return pictures


def _picture(frame: AnonymizedFrame, box: XywhBox) -> bytes:
    height, width = frame.image.shape[:2]
    wide = grow(from_xywh([box]).astype(np.float32), _MARGIN, _MARGIN)[0]
    return thumbnail(close_up(frame, to_pixels(wide, width, height) or (0, 0, width, height)))
