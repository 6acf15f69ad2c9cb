"""COCO JSON: a data set with images, categories and annotations, or a bare list of results.

Format: cocodataset.org/#format-data and #format-results. Read besides, as tracking sets have
them: ``frame_id`` of an image (from 0), ``track_id`` and ``score`` of an annotation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from passerby.detection.formats.coco_schema import (
    DATA_SET,
    RESULTS,
    Annotation,
    DataSet,
    Polygon,
    RunLengths,
    validated_json,
)
from passerby.detection.formats.entry import (
    ABOUT_PEOPLE,
    BoxRecord,
    BoxSource,
    BoxTable,
    PictureBoxes,
    is_sound,
    read_box_text,
)
from passerby.detection.formats.names import plain
from passerby.detection.formats.segmentation import Polygons, Runs, Segmentation, runs_of, unpacked
from passerby.detections import KIND_OF_NAME, Detections, Kind
from passerby.errors import InputError
from passerby.geometry import to_xywh

__all__ = ["document", "read_coco"]

_COCO_CATEGORIES = {number: "person" if number == 1 else "thing" for number in range(1, 91)}
"""What a bare list of results means by its categories."""


def read_coco(path: Path) -> BoxTable:
    """Read a file.

    A bare list of results may name files, and the frames of those that are videos. Otherwise
    whole image ids are numbers of frames from 0 (and of files whose names are that number), and
    words are names of files.

    Raises:
        InputError: If it cannot be read; names the place.
    """
    text = read_box_text(path)
    try:
        if text.lstrip().startswith("["):
            return _results(validated_json(RESULTS, text), path)
        return _data_set(validated_json(DATA_SET, text), path)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "all of it"
        raise InputError(f"{path} is not COCO JSON: {place}: {first['msg']}") from error


def _results(annotations: list[Annotation], path: Path) -> BoxTable:
    table = BoxTable()
    for number, annotation in enumerate(annotations):
        entry = _entry(annotation, _COCO_CATEGORIES, f"{path} result {number}")
        picture = _picture_of(annotation, table, f"{path} result {number}")
        picture += [] if entry is None else [entry]
    if table.frames:  # otherwise all results name their files
        table.number_of_first = 0
    return table


def _picture_of(result: Annotation, table: BoxTable, place: str) -> PictureBoxes:
    """What was said so far of the picture that a result belongs to."""
    size = result.width or None, result.height or None
    name = result.image_id if result.file_name is None else plain(result.file_name)
    if result.source_sha256 is not None:
        origin = BoxSource(result.source_sha256)
        if table.origins.setdefault(_known(name), origin) != origin:
            raise InputError(f"{place}: {name} is of two files: split the list")
    if isinstance(name, int):
        picture = table.frames.setdefault(name, PictureBoxes(size=size))
    elif result.frame is not None:
        picture = table.videos.setdefault(name, {}).setdefault(
            result.frame, PictureBoxes(size=size)
        )
    else:
        picture = table.files.setdefault(plain(name), PictureBoxes(size=size))
    picture.shared |= picture.size != size
    return picture


def _known(name: int | str) -> str | None:
    """The name under which an origin is known; frames that bear none are all of one file."""
    return None if isinstance(name, int) else plain(name)


def _data_set(data: DataSet, path: Path) -> BoxTable:
    names = {category.id: category.name.lower() for category in data.categories}
    if ABOUT_PEOPLE.isdisjoint(names.values()):
        raise InputError(f"{path}: none of its categories {sorted(names.values())} is about people")
    table = BoxTable(lists_all_frames=True, origins=_origins(data.info))
    pictures: dict[int | str, PictureBoxes] = {}
    for number, image in enumerate(data.images):
        picture = PictureBoxes(size=(image.width or None, image.height or None))
        frame = number if image.frame_id is None else image.frame_id
        # Of what two pictures share, number or name, nobody knows which of them is meant.
        first = pictures.setdefault(image.id, picture)
        first.shared = picture.shared = first is not picture or first.shared
        name = plain(image.file_name)
        if table.files.setdefault(name, picture) is not picture:
            table.files[name] = PictureBoxes(shared=True)
        if table.frames.setdefault(frame, picture) is not picture:
            table.frames[frame] = PictureBoxes(shared=True)
    for number, annotation in enumerate(data.annotations):
        place = f"{path} annotation {number}"
        if annotation.image_id not in pictures:
            raise InputError(f"{place}: image {annotation.image_id} is not in the list of images")
        entry = _entry(annotation, names, place)
        pictures[annotation.image_id].extend([] if entry is None else [entry])
    return table


def _origins(info: object) -> dict[str | None, BoxSource]:
    """What `document` wrote of the file that all boxes are of, if it did."""
    source = info.get("passerby_source") if isinstance(info, dict) else None
    if not isinstance(source, dict):
        return {}
    frames = source.get("frames")
    return {None: BoxSource(str(source.get("sha256")), frames if isinstance(frames, int) else None)}


def _entry(annotation: Annotation, names: Mapping[int, str], place: str) -> BoxRecord | None:
    """Understand one annotation; None where it is not about people."""
    if annotation.category_id not in names:
        raise InputError(f"{place}: category {annotation.category_id} is not in the list of them")
    name = names[annotation.category_id] if annotation.category is None else annotation.category
    kind = KIND_OF_NAME.get(name.lower())
    if kind is None:
        return None
    left, top, width, height = annotation.bbox
    return BoxRecord(
        box=(left, top, left + width, top + height),
        score=annotation.score,
        kind=kind,
        track=annotation.track_id,
        seen=annotation.seen,
        segmentation=_segmentation(annotation.segmentation, place),
    )


def _segmentation(value: list[Polygon] | RunLengths | None, place: str) -> Segmentation | None:
    """Understand polygons or runs; None where there is nothing."""
    if not value:
        return None
    if isinstance(value, RunLengths):
        return _runs(value, place)
    if any(len(polygon) % 2 for polygon in value):
        raise InputError(f"{place}: a polygon needs pairs of x and y")
    return Polygons(tuple(np.reshape(polygon, (-1, 2)) for polygon in value))


def _runs(value: RunLengths, place: str) -> Runs:
    height, width = value.size
    try:
        counts = unpacked(value.counts) if isinstance(value.counts, str) else value.counts
    except ValueError as error:
        raise InputError(f"{place}: its run lengths cannot be read ({error})") from error
    if min(counts, default=0) < 0 or sum(counts) != width * height:
        raise InputError(f"{place}: its run lengths do not fill {width} x {height} pixels")
    return Runs(tuple(counts), width, height)


def document(
    frames: Mapping[int, Detections],
    width: int,
    height: int,
    picture: str | None = None,
    origin: BoxSource | None = None,
) -> dict[str, Any]:
    """Write detections as a data set; a frame that cannot be vouched for is left out.

    Args:
        frames: By number of the frame, from 0.
        width: Of the picture.
        height: Of the picture.
        picture: Name of the one picture they are of, if they are of no video.
        origin: The file they are of.

    Returns:
        What `json.dump` takes.
    """
    known = {index: found for index, found in sorted(frames.items()) if is_sound(found)}
    images = [
        {
            "id": index,
            "frame_id": index,
            "file_name": picture or f"{index:06d}",
            "width": width,
            "height": height,
        }
        for index in known
    ]
    annotations = [
        {"id": number, "image_id": index, **annotation}
        for number, (index, annotation) in enumerate(
            (index, annotation) for index, found in known.items() for annotation in _written(found)
        )
    ]
    categories = [{"id": kind + 1, "name": kind.name.lower()} for kind in Kind]
    info = {} if origin is None else {"info": {"passerby_source": asdict(origin)}}
    return {**info, "images": images, "annotations": annotations, "categories": categories}


def _written(detections: Detections) -> Iterator[dict[str, Any]]:
    masks = detections.masks or (None,) * len(detections)
    boxes = to_xywh(detections.boxes).tolist()
    for number, (box, mask) in enumerate(zip(boxes, masks, strict=True)):
        annotation = {
            "category_id": int(detections.kinds[number]) + 1,
            "bbox": box,
            "area": box[2] * box[3],
            "iscrowd": 0,
            "score": float(detections.scores[number]),
            "track_id": int(detections.tracks[number]),
            "seen": bool(detections.seen[number]),
        }
        if mask is not None:
            runs = runs_of(mask)
            annotation["segmentation"] = {"size": [runs.height, runs.width], "counts": runs.counts}
        yield annotation
