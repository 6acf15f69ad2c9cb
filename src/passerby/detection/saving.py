"""Gives detections out to files that `passerby.detection.files` reads."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from passerby.detection.files import SUFFIX_OF_JSON, SUFFIXES_OF_TEXT
from passerby.detection.formats import coco, mot
from passerby.detection.formats.entry import BoxSource
from passerby.detections import Detections
from passerby.errors import ConfigError
from passerby.files.partial import ANEW, Permit, write_text

__all__ = ["check_can_hold", "save_detections"]


def save_detections(
    path: str | os.PathLike[str],
    frames: Mapping[int, Detections],
    width: int,
    height: int,
    picture: str | None = None,
    permit: Permit = ANEW,
    origin: BoxSource | None = None,
) -> None:
    """Write detections as MOT text (.txt, .csv) or COCO JSON (.json), which `FileDetections` reads.

    Masks are kept in COCO JSON only. A frame that failed is read back as one that must be
    covered in full. The file appears under its name only when it is complete.

    Args:
        path: Of the file.
        frames: By number of the frame, from 0.
        width: Of the picture.
        height: Of the picture.
        picture: Its name, if it is a still one; COCO JSON alone can hold it.
        permit: What may happen to a file that is there.
        origin: The file they are of; `FileDetections` refuses to take them for another one.

    Raises:
        ConfigError: If the suffix names no format, or one that cannot hold the name.
        OutputError: If it cannot be written.
    """
    target = Path(path)
    check_can_hold(target, still=picture is not None)
    if target.suffix.lower() in SUFFIXES_OF_TEXT:
        text = "".join(mot.lines(frames, width, height, origin))
    else:
        text = json.dumps(coco.document(frames, width, height, picture, origin))
    write_text(target, text, permit)


def check_can_hold(target: Path, *, still: bool) -> None:
    """Make sure that detections can be saved in a file of this name.

    Args:
        target: The file.
        still: Whether they are of a still picture, which MOT text cannot name.

    Raises:
        ConfigError: If they cannot.
    """
    suffix = target.suffix.lower()
    if suffix not in (*SUFFIXES_OF_TEXT, SUFFIX_OF_JSON):
        raise ConfigError(f"{target} names no format of detections: end it with .txt or .json")
    if still and suffix in SUFFIXES_OF_TEXT:
        raise ConfigError(f"{target}: MOT text cannot name a picture: end it with .json")
