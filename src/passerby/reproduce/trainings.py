"""The trainings that tables need, each with a name that says all that it depends on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias

from passerby.models.lookup import sha256_of
from passerby.models.reid import Scale
from passerby.reproduce.experiment import Case
from passerby.reproduce.twins import Conditioned
from passerby.train.reid.recipes import recipe
from passerby.train.reid.run import Plan

__all__ = ["hash_of", "name_of", "plain", "plan_of"]

Plain: TypeAlias = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None
"""What JSON can hold."""

DIGITS = 10
"""Of a hash in a name."""


def plan_of(
    case: Case, images: Conditioned, scale: Scale, seed: int, weights: str, workers: int
) -> Plan:
    """Plan the training of a case.

    Args:
        case: Whose network is trained.
        images: What it is trained on.
        scale: ``paper`` as published, or ``quick``.
        seed: Of the training.
        weights: What to start from; see `passerby.models.reid.create`.
        workers: Threads that prepare batches.
    """
    return Plan(
        model=case.model,
        dataset=images.dataset,
        recipe=recipe(case.model, scale),
        seed=seed,
        weights=weights,
        condition=case.trained_on,
        workers=workers,
    )


def hash_of(plan: Plan, images: Conditioned) -> str:
    """Hash all that the outcome of a training depends on, but for the machine.

    Args:
        plan: Of the training.
        images: What it is trained on.
    """
    file = Path(plan.weights)
    content = {
        "model": plan.model,
        "index": plan.dataset.sha256,
        "images": images.sha256,
        "recipe": plain(plan.recipe),
        "seed": plan.seed,
        "weights": sha256_of(file) if file.is_file() else str(plan.weights),
        "options": plain(plan.options),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def name_of(plan: Plan, hashed: str) -> str:
    """Name the folder of a training, for people and without doubt."""
    parts = plan.dataset.name, plan.model, plan.recipe.scale, plan.condition, f"seed{plan.seed}"
    return f"{'-'.join(parts)}-{hashed[:DIGITS]}"


def plain(value: Any) -> Plain:  # noqa: ANN401  (whatever settings are made of)
    """Turn settings into what JSON can hold; a dataclass tells its name as ``kind``."""
    if is_dataclass(value):
        parts = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {"kind": type(value).__name__} | parts
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
