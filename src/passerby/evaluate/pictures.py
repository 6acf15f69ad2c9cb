"""The pictures of a clip, and those of its copy beside them."""

from collections.abc import Container, Iterator
from itertools import zip_longest
from pathlib import Path

from passerby.errors import InputError
from passerby.sources import expand, open_source
from passerby.types import Image

__all__ = ["read_pairs", "read_pictures"]


def read_pictures(path: Path, numbers: Container[int]) -> Iterator[tuple[int, Image]]:
    """Yield those pictures of a video or a folder whose numbers, from 0, are asked for.

    Raises:
        InputError: If it cannot be read.
    """
    files = [one.path for one in expand([path]) if one.path is not None]
    number = 0
    for file in files:
        with open_source(file) as source:
            for frame in source:
                if number in numbers:
                    yield number, frame.image
                number += 1


def read_pairs(
    clear: Path, copy: Path, numbers: Container[int]
) -> Iterator[tuple[int, Image, Image]]:
    """Yield the number of a picture, the picture, and that of the copy.

    Args:
        clear: A video, or a folder of pictures.
        copy: Its copy.
        numbers: Of the pictures that are asked for, from 0.

    Raises:
        InputError: If one cannot be read, is shorter than the other, or is of another size.
    """
    for before, after in zip_longest(read_pictures(clear, numbers), read_pictures(copy, numbers)):
        if before is None or after is None:
            shorter, longer = (clear, copy) if before is None else (copy, clear)
            raise InputError(f"{shorter} is shorter than {longer}: compare a clip with its copy")
        if before[1].shape != after[1].shape:
            was, became = before[1].shape, after[1].shape
            raise InputError(f"the size of {clear} is {was}, but {became} in {copy}")
        yield before[0], before[1], after[1]
