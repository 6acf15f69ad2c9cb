"""A whole training: what of, from what and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from passerby.datasets import ReidDataset
from passerby.train.engine.precision import Precision
from passerby.train.reid.pictures import Anonymize
from passerby.train.reid.settings import Recipe

__all__ = ["Distillation", "ReidPlan"]


@dataclass(frozen=True, kw_only=True)
class Distillation:
    """Whom a network learns from instead of from who is who.

    Attributes:
        teachers: Names or paths of ONNX networks whose signatures it learns.
        photographs: Folder of pictures with boxes of people; None for the data set alone.
        collections: Names in `passerby.train.detector.collections.COLLECTIONS` of those used.
    """

    teachers: tuple[str, ...]
    photographs: Path | None = None
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReidPlan:
    """A whole training.

    Attributes:
        model: One of `REID_MODELS`.
        dataset: What is learned from, and evaluated on.
        recipe: How.
        seed: Of everything that is random.
        weights: What to start from; see `passerby.models.reid.create`. An exported network too, by
            its file or the name of a model.
        anonymize: How pictures are anonymized as they are read; None to take them as they are.
        anonymized_by: All that what ``anonymize`` does depends on; a training goes on with the
            same alone.
        condition: What the pictures are, in a word, for the record.
        workers: Threads that prepare batches; 0 for none beside the training.
        options: Of the network, beside those of the recipe.
        precision: Of the network while it learns.
        accumulate: Into how many parts a batch is split to need less memory.
        evaluates: Whether queries and gallery, if there are any, are described in the end.
        tensorboard: Whether TensorBoard gets the losses too.
        distillation: Whom the network learns from; None to learn who is who.
    """

    model: str
    dataset: ReidDataset
    recipe: Recipe
    seed: int = 0
    weights: str | Path = "scratch"
    anonymize: Anonymize | None = None
    anonymized_by: Mapping[str, Any] | None = None
    condition: str = "original"
    workers: int = 1
    options: Mapping[str, object] = field(default_factory=dict)
    precision: Precision = "auto"
    accumulate: int = 1
    evaluates: bool = True
    tensorboard: bool = False
    distillation: Distillation | None = None
