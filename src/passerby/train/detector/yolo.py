"""Boxes of training pictures in YOLO's text format.

More forgiving than `passerby.detection.formats.yolo`: a box that reaches outside its picture is
learned from as far as it can be seen, but is no statement about a picture to be anonymized.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from passerby.detections import Boxes
from passerby.errors import InputError
from passerby.files.plain import read_text

__all__ = ["read_labels"]


def read_labels(path: Path, width: int, height: int) -> list[tuple[int, Boxes]]:
    """Read lines of class, centre x, centre y, width and height; all but the class are shares.

    Boxes that reach outside the picture are cut off; empty ones are left out.

    Args:
        path: Of the text; a missing file means an empty picture.
        width: Of the picture in pixels.
        height: Of the picture in pixels.

    Returns:
        Class, and left, top, right, bottom in pixels.

    Raises:
        InputError: If the file is not text, or a line is not five numbers.
    """
    boxes = []
    scale = np.array([width, height] * 2, np.float64)
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        label, x, y, wide, high = _numbers(line, f"{path}, line {number}")
        box = np.array([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2])
        box = (box.clip(0, 1) * scale).astype(np.float32)
        if (box[2:] > box[:2]).all():
            boxes.append((int(label), box))
    return boxes


def _lines(path: Path) -> Sequence[str]:
    if not path.is_file():
        return []
    try:
        return read_text(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text: download it again") from error


def _numbers(line: str, place: str) -> list[float]:
    try:
        numbers = [float(word) for word in line.split()]
    except ValueError:
        numbers = []
    if len(numbers) != 5 or not np.isfinite(numbers).all():
        raise InputError(f"{place}: expected class, x, y, width, height, got {line!r}")
    return numbers
