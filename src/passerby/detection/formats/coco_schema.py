"""What COCO JSON must look like, as far as it is read."""

from typing import Annotated

from pydantic import BaseModel, Field, NonNegativeInt, TypeAdapter

from passerby.detection.formats.entry import LARGEST

__all__ = ["RESULTS", "Annotation", "Category", "DataSet", "Image", "Polygon", "RunLengths"]

_Coordinate = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
_Length = Annotated[float, Field(ge=0, le=LARGEST)]
Polygon = Annotated[list[_Coordinate], Field(min_length=6)]


class RunLengths(BaseModel):
    """Numbers of pixels outside, inside, outside and so on; height and width."""

    size: tuple[NonNegativeInt, NonNegativeInt]
    counts: list[NonNegativeInt] | str


class Annotation(BaseModel):
    """One box; the track, the score and whether it was seen are not in every file.

    Results of `passerby detect` say themselves which file they are from, which frame of it, and
    what they enclose.
    """

    image_id: int | str
    file_name: str | None = None
    frame: NonNegativeInt | None = None
    category_id: int
    category: str | None = None
    bbox: tuple[_Coordinate, _Coordinate, _Length, _Length]
    score: Annotated[float, Field(ge=0, le=1)] = 1.0
    track_id: Annotated[int, Field(ge=-1, lt=2**63)] = -1
    seen: bool = True
    segmentation: list[Polygon] | RunLengths | None = None


class Image(BaseModel):
    """One picture; its number in a video is not in every file."""

    id: int
    file_name: str
    frame_id: NonNegativeInt | None = None


class Category(BaseModel):
    """What an annotation is about."""

    id: int
    name: str


class DataSet(BaseModel):
    """All that a file holds."""

    images: list[Image]
    annotations: list[Annotation]
    categories: list[Category]


RESULTS = TypeAdapter(list[Annotation])
"""Reads a bare list of annotations."""
