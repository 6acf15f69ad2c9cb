"""How far a training is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["Report", "TrainingProgress"]


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far a training is.

    Attributes:
        stage: What is being done.
        done: Pictures or batches that are done in this stage.
        total: How many there are.
        epoch: Which epoch of a training, from 1.
        learning_rate: Of the latest batch.
        losses: Of the latest batch, by name; ``total`` is their sum.
        saved: Batches that need not be learned from again after an interruption.
        note: What is told as the training goes on, or "".
        warning: What the user must know now, or "".
    """

    stage: Literal["reading", "photographs", "training", "evaluating"]
    done: int
    total: int
    epoch: int = 0
    learning_rate: float = 0.0
    losses: Mapping[str, float] = field(default_factory=dict)
    saved: int = 0
    note: str = ""
    warning: str = ""


Report: TypeAlias = Callable[[TrainingProgress], None]
