"""Ground truth as COCO JSON (cocodataset.org/#format-data), with tracks.

Besides what COCO has, an image carries ``frame_id`` (from 0) and an annotation ``track_id`` (the
identity) and ``visibility``.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from passerby.detections import Mask
from passerby.files.partial_folder import write_new
from passerby.synth.sighting import FloatBox, Shot, Sighting

__all__ = ["CATEGORIES", "CocoFile", "run_lengths"]

CATEGORIES = {"person": 1, "head": 2}


class CocoFile:
    """Collects what is known about pictures and writes it as one file.

    Persons have a mask of what can be seen of them, heads have none.
    """

    def __init__(self) -> None:
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(self, shot: Shot, file_name: str) -> None:
        """Add a picture that lies in ``file_name``, a path relative to the JSON file."""
        height, width = shot.image.shape[:2]
        self._images.append(
            {
                "id": len(self._images) + 1,
                "file_name": file_name,
                "width": width,
                "height": height,
                "frame_id": shot.index,
            }
        )
        for seen in shot.sightings:
            runs = run_lengths(seen.mask(width, height))
            segmentation = {"size": [height, width], "counts": runs}
            person = self._annotate(seen, "person", seen.box, seen.visibility)
            person |= {"segmentation": segmentation, "area": int(seen.shape.sum())}
            if seen.head_visibility > 0:
                self._annotate(seen, "head", seen.head_box, seen.head_visibility)

    def _annotate(
        self, seen: Sighting, category: str, box: FloatBox, visibility: float
    ) -> dict[str, Any]:
        left, top, right, bottom = (round(side, 2) for side in box)
        width, height = round(right - left, 2), round(bottom - top, 2)
        annotation: dict[str, Any] = {
            "id": len(self._annotations) + 1,
            "image_id": len(self._images),
            "category_id": CATEGORIES[category],
            "track_id": seen.identity,
            "bbox": [left, top, width, height],
            "area": round(width * height, 2),
            "iscrowd": 0,
            "visibility": round(visibility, 3),
        }
        self._annotations.append(annotation)
        return annotation

    def write(self, path: Path) -> None:
        """Write everything that was added."""
        document = {
            "info": {"description": "Synthetic people; none of them exists."},
            "images": self._images,
            "annotations": self._annotations,
            "categories": [{"id": number, "name": name} for name, number in CATEGORIES.items()],
        }
        write_new(path, json.dumps(document, separators=(",", ":")))


def run_lengths(mask: Mask) -> list[int]:
    """Return COCO's uncompressed run-length code of a mask, shape (height, width).

    Down the columns, from left to right: how many pixels are off, then on, then off, and so on.

    Example:
        >>> run_lengths(np.array([[False, True], [True, True]]))
        [1, 3]
    """
    flat = np.concatenate([[False], mask.ravel(order="F")])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    lengths: list[int] = np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
    return lengths
