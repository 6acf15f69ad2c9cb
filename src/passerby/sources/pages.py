"""Which of the pictures in a file are its pages or frames, and what else lies in it."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from PIL.ImageFile import ImageFile

from passerby.locations import Location
from passerby.runtime.counting import counted
from passerby.sources.boxes import file_kind
from passerby.sources.picture_files import behind_the_picture

__all__ = ["notes_on_pages", "pages_of"]

_ONE_PICTURE = ("MPO", "HEIF")
"""Formats whose further pictures no viewer shows: the other eye's, gain maps, a phone's second."""

_NEW_KIND = 254
_REDUCED, _MASK = 1, 4
"""Bits of a TIFF page that is a small copy of another, or says which pixels of it count."""

_NOT_WORTH_A_WORD = 64
"""Bytes behind a picture: padding and marks of cameras."""


def pages_of(image: ImageFile) -> Sequence[int]:
    """The numbers of the pictures that viewers show, in order; at least one."""
    count = getattr(image, "n_frames", 1)
    if image.format in _ONE_PICTURE:
        return [image.tell()]
    if image.format == "TIFF" and count > 1:
        return [0, *(page for page in range(1, count) if _is_a_page(image, page))]
    if image.format == "PNG" and getattr(image, "default_image", False) and count > 1:
        return range(1, count)
    return range(count)


def notes_on_pages(path: Location, file: BinaryIO, image: ImageFile) -> Iterator[str]:
    """What of a file is left out beside its pages."""
    count = getattr(image, "n_frames", 1)
    further = count - len(pages_of(image))
    if further:
        yield f"{counted(further, 'further picture')} in the file left out"
    left_over = behind_the_picture(path).left_over
    if not further and left_over > _NOT_WORTH_A_WORD:
        yield f"what follows the picture in the file left out ({counted(left_over, 'byte')})"
    place = file.tell()
    kind = file_kind(file)
    file.seek(place)
    if kind is not None and kind.has_film and count == 1:
        yield "a film in the file left out"


def _is_a_page(image: ImageFile, number: int) -> bool:
    image.seek(number)
    kind = getattr(image, "tag_v2", {}).get(_NEW_KIND, 0)
    return not (isinstance(kind, int) and kind & (_REDUCED | _MASK))
