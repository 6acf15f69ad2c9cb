"""How well a trained network finds the people of a data set again."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from passerby.datasets import Part, ReidDataset
from passerby.datasets.checks import unanswered
from passerby.errors import InputError
from passerby.evaluate.reid import Protocol, Result, Signatures, evaluate
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.evaluate.reid.trials import Trials
from passerby.models.reid import ReidNetwork
from passerby.signatures.origin import Origin
from passerby.train.reid.batches import normalised
from passerby.train.reid.pictures import Anonymize, Pictures
from passerby.train.reid.settings import Recipe

__all__ = ["can_be_evaluated", "evaluate_network"]

_BATCH = 64


def can_be_evaluated(dataset: ReidDataset) -> bool:
    """Whether a data set has queries and a gallery.

    Raises:
        InputError: If it has both, and no query could be answered.
    """
    queries = len(dataset.part("query"))
    if not queries or not len(dataset.part("gallery")):
        return False
    if len(unanswered(dataset)) == queries:
        raise InputError(
            f"no query of {dataset.root} has a match in the gallery by another camera: add a "
            "second camera, or train with --no-evaluate"
        )
    return True


def evaluate_network(
    network: ReidNetwork,
    dataset: ReidDataset,
    recipe: Recipe,
    anonymize: Anonymize | None = None,
    *,
    origin: Origin | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Result | Trials:
    """Describe queries and gallery, and rank one by the other.

    Args:
        network: On any device.
        dataset: Whose protocol is followed.
        recipe: Says by which distance, and whether mirror images count too.
        anonymize: How pictures are anonymized; None to take them as they are.
        origin: Of the network, for the record.
        progress: Told how many images are described.

    Raises:
        InputError: If a picture cannot be read.
    """
    query, gallery = dataset.part("query"), dataset.part("gallery")

    def signatures(part: Part, before: int) -> Signatures:
        pictures = Pictures(dataset, part.paths, anonymize, memory=0)
        features = _describe(network.eval(), pictures, recipe, lambda done: progress(before + done))
        return Signatures(features, part.identities, part.cameras)

    asked, searched = signatures(query, 0), signatures(gallery, len(query))
    own = dataset.protocol
    protocol = Protocol(distance=recipe.distance, drop_same_camera=own.same_camera == "left out")
    if own.single_shot:
        return evaluate_single_shot(asked, searched, protocol, origin=origin)
    return evaluate(asked, searched, protocol, origin=origin)


@torch.no_grad()
def _describe(
    network: ReidNetwork, pictures: Pictures, recipe: Recipe, progress: Callable[[int], None]
) -> npt.NDArray[np.float32]:
    """Return the signatures of pictures, shape (n, dimension)."""
    device = next(network.parameters()).device
    signatures = []
    for images in _images(pictures, network.size):
        pixels = normalised(images, device)
        features: Tensor = network(pixels)
        if recipe.flip_averaged:
            mirrored: Tensor = network(pixels.flip(3))
            features = (functional.normalize(features) + functional.normalize(mirrored)) / 2
        signatures.append(features.float().cpu().numpy())
        progress(sum(map(len, signatures)))
    return np.concatenate(signatures)


def _images(pictures: Pictures, size: tuple[int, int]) -> Iterator[Tensor]:
    height, width = size
    for start in range(0, len(pictures), _BATCH):
        rows = range(start, min(start + _BATCH, len(pictures)))
        resized = [cv2.resize(pictures[row], (width, height)) for row in rows]
        yield torch.from_numpy(np.stack(resized))
