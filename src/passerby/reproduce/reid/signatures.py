"""Signatures of a data set under a condition by a network that was trained."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from passerby.datasets import Part
from passerby.reproduce.reid.twins import ConditionDataset
from passerby.signatures.opening import open_describer
from passerby.signatures.signatures import Signatures
from passerby.signatures.stream import describe_all
from passerby.train.reid.pictures import Pictures

__all__ = ["query_and_gallery"]


def query_and_gallery(
    network: Path,
    images: ConditionDataset,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Signatures, Signatures]:
    """Describe what is asked and what is searched, on the GPU if there is one.

    Args:
        network: A checkpoint.
        images: Of the data set.
        progress: Told how many images of how many are described.

    Raises:
        InputError: If a picture cannot be read.
        ModelError: If the network cannot be read.
    """
    describer = open_describer(str(network), runtime="torch")
    query, gallery = images.dataset.part("query"), images.dataset.part("gallery")
    total, known = len(query) + len(gallery), count(1)

    def described(part: Part) -> Signatures:
        pictures = Pictures(images.dataset, part.paths, images.anonymize, memory=0)
        rows = describe_all(describer, pictures, lambda: progress(next(known), total))
        return Signatures(rows, part.identities, part.cameras)

    return described(query), described(gallery)
