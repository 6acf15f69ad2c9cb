"""The recipes of `passerby.train.obfuscator`, as tables ask for them."""

import hashlib
import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby.extras import needing
from passerby.files.hashing import sha256_of
from passerby.files.plain import read_json
from passerby.models.lookup import model_sha256, resolve
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.reproduce.experiment import CaseProgress
from passerby.reproduce.obfuscator.trainers import TRAINERS, Trained, TrainingOrder

if TYPE_CHECKING:
    from passerby.train.engine.progress import TrainingProgress
    from passerby.train.obfuscator.run import ObfuscatorPlan

__all__ = ["RecipeTrainer"]

_FIGURES = {"precision": "AP", "auc": "AUC", "fresh_auc": "fresh AUC"}
"""What cards of filters call figures, and tables."""


class RecipeTrainer:
    """Trains obfuscators and filters by a recipe; at ``quick`` scale by its short form.

    Args:
        recipe: One of `passerby.train.obfuscator.recipes.RECIPES`.
    """

    def __init__(self, recipe: str) -> None:
        self._recipe = recipe

    def fingerprint(self, order: TrainingOrder) -> str:
        """Hash recipe, seed, clip and detector."""
        plan = self._plan(order)
        content = {
            "recipe": asdict(plan.recipe),
            "kind": self._recipe,
            "seed": plan.seed,
            "attack": asdict(plan.attack),
            "clip": None if order.clip is None else _contents(order.clip),
            "detector": order.detector and model_sha256(resolve(order.detector)),
            "worlds": plan.sources.worlds,
            "frames": plan.sources.frames,
        }
        return hashlib.sha256(
            json.dumps(content, sort_keys=True, default=dict).encode()
        ).hexdigest()

    def train(self, order: TrainingOrder, folder: Path, progress: CaseProgress) -> Trained:
        """Train, go on, or read what is finished; the folder's name holds the fingerprint.

        Raises:
            PasserbyError: If something cannot be read, trained or written.
        """
        with needing("train", "training"):
            from passerby.train.obfuscator import run  # noqa: PLC0415  (needs torch)
        card = folder / run.CARD_FILE
        if not card.exists():
            run.train_obfuscator(self._plan(order), folder, partial(_told, folder.name, progress))
        facts = read_json(card)
        figures = {
            name: float(facts["figures"][known])
            for known, name in _FIGURES.items()
            if known in facts["figures"]
        }
        kept = ("recipe", "recipe_kind", "made_by", "figures", "sources", "options")
        network = ObfuscationNetwork(folder / run.OBFUSCATOR_FILE)
        return Trained(network, figures, {name: facts[name] for name in kept})

    def _plan(self, order: TrainingOrder) -> "ObfuscatorPlan":
        with needing("train", "training"):
            from passerby.train.obfuscator.data_sources import (  # noqa: PLC0415  (needs torch)
                FrameSources,
            )
            from passerby.train.obfuscator.recipes import obfuscator_recipe  # noqa: PLC0415
            from passerby.train.obfuscator.run import ObfuscatorPlan  # noqa: PLC0415
        recipe: Any = obfuscator_recipe(self._recipe, order.scale, order.variant or None)
        if order.detector:
            width = float(recipe.options.get("width", 1.0)) * order.width
            options = {**recipe.options, "width": width}
            recipe = replace(recipe, detectors=(order.detector,), options=options)
        clips = () if order.clip is None else (order.clip,)
        return ObfuscatorPlan(recipe=recipe, sources=FrameSources(clips, worlds=0), seed=order.seed)


def _contents(clip: Path) -> str:
    """Hash a video, or all files of a folder."""
    files = sorted(file for file in clip.rglob("*") if file.is_file()) if clip.is_dir() else [clip]
    return hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()


def _told(name: str, progress: CaseProgress, training: "TrainingProgress") -> None:
    progress(f"{name}: {training.stage}", training.done, training.total)


for _name in ("de-coninck", "johansson-lundberg"):
    TRAINERS.add(_name, RecipeTrainer(_name))
