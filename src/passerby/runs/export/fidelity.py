"""How far the signatures of one network are from those of another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.datasets import ReidDataset
from passerby.errors import InputError
from passerby.evaluate.reid import Protocol, evaluate
from passerby.pipeline.description import Described, images_of, raw_frame
from passerby.runs.describe.image_lists import ImageList
from passerby.signatures.describer import Describer
from passerby.signatures.stream import describe_all

__all__ = ["Fidelity", "compared", "loss_between"]


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How the signatures of a network differ from those of the one that it was made from.

    Attributes:
        images: How many were compared.
        cosine_mean: Mean cosine between both signatures of an image.
        cosine_least: The least.
        figures: mAP and rank-1 of the first and of the second, where people are known.
    """

    images: int
    cosine_mean: float
    cosine_least: float
    figures: dict[str, tuple[float, float]]


def compared(images: ReidDataset | ImageList) -> int:
    """Count the images that `loss_between` looks at, each once."""
    return len(images) // 2 if isinstance(images, ImageList) else images_of([images])


def loss_between(
    whole: Describer,
    small: Describer,
    images: ReidDataset | ImageList,
    progress: Callable[[], None] = lambda: None,
) -> Fidelity:
    """Compare the signatures of two networks.

    Args:
        whole: What is lost from.
        small: What loses.
        images: A data set, of which queries and gallery are compared; or a list, of which every
            second one is, from the second on.
        progress: Called for each image that was described by either.

    Raises:
        DetectionError: If a network fails.
        InputError: If there are too few images, or one cannot be read.
    """
    if isinstance(images, ImageList):
        if len(images) < 2:
            raise InputError("one image is too little to calibrate and to measure: give more")
        before, after = (
            describe_all(one, (raw_frame(file).image for file in images.files[1::2]), progress)
            for one in (whole, small)
        )
        return _loss(before, after, {})
    sides = [
        Described(one, raw_frame, progress).query_and_gallery(images) for one in (whole, small)
    ]
    before, after = (np.concatenate([one.features[:] for one in side]) for side in sides)
    protocol = Protocol(drop_same_camera=images.protocol.same_camera == "left out")
    first, second = (
        evaluate(query, gallery, protocol, verify=False).summary() for query, gallery in sides
    )
    return _loss(before, after, {name: (first[name], second[name]) for name in ("mAP", "rank1")})


def _loss(
    before: npt.NDArray[np.generic],
    after: npt.NDArray[np.generic],
    figures: dict[str, tuple[float, float]],
) -> Fidelity:
    first, second = (np.asarray(one, np.float64) for one in (before, after))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines = (first * second).sum(axis=1) / np.maximum(lengths, np.finfo(np.float64).tiny)
    return Fidelity(len(first), float(cosines.mean()), float(cosines.min()), figures)
