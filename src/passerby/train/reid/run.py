"""A training from a data set to weights and figures, in one folder that it can go on in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from passerby.datasets import ReidDataset
from passerby.train.reid.progress import Progress
from passerby.train.reid.recipes import Recipe
from passerby.types import Image

__all__ = ["MODEL_FILE", "Anonymize", "Plan", "train_reid"]

MODEL_FILE = "model.pt"

Anonymize: TypeAlias = Callable[[Path, str], Image]
"""From the root of a data set and the path of a picture in it to what its anonymized copy shows,
shape (height, width, 3), BGR, uint8; `passerby.pipeline.twin_pictures.TwinPictures` makes one."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole training.

    Attributes:
        model: One of `REID_MODELS`.
        dataset: What is learned from, and evaluated on.
        recipe: How.
        seed: Of everything that is random.
        weights: What to start from; see `passerby.models.reid.create`.
        anonymize: How pictures are anonymized as they are read; None to take them as they are.
        condition: What the pictures are, in a word, for the record.
        workers: Threads that prepare batches.
        options: Of the network, beside those of the recipe.
    """

    model: str
    dataset: ReidDataset
    recipe: Recipe
    seed: int = 0
    weights: str | Path = "scratch"
    anonymize: Anonymize | None = None
    condition: str = "original"
    workers: int = 1
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def train_reid(
    plan: Plan, folder: Path, report: Callable[[Progress], None] = lambda _progress: None
) -> Path:
    """Train, or go on with the training in ``folder``, and evaluate.

    Args:
        plan: Of the training.
        folder: Gets ``model.pt``, ``state.pt``, ``losses.csv``, ``losses.png`` and, where there
            are queries and a gallery, ``results.json``. Where all are there, nothing is done.
        report: Told how far it is.

    Returns:
        The path of ``model.pt``; see `passerby.models.reid.checkpoint.load_network`.
    """
    raise NotImplementedError
