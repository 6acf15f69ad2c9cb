"""Describe images of people, and write their signatures to a file."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from passerby.errors import InputError
from passerby.files.partial import ANEW, Permit
from passerby.models.lookup import model_sha256
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import ImageReader
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.signatures.describer import Describer
from passerby.signatures.reader import read_header
from passerby.signatures.stream import signatures
from passerby.signatures.writer import SignatureFile
from passerby.types import Image

__all__ = ["DescribedImages", "describe_images", "is_described"]


@dataclass(frozen=True, slots=True)
class DescribedImages:
    """What became of a list of images.

    Attributes:
        target: The file.
        images: How many have a signature in it.
        kept: How many of all an earlier run had described.
        left_out: Paths of images that could not be read.
    """

    target: Path
    images: int
    kept: int
    left_out: tuple[str, ...]


def describe_images(  # noqa: PLR0913  (one setting each)
    images: ImageList,
    reader: ImageReader,
    describer: Describer,
    target: Path,
    *,
    batch: int | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _count: None,
    complain: Callable[[str], None] = lambda _complaint: None,
    permit: Permit = ANEW,
) -> DescribedImages:
    """Write the signatures of images to an ``.npz`` file, in their order.

    The file has arrays ``features``, ``ids``, ``cameras`` and ``paths``, and a ``header`` of JSON.
    What a run that was broken off has described is kept and not described again.

    Args:
        images: What to describe.
        reader: Reads them.
        describer: The network.
        target: The file.
        batch: See `passerby.signatures.stream.signatures`.
        threads: See there.
        progress: Called with how many images are done.
        complain: Told of each image that cannot be read; it is left out.
        permit: What may happen to a file that is there.

    Raises:
        DetectionError: If the network fails.
        InputError: If no image can be read.
        OutputError: If the file cannot be written.
    """
    header = _header(images, reader, describer)
    with closing(SignatureFile(target, header, _dimension(describer), permit)) as file:
        progress(file.kept)
        unreadable: set[int] = set()
        rows = signatures(
            describer,
            _read(images, file.kept, reader, describer, unreadable, complain),
            batch=batch,
            threads=threads,
        )
        with closing(rows):
            for number, row in enumerate(rows, file.kept):
                file.add(None if number in unreadable else row)
                progress(1)
        missing = file.missing()
        if len(missing) == len(images):
            raise InputError(f"none of {len(images)} images can be read, so {target} is not made")
        file.commit(images.ids, images.cameras, images.paths)
    left_out = tuple(images.paths[number] for number in missing)
    return DescribedImages(target, len(images) - len(missing), file.kept, left_out)


def is_described(
    images: ImageList, reader: ImageReader, describer: Describer, target: Path
) -> bool:
    """Tell whether a file holds the signatures of just these images by this network.

    Raises:
        InputError: If there is such a file and it is not one of signatures.
    """
    if not target.is_file():
        return False
    found = read_header(target)
    wanted = _header(images, reader, describer)
    return all(found.get(name) == value for name, value in wanted.items())


def _header(images: ImageList, reader: ImageReader, describer: Describer) -> dict[str, Any]:
    """Say what signatures are made of and by what."""
    return {
        "model": describer.name,
        "model_sha256": model_sha256(describer.path),
        "size": list(describer.size),
        "pixels": describer.pixels,
        "files_sha256": images.sha256,
        **reader.facts,
        **images.origin,
    }


def _dimension(describer: Describer) -> int:
    nothing = np.zeros((1, *describer.size, 3), np.uint8)
    return int(describer.describe(nothing).shape[1])


def _read(
    images: ImageList,
    start: int,
    reader: ImageReader,
    describer: Describer,
    unreadable: set[int],
    complain: Callable[[str], None],
) -> Iterator[Image]:
    """Yield the images from one on, black ones for those that cannot be read."""
    for number in range(start, len(images)):
        try:
            yield reader.read(images.files[number]).image
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this image's failure)
            unreadable.add(number)
            complain(error_about(str(images.files[number]), reason_of(error)))
            yield np.zeros((*describer.size, 3), np.uint8)
