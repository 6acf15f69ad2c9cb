"""What COCO JSON must look like, as far as it is read."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, NonNegativeInt, TypeAdapter, ValidationError

from passerby.detection.formats.entry import LARGEST
from passerby.files.plain import parse_json

__all__ = [
    "DATA_SET",
    "RESULTS",
    "Annotation",
    "Category",
    "CocoImage",
    "DataSet",
    "Polygon",
    "RunLengths",
    "validated_json",
]

_Content = TypeVar("_Content")

_Coordinate = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
_Length = Annotated[float, Field(ge=0, le=LARGEST)]
Polygon = Annotated[list[_Coordinate], Field(min_length=6)]


class RunLengths(BaseModel):
    """Numbers of pixels outside, inside, outside and so on; height and width."""

    size: tuple[NonNegativeInt, NonNegativeInt]
    counts: list[NonNegativeInt] | str


class Annotation(BaseModel):
    """One box; the track, the score and whether it was seen are not in every file.

    Results of `passerby detect` say themselves which file they are from, which frame of it, how
    large that is, and what they enclose.
    """

    image_id: int | str
    file_name: str | None = None
    source_sha256: str | None = None
    frame: NonNegativeInt | None = None
    width: float | None = None
    height: float | None = None
    category_id: int
    category: str | None = None
    bbox: tuple[_Coordinate, _Coordinate, _Length, _Length]
    score: Annotated[float, Field(ge=0, le=1)] = 1.0
    track_id: Annotated[int, Field(ge=-1, lt=2**63)] = -1
    seen: bool = True
    segmentation: list[Polygon] | RunLengths | None = None


class CocoImage(BaseModel):
    """One picture; its size and its number in a video are not in every file."""

    id: int
    file_name: str
    width: float | None = None
    height: float | None = None
    frame_id: NonNegativeInt | None = None


class Category(BaseModel):
    """What an annotation is about."""

    id: int
    name: str


class DataSet(BaseModel):
    """All that a file holds; of its ``info``, only what passerby wrote there is read."""

    info: Any = None
    images: list[CocoImage]
    annotations: list[Annotation]
    categories: list[Category]


RESULTS = TypeAdapter(list[Annotation])
"""Reads a bare list of annotations."""

DATA_SET = TypeAdapter(DataSet)
"""Reads a data set."""


def validated_json(adapter: TypeAdapter[_Content], text: str) -> _Content:
    r"""Read JSON, also such as holds names that are no text: their bytes are ``\udc80`` and up.

    Raises:
        ValidationError: If it is no JSON, or not what the adapter reads.
    """
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        if "surrogate" not in error.errors()[0]["msg"]:
            raise
        return adapter.validate_python(parse_json(text))
