"""COCO results: a bare list of boxes, each with all that is needed to know what it is of.

Format: cocodataset.org/#format-results, with these besides: ``file_name``, ``category``, ``width``
and ``height`` of the picture as it is shown, ``source_sha256`` of the file, and for videos
``frame`` (from 0) and ``time`` (in seconds). Whoever reads COCO passes them over.
"""

from collections.abc import Iterator
from typing import Any

from passerby.detections import Detections, Kind
from passerby.geometry import to_xywh

__all__ = ["results"]


def results(
    found: Detections,
    image_id: int,
    file_name: str,
    frame: int | None = None,
    time: float | None = None,
    *,
    size: tuple[int, int] | None = None,
    sha256: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Write the boxes of one picture, or of one frame of a video.

    Args:
        found: The boxes.
        image_id: Of the picture; no other may have it.
        file_name: Of the picture or the video.
        frame: Number of the frame, from 0; None for a picture.
        time: Of the frame in seconds.
        size: Width and height in pixels of the picture as it is shown.
        sha256: Of the file, in hexadecimal.

    Yields:
        What `json.dump` takes: boxes in hundredths of a pixel, scores in ten thousandths.
    """
    place: dict[str, Any] = {"image_id": image_id, "file_name": file_name}
    if size is not None:
        place |= dict(zip(("width", "height"), size, strict=True))
    if sha256 is not None:
        place["source_sha256"] = sha256
    if frame is not None:
        place["frame"] = frame
    if time is not None:
        place["time"] = round(time, 6)
    boxes = to_xywh(found.boxes).tolist()
    for kind, box, score in zip(found.kinds.tolist(), boxes, found.scores.tolist(), strict=True):
        yield place | {
            "category": Kind(kind).name.lower(),
            "category_id": kind + 1,
            "bbox": [round(side, 2) for side in box],
            "score": round(score, 4),
        }
