"""The faces of a data set, found once and kept, so that all techniques cover the same."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from passerby.datasets import SUBSETS, ReidDataset
from passerby.detection.combined import detectors_for, model_hashes
from passerby.detection.settings import DetectionSettings
from passerby.detections import Kind
from passerby.errors import InputError
from passerby.files.partial import REPLACING, write_text
from passerby.files.plain import read_json
from passerby.geometry import to_xywh
from passerby.pipeline.description import raw_frame
from passerby.runtime.workers import spread
from passerby.twins.layout import twin_files
from passerby.types import Detector

__all__ = ["FINDING", "faces_found", "find_faces"]

FINDING = DetectionSettings(face_model="yunet-n", face_threshold=0.5, smallest_face=6, threads=1)
"""Images are enlarged twofold, since a face on a crop of 128x64 is about 13 pixels wide."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """The faces in one picture: left, top, width, height and score of each."""

    path: str
    width: int
    height: int
    faces: tuple[tuple[float, ...], ...]


def find_faces(
    dataset: ReidDataset,
    target: Path,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the boxes of all faces in a data set as COCO JSON, unless they are there already.

    Args:
        dataset: Its pictures are looked at, also those in no subset.
        target: The file.
        workers: How many processes look.
        progress: Told how many pictures of how many are done.

    Raises:
        InputError: If a picture cannot be read, or the file is of another data set or detector.
        ModelError: If the network that finds faces is missing.
        OutputError: If the file cannot be written.
    """
    models = model_hashes(frozenset({Kind.FACE}), FINDING)
    info = {"index_sha256": dataset.sha256, "models": models, **_settings()}
    if target.exists():
        if _read(target)["info"] != info:
            raise InputError(
                f"{target} is of another data set or by another detector: name another folder"
            )
        return
    names = twin_files(dataset).pictures
    found: list[_Picture] = []
    for picture in spread(partial(_looked_at, dataset.root), names, workers):
        found.append(picture)
        progress(len(found), len(names))
    write_text(target, json.dumps({"info": info, **_document(found)}) + "\n", REPLACING)


def faces_found(dataset: ReidDataset, file: Path) -> dict[str, Any]:
    """Say who looked for faces, and on which share of the images of each subset there is one.

    Args:
        dataset: The one that was looked at.
        file: What `find_faces` wrote.

    Raises:
        InputError: If the file cannot be read.
    """
    content = _read(file)
    names = {image["id"]: image["file_name"] for image in content["images"]}
    with_faces = {names[one["image_id"]] for one in content["annotations"]}
    shares = {}
    for subset in SUBSETS:
        paths = dataset.part(subset).paths
        if paths:
            found = sum(path in with_faces for path in paths)
            shares[subset] = {"images": len(paths), "share": round(found / len(paths), 4)}
    return {**content["info"], "with_faces": shares}


def _settings() -> dict[str, Any]:
    return {
        "detector": FINDING.face_model,
        "threshold": FINDING.face_threshold,
        "smallest_face": FINDING.smallest_face,
    }


@lru_cache(maxsize=1)
def _detector() -> Detector:
    """One a process: networks take long to load."""
    return detectors_for(frozenset({Kind.FACE}), FINDING)


def _looked_at(root: Path, paths: Sequence[str]) -> list[_Picture]:
    return [_picture(root, path) for path in paths]


def _picture(root: Path, path: str) -> _Picture:
    image = raw_frame(root / path).image
    found = _detector()(image)
    boxes, scores = to_xywh(found.boxes).tolist(), found.scores.tolist()
    faces = tuple(
        (*(round(side, 2) for side in box), round(score, 4))
        for box, score in zip(boxes, scores, strict=True)
    )
    return _Picture(path, width=image.shape[1], height=image.shape[0], faces=faces)


def _document(pictures: Sequence[_Picture]) -> dict[str, Any]:
    """All pictures are listed, or those without a face would count as not looked at."""
    images = [
        {"id": number, "file_name": one.path, "width": one.width, "height": one.height}
        for number, one in enumerate(pictures)
    ]
    annotations = [
        {"image_id": number, "category_id": 1, "bbox": list(box), "score": score}
        for number, one in enumerate(pictures)
        for *box, score in one.faces
    ]
    return {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "face"}],
    }


def _read(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = read_json(file)
        content["info"]["index_sha256"]
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(f"{file} cannot be read as faces: remove it, and run it again") from None
    return content
