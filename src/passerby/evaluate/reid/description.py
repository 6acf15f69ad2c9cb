"""Signatures of the images of a data set; its pictures are read into memory and nowhere else."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.datasets import Part, ReidDataset
from passerby.errors import InputError
from passerby.evaluate.reid.signatures import Signatures
from passerby.sources import ImageSource
from passerby.types import Frame, Image

__all__ = ["Describe", "Described", "frame_of"]

Describe = Callable[[Image], npt.NDArray[np.float32]]
"""Turns an image of a person, shape (height, width, 3), BGR, into a signature, shape (d,)."""


class Described:
    """A data set whose images are described when they are first needed, and only once.

    Args:
        describe: A network that makes signatures, such as a `SignatureNetwork`.
        progress: Called for each image that was described.
    """

    def __init__(self, describe: Describe, progress: Callable[[], None] = lambda: None) -> None:
        self._describe = describe
        self._progress = progress
        self._known: dict[Path, npt.NDArray[np.float32]] = {}

    def signatures(self, dataset: ReidDataset, part: Part) -> Signatures:
        """Return the signatures of the images of ``part``, in its order.

        Raises:
            InputError: If there is no image, or one cannot be read.
        """
        if not len(part):
            raise InputError(f"{dataset.root} has no images to compare: check the data set")
        features = [self._of(dataset.file(path)) for path in part.paths]
        return Signatures(np.stack(features), part.identities, part.cameras)

    def query_and_gallery(self, dataset: ReidDataset) -> tuple[Signatures, Signatures]:
        """Return what is asked and what is searched.

        Raises:
            InputError: If there is no image in one of them, or one cannot be read.
        """
        query, gallery = dataset.part("query"), dataset.part("gallery")
        return self.signatures(dataset, query), self.signatures(dataset, gallery)

    def _of(self, path: Path) -> npt.NDArray[np.float32]:
        if path not in self._known:
            self._known[path] = self._describe(frame_of(path).image)
            self._progress()
        return self._known[path]


def frame_of(path: Path) -> Frame:
    """Read a picture.

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
