"""The trainings that tables need, each with a name that says all that it depends on."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from passerby.models.cards import Scale
from passerby.models.lookup import model_sha256
from passerby.reproduce.reid.twins import ConditionDataset
from passerby.train.reid.recipes import DIETLMEIER, Recipe, recipe
from passerby.train.reid.record import as_json
from passerby.train.reid.run import ReidPlan

__all__ = ["hash_of", "name_of", "recipe_of"]

_DIGITS = 10
"""Of a hash in a name."""


def recipe_of(paper: str, model: str, scale: Scale) -> Recipe:
    """Return how a paper trained a network, or how a small one is trained.

    Args:
        paper: One of `passerby.reproduce.claims.PAPERS`.
        model: One of `passerby.models.reid.REID_MODELS`.
        scale: ``paper`` as published, or ``quick``.

    Raises:
        ConfigError: If there is no such model.
    """
    usual = recipe(model, scale)
    if scale == "quick" or paper != "dietlmeier":
        return usual
    if model != "bot":
        return DIETLMEIER
    return replace(
        usual,
        source="Luo et al. without centre loss, as Dietlmeier et al., section IV-A",
        weights=replace(usual.weights, centre=0.0),
    )


def hash_of(plan: ReidPlan, images: ConditionDataset) -> str:
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
        "recipe": as_json(plan.recipe),
        "seed": plan.seed,
        "weights": model_sha256(file) if file.is_file() else str(plan.weights),
        "options": as_json(plan.options),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def name_of(plan: ReidPlan, hashed: str) -> str:
    """Name the folder of a training, for people and without doubt."""
    parts = plan.dataset.name, plan.model, plan.recipe.scale, plan.condition, f"seed{plan.seed}"
    return f"{'-'.join(parts)}-{hashed[:_DIGITS]}"
