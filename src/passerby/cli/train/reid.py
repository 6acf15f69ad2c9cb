"""``passerby train reid``: networks for re-identification, from raw or anonymized images."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from rich.progress import TaskID

from passerby.cli.console import Bar, complain, say
from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.train.console import leads, training_progress
from passerby.cli.train.options import ComputeOptions, TrainingOptions
from passerby.cli.train.recipes import RecipeOptions
from passerby.datasets import ReidDataset, read_dataset
from passerby.extras import needing
from passerby.runtime.signals import Terminated

if TYPE_CHECKING:
    from passerby.train.engine.progress import TrainingProgress

__all__ = ["reid"]


def reid(
    *,
    what: Annotated[
        TrainingOptions, Parameter(name="*", group=Group("Network and data", sort_key=0))
    ],
    which: Which = None,
    recipe: Annotated[
        RecipeOptions | None, Parameter(name="*", group=Group("Recipe", sort_key=3))
    ] = None,
    how: Annotated[
        ComputeOptions | None, Parameter(name="*", group=Group("Machine", sort_key=4))
    ] = None,
) -> int:
    """Train a network for re-identification, and evaluate it.

    The folder gets the network with its card (model.pt), its figures (results.json), and the loss
    curve. No image is written. A GPU is used if there is one; for several, use `torchrun
    --no-python --nproc-per-node 4 passerby train reid ...`.

    Example: passerby train reid --model bot --data Market-1501-v15.09.15 --weights imagenet -o bot

    Example: passerby train reid --scale quick --data market --anonymize van-rooijen-black -o black

    Example: passerby train reid --model mobilenet-v2 --data people --teacher reid-0248 -o small

    Args:
        what: What is trained, on what.
        which: Which data set, and which split of it.
        recipe: Which recipe, and what of it to change.
        how: What it is computed with.
    """
    with needing("train", "training"):
        from passerby.train.reid import recipes  # noqa: PLC0415
        from passerby.train.reid.run import RESULTS_FILE, ReidPlan, train_reid  # noqa: PLC0415
    how, recipe = how or ComputeOptions(), recipe or RecipeOptions()
    anonymizer, dataset = what.anonymizer, _dataset(what, which or DatasetOptions())
    if anonymizer is not None:
        anonymizer.expect([sample.path for sample in dataset.samples])
    plan = ReidPlan(
        model=what.model,
        recipe=recipe.apply(recipes.recipe(what.model, recipe.scale)),
        dataset=dataset,
        seed=how.seed,
        weights=what.weights,
        anonymize=anonymizer,
        anonymized_by=None if anonymizer is None else anonymizer.made_by,
        condition=what.named_condition,
        workers=how.workers,
        options=what.options,
        precision=how.precision,
        accumulate=how.accumulate,
        evaluates=how.evaluate,
        tensorboard=how.tensorboard,
        distillation=what.distillation,
    )
    for note in () if anonymizer is None or not leads() else anonymizer.notes:
        complain(note)
    with training_progress("") as bar:
        shown = _ShownProgress(bar, plan.recipe.epochs)
        try:
            path = train_reid(plan, what.output, shown)
        except (KeyboardInterrupt, Terminated):
            if shown.epoch > 1 and leads():
                complain(
                    f"epoch {shown.epoch} of {shown.epochs} was interrupted, and what comes before "
                    f"it is saved in {what.output}: run the same command to go on"
                )
            raise
    if leads():
        _conclude(path, path.with_name(RESULTS_FILE))
    return EXIT_OK


def _dataset(what: TrainingOptions, which: DatasetOptions) -> ReidDataset:
    """Read the index; what there is to say about it, the first process says."""
    if leads():
        return which.read(what.data)
    return read_dataset(what.data, which.name, which.choice)


def _conclude(path: Path, results: Path) -> None:
    say(str(path))
    if results.exists():
        say(_summary(json.loads(results.read_text(encoding="utf-8"))))


class _ShownProgress:
    """Shows progress, one line a stage, and warnings above it.

    Attributes:
        epochs: How many there will be.
        epoch: Which it is, from 1; 0 before the first.
    """

    def __init__(self, bar: Bar, epochs: int) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self.epochs, self.epoch = epochs, 0

    def __call__(self, progress: "TrainingProgress") -> None:
        self.epoch = max(self.epoch, progress.epoch)
        if progress.warning:
            complain(progress.warning)
        text: str = progress.stage
        if progress.losses:
            text = f"epoch {progress.epoch}/{self.epochs}, loss {progress.losses['total']:.3f}"
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = self._bar.add_task(text, total=progress.total)
        task = self._tasks[progress.stage]
        self._bar.describe(task, text)
        self._bar.update(task, completed=progress.done, total=progress.total)


def _summary(results: dict[str, Any]) -> str:
    return f"rank-1 {results['rank1']:.4f}, mAP {results['mAP']:.4f}"
