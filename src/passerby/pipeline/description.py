"""Signatures of the images of a data set; its pictures are read into memory and nowhere else."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.datasets import Part, ReidDataset
from passerby.errors import InputError
from passerby.signatures.describer import Describer
from passerby.signatures.signatures import Signatures
from passerby.signatures.stream import describe_all
from passerby.sources.images import ImageSource
from passerby.types import AnonymizedFrame, Frame

__all__ = ["Described", "Reader", "images_of", "raw_frame", "signature_of"]

Reader = Callable[[Path], Frame | AnonymizedFrame]
"""Reads an image: as what a record vouches for, or raw, as `raw_frame` does."""


class Described:
    """A data set whose images are described when they are first needed, and only once.

    Args:
        describer: Makes signatures; see `passerby.signatures.opening.open_describer`.
        read: Reads an image. Signatures of raw ones identify people.
        progress: Called for each image that was described.
    """

    def __init__(
        self, describer: Describer, read: Reader, progress: Callable[[], None] = lambda: None
    ) -> None:
        self._describer = describer
        self._read = read
        self._progress = progress
        self._known: dict[Path, npt.NDArray[np.float32]] = {}

    def signatures(self, dataset: ReidDataset, part: Part) -> Signatures:
        """Return the signatures of the images of ``part``, in its order.

        Raises:
            DetectionError: If the network fails.
            InputError: If there is no image, or one cannot be read.
        """
        if not len(part):
            raise InputError(f"{dataset.root} has no images to compare: check the data set")
        files = [dataset.file(path) for path in part.paths]
        self._describe([file for file in dict.fromkeys(files) if file not in self._known])
        features = np.stack([self._known[file] for file in files])
        return Signatures(features, part.identities, part.cameras)

    def query_and_gallery(self, dataset: ReidDataset) -> tuple[Signatures, Signatures]:
        """Return what is asked and what is searched.

        Raises:
            DetectionError: If the network fails.
            InputError: If there is no image in one of them, or one cannot be read.
        """
        query, gallery = dataset.part("query"), dataset.part("gallery")
        for subset, part in (("query", query), ("gallery", gallery)):
            if not len(part):
                raise InputError(
                    f"{dataset.root} has no {subset} images: queries are compared with a gallery, "
                    "so name a data set that has both"
                )
        return self.signatures(dataset, query), self.signatures(dataset, gallery)

    def _describe(self, files: Sequence[Path]) -> None:
        if files:
            images = (self._read(file).image for file in files)
            rows = describe_all(self._describer, images, self._progress)
            self._known.update(zip(files, rows, strict=True))


def signature_of(describer: Describer, frame: Frame | AnonymizedFrame) -> npt.NDArray[np.float32]:
    """Describe one image of a person; of a raw one, the signature identifies who it is.

    Raises:
        DetectionError: If the network fails.
        InputError: If its pixels cannot be decoded.
    """
    row: npt.NDArray[np.float32] = describe_all(describer, [frame.image], threads=1)[0]
    return row


def raw_frame(path: Path) -> Frame:
    """Read a picture as it is: nobody vouches that it hides anybody.

    Raises:
        InputError: If it is missing or damaged.
    """
    if not path.is_file():
        raise InputError(f"{path} is missing: check the data set")
    with ImageSource(path) as source:
        return next(iter(source))


def images_of(datasets: Sequence[ReidDataset]) -> int:
    """Count the different images of queries and galleries."""
    files = {
        dataset.file(path)
        for dataset in datasets
        for subset in ("query", "gallery")
        for path in dataset.part(subset).paths
    }
    return len(files)
