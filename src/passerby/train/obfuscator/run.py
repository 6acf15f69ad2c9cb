"""A training from its sources to the file that can be used, in one folder that it can go on in."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch import nn

from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING, write_text
from passerby.models.obfuscators import (
    Obfuscator,
    export_obfuscator,
    network_cost,
    write_obfuscator,
)
from passerby.runtime.provenance import commit, machine
from passerby.train.engine.curves import Curves
from passerby.train.engine.journal import journal
from passerby.train.engine.loop import Epoch, train
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.engine.state import read_training, write_training
from passerby.train.obfuscator.adversarial import AdversarialTraining, Diagnosis
from passerby.train.obfuscator.constrained import ConstrainedRecipe
from passerby.train.obfuscator.data_sources import FrameSources, describe_source
from passerby.train.obfuscator.de_coninck import DeConinckRecipe
from passerby.train.obfuscator.detectors import open_detectors
from passerby.train.obfuscator.filter_data import (
    FilterData,
    People,
    Squares,
    synthetic_stills,
    tvpr,
)
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.johansson_lundberg import JohanssonLundbergRecipe
from passerby.train.obfuscator.live_pictures import write_live_picture
from passerby.train.obfuscator.pool import read_pool
from passerby.train.obfuscator.selection import check_detectors
from passerby.train.obfuscator.settings import (
    DeConinck,
    JohanssonLundberg,
    ObfuscatorRecipe,
    Silhouettes,
)
from passerby.train.obfuscator.silhouette_recipe import SilhouetteRecipe

__all__ = ["CARD_FILE", "CHECKPOINT_FILE", "OBFUSCATOR_FILE", "ObfuscatorPlan", "train_obfuscator"]

OBFUSCATOR_FILE = "obfuscator.onnx"
CHECKPOINT_FILE = "obfuscator.pt"
CARD_FILE = "obfuscator.json"

_COSTS_AT = 200, 320
"""Height and width at which costs are quoted, as in De Coninck et al."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObfuscatorPlan:
    """A whole training.

    Attributes:
        recipe: How to learn.
        sources: What to learn from. The recipe johansson-lundberg draws what it learns from,
            unless there is a folder of TVPR.
        seed: Of everything.
        attack: How fresh attackers learn whose figures are on the card.
        pictures: Whether to draw a picture of each epoch.
    """

    recipe: ObfuscatorRecipe
    sources: FrameSources
    seed: int = 0
    attack: AttackSettings = field(default_factory=AttackSettings)
    pictures: bool = True


class _Run(Protocol):
    """What all recipes have."""

    losses: ClassVar[tuple[str, ...]]
    training: AdversarialTraining
    diagnosis: Diagnosis

    @property
    def result(self) -> Obfuscator: ...

    @property
    def rebuild(self) -> nn.Module | None: ...

    def epochs(self) -> Iterator[Epoch[Any]]: ...

    def conclude(self, attack: AttackSettings, report: Report) -> dict[str, Any]: ...


def train_obfuscator(
    plan: ObfuscatorPlan, folder: Path, report: Report = lambda _progress: None
) -> Path:
    """Train, or go on with the training in ``folder``, and write the network and its card there.

    Args:
        plan: Of the training.
        folder: Gets the state, the losses, the diagnosis, pictures of people who do not exist, the
            network (ONNX, and as torch weights) and its card.
        report: Told how far it is.

    Returns:
        The ONNX file.

    Raises:
        ConfigError: If there is nothing to learn from.
        InputError: If a source cannot be read.
        ModelError: If a detector is missing or cannot be made differentiable, the state in the
            folder is of another training, or a loss becomes NaN.
        OutputError: If the folder cannot be written, or another run writes into it.
    """
    with OutputFolder.made(folder).locked():
        run = _run(plan, report)
        _follow(run, plan, folder, report)
        figures = run.conclude(plan.attack, report)
        return _written(plan, folder, run.result, figures)


def _run(plan: ObfuscatorPlan, report: Report) -> _Run:
    own = Machine(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    recipe, seed = plan.recipe, plan.seed
    if isinstance(recipe, JohanssonLundberg):
        return JohanssonLundbergRecipe(recipe, _filter_data(recipe, plan), own, seed)
    detectors = open_detectors(recipe.detectors, own)
    pool = read_pool(plan.sources, seed, report)
    check_detectors(detectors, pool.train)
    if isinstance(recipe, DeConinck):
        return DeConinckRecipe(recipe, pool, detectors, own, seed)
    if isinstance(recipe, Silhouettes):
        return SilhouetteRecipe(recipe, pool, detectors, own, seed)
    return ConstrainedRecipe(recipe, pool, detectors, own, seed)


def _filter_data(recipe: JohanssonLundberg, plan: ObfuscatorPlan) -> FilterData:
    if recipe.data == "squares":
        return Squares(recipe.measured, recipe.reid_size)
    if plan.sources.data:
        return People(tvpr(plan.sources.data[0], recipe.reid_size))
    return People(synthetic_stills(side=recipe.reid_size))


def _follow(run: _Run, plan: ObfuscatorPlan, folder: Path, report: Report) -> None:
    """Train; after each epoch, write the state down, and say how the attackers are doing."""
    own = Machine(next(run.result.parameters()).device)
    asked = {"recipe": _plain(asdict(plan.recipe)), "seed": plan.seed, "data": _data(plan)}
    state = folder / "state.pt"
    if state.exists():
        read_training(run.training, asked, state)
    with ExitStack() as stack:
        tell = stack.enter_context(journal(folder, run.losses, report))
        train(
            run.training,
            _diagnosed(run, plan, folder, tell, stack),
            own,
            lambda: write_training(run.training, asked, state),
            tell,
            seed=plan.seed,
            remedy="start again in another folder with lower learning rates; the last good state "
            f"is {state}",
        )


def _diagnosed(
    run: _Run, plan: ObfuscatorPlan, folder: Path, tell: Report, stack: ExitStack
) -> Iterator[Epoch[Any]]:
    """Pass epochs on; when one is over, say how the attackers did, and draw a picture."""
    table: Curves | None = None
    for epoch in run.epochs():
        yield epoch
        training, figures = run.training, run.diagnosis.numbers()
        table = table or stack.enter_context(Curves(folder / "diagnosis.csv", tuple(figures)))
        table.add(training.step, 0.0, figures.values())
        tell(
            TrainingProgress(
                "training",
                training.step,
                epoch.steps,
                epoch.number,
                saved=training.step,
                note=f"after {training.step} steps: {run.diagnosis.line()}",
                warning=run.diagnosis.warning(),
            )
        )
        if plan.pictures:
            path = folder / "pictures" / f"epoch-{training.epoch:05d}.png"
            write_live_picture(path, training.result, run.rebuild)


def _written(
    plan: ObfuscatorPlan, folder: Path, network: Obfuscator, figures: dict[str, Any]
) -> Path:
    """Write the network and its card, which is in all of its files."""
    card = _card(plan, network, figures)
    write_obfuscator(folder / CHECKPOINT_FILE, network, card)
    path = folder / OBFUSCATOR_FILE
    export_obfuscator(network.eval(), path, card)
    content = path.read_bytes()
    facts = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    text = json.dumps({**facts, **card}, indent=2) + "\n"
    write_text(folder / CARD_FILE, text, REPLACING)
    return path


def _card(plan: ObfuscatorPlan, network: Obfuscator, figures: dict[str, Any]) -> dict[str, Any]:
    """Say what a user must know before trusting the network."""
    sources = [asdict(describe_source(path)) for path in plan.sources.data]
    cost = network_cost(network, *_COSTS_AT)
    return {
        "architecture": network.name,
        "options": _plain(network.options),
        "macs_at_320x200": cost.macs,
        "parameters": cost.parameters,
        "recipe": _plain(asdict(plan.recipe)),
        "recipe_kind": type(plan.recipe).__name__,
        "seed": plan.seed,
        "sources": sources,
        "synthetic_worlds": plan.sources.worlds,
        "upright": plan.sources.upright,
        "views": plan.sources.views,
        "windows": plan.sources.windows,
        "ships": all(source["ships"] for source in sources),
        "figures": figures,
        **_fresh_attackers(figures),
        "does_not_hide": "where people are, when, how many, how large, how they move and their "
        "outlines; and whatever the fresh attack explains of their pixels",
        "made_by": {"commit": commit(), "machine": machine()},
    }


def _fresh_attackers(figures: dict[str, Any]) -> dict[str, Any]:
    """Return what the operator ``learned`` reads before it calls a network weak or strong."""
    if "fresh_recognition" not in figures:
        return {}
    return {
        "fresh_attackers": {
            "explained_variance": figures["fresh_attack"]["explained_people"],
            "reid_auc": figures["fresh_recognition"]["auc"],
        }
    }


def _data(plan: ObfuscatorPlan) -> dict[str, Any]:
    sources = plan.sources
    return {
        "names": [path.name for path in sources.data],
        "frames": sources.frames,
        "worlds": sources.worlds,
        "upright": sources.upright,
        "views": sources.views,
        "windows": sources.windows,
        "person_model": sources.person_model,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Turn tuples into lists, as JSON does."""
    return json.loads(json.dumps(value, default=dict))
