"""Where the persons and heads of a clip are, as somebody who knows wrote it down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from passerby.detection.formats.coco_schema import Annotation, Category, CocoImage, validated_json
from passerby.detection.formats.entry import checked_numbers, read_box_text
from passerby.detections import KIND_OF_NAME, Kind
from passerby.errors import InputError
from passerby.geometry import XywhBox
from passerby.runtime.counting import counted

__all__ = ["Frames", "GroundTruth", "read_ground_truth"]

Frames = Mapping[int, Sequence[XywhBox]]
"""Boxes by number of the frame, from 0."""

_LEAST_VISIBLE = 0.5
_MOT_CLASSES = {1: Kind.PERSON, 101: Kind.HEAD}
"""A pedestrian, and what `passerby.synth` writes for a head."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """The persons and the heads of whom at least half can be seen.

    Attributes:
        persons: Boxes of whole persons.
        heads: Boxes of heads; empty where the file knows only persons.
    """

    persons: Frames
    heads: Frames


def read_ground_truth(path: Path) -> GroundTruth:
    """Read MOT text or COCO JSON, such as `passerby synth` writes.

    What is marked as not to be considered, as a crowd, or as hidden by more than half is left out.

    Args:
        path: COCO JSON if it ends with .json, else MOT text: frame from 1, id, left, top, width,
            height, and maybe whether the line counts, the class (1 pedestrian, 101 head) and the
            visibility.

    Raises:
        InputError: If it cannot be read; names the place.
    """
    rows = _coco_rows(path) if path.suffix.lower() == ".json" else _mot_rows(path)
    found: dict[Kind, dict[int, list[XywhBox]]] = {Kind.PERSON: {}, Kind.HEAD: {}}
    for frame, kind, box in rows:
        if kind in found:
            found[kind].setdefault(frame, []).append(box)
    return GroundTruth(found[Kind.PERSON], found[Kind.HEAD])


def _mot_rows(path: Path) -> Iterator[tuple[int, Kind, XywhBox]]:
    for number, line in enumerate(read_box_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{path} line {number}"
        words = line.replace(",", " ").split()
        if not 6 <= len(words) <= 10:
            raise InputError(
                f"{place}: {counted(len(words), 'column')} instead of 6 to 10: not MOT text"
            )
        frame, _, left, top, width, height, *flags = checked_numbers(words, place)
        if frame < 1 or frame % 1:
            raise InputError(f"{place}: frame {words[0]} must be a whole number from 1")
        kind = _mot_kind(flags)
        if kind is not None:
            yield int(frame) - 1, kind, (left, top, width, height)


def _mot_kind(flags: Sequence[float]) -> Kind | None:
    """What a line is about; None if it does not count.

    The flags are whether it counts, the class and the visibility; lines of 2015 have four, of
    which only the first is one.
    """
    if flags and not flags[0]:
        return None
    if len(flags) not in (2, 3):
        return Kind.PERSON
    hidden = len(flags) == 3 and flags[2] < _LEAST_VISIBLE
    return None if hidden else _MOT_CLASSES.get(int(flags[1]))


class _Annotation(Annotation):
    iscrowd: bool = False
    visibility: float = 1.0


class _DataSet(BaseModel):
    images: list[CocoImage]
    annotations: list[_Annotation]
    categories: list[Category]


_DATA_SET = TypeAdapter(_DataSet)


def _coco_rows(path: Path) -> Iterator[tuple[int, Kind, XywhBox]]:
    try:
        data = validated_json(_DATA_SET, read_box_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path} is not COCO JSON: {place}: {first['msg']}") from error
    kinds = {one.id: KIND_OF_NAME.get(one.name.lower()) for one in data.categories}
    frames = {
        image.id: number if image.frame_id is None else image.frame_id
        for number, image in enumerate(data.images)
    }
    for number, one in enumerate(data.annotations):
        if one.image_id not in frames:
            raise InputError(f"{path} annotation {number}: image {one.image_id} is not listed")
        kind = kinds.get(one.category_id)
        if kind is not None and not one.iscrowd and one.visibility >= _LEAST_VISIBLE:
            yield frames[one.image_id], kind, one.bbox
