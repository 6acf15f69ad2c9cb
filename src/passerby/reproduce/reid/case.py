"""One network for re-identification under two conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.reranking import Reranking

__all__ = ["ORIGINAL", "RULES", "ReidCase", "Rules"]

ORIGINAL = "original"
"""The condition of images that are as they were; all others are names of presets."""

Rules = Literal["cosine", "euclidean", "cosine-reranked"]

RULES: Mapping[Rules, Protocol] = MappingProxyType(
    {
        "cosine": Protocol(distance="cosine"),
        "euclidean": Protocol(distance="euclidean"),
        "cosine-reranked": Protocol(distance="cosine", reranking=Reranking()),
    }
)
"""How signatures are compared; whether the query's camera counts is for the data set to say."""


@dataclass(frozen=True, slots=True)
class ReidCase:
    """One network, trained on images of one condition and tested on those of another.

    Attributes:
        dataset: One of `passerby.datasets.DATASETS`.
        model: One of `passerby.models.reid.REID_MODELS`.
        trained_on, tested_on: `ORIGINAL`, or the name of a preset of `passerby.anonymization`.
        rules: One of `RULES`.
    """

    dataset: str
    model: str
    trained_on: str
    tested_on: str
    rules: Rules

    @property
    def datasets(self) -> tuple[str, ...]:
        """The data that it needs."""
        return (self.dataset,)

    @property
    def network(self) -> tuple[str, str, str]:
        """What is trained, once a seed: data set, model and condition."""
        return self.dataset, self.model, self.trained_on

    @property
    def setting(self) -> str:
        """How it is tested."""
        return self.tested_on

    @property
    def file_name(self) -> str:
        """All of it."""
        return f"{self.dataset}.{self.model}.{self.trained_on}.{self.tested_on}.{self.rules}"
