"""``passerby train reid``: networks for re-identification, from raw or anonymized images."""

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Group, Parameter

from passerby.cli.console import complain, say
from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.train.console import leads, shown_training
from passerby.cli.train.federated import FederationOptions, run_federated
from passerby.cli.train.options import ComputeOptions, TrainingOptions
from passerby.cli.train.recipes import RecipeOptions
from passerby.datasets import ReidDataset, read_dataset
from passerby.errors import ConfigError
from passerby.extras import needing

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
    together: Annotated[
        FederationOptions | None, Parameter(name="*", group=Group("Federation", sort_key=5))
    ] = None,
) -> int:
    """Train a network for re-identification, and evaluate it.

    The folder gets the network with its card (model.pt), its figures (results.json), and the loss
    curve. No image is written. A GPU is used if there is one; for several, use `torchrun
    --no-python --nproc-per-node 4 passerby train reid ...`.

    Example: passerby train reid --model bot --data Market-1501-v15.09.15 --weights imagenet -o bot

    Example: passerby train reid --scale quick --data market --anonymize van-rooijen-black -o black

    Example: passerby train reid --model mobilenet-v2 --data people --teacher reid-0248 -o small

    With --federated, several sites learn one network together. Each keeps its images, anonymizes
    them as it reads them, and sends what its network learned; a server averages. Give all of them
    the same options about network, recipe, --anonymize and rounds: whoever differs is refused. Keys
    of sites are made with `ssh-keygen -t ecdsa -b 384 -N '' -f hall -C hall`; the server gets a
    file with all lines of the .pub files. It runs nothing on the sites.

    Example: passerby train reid --federated server --address 0.0.0.0:9443 --certificate server.crt
    --private-key server.key --sites sites.pub --anonymize van-rooijen-black --scale quick -o all

    Example: passerby train reid --federated client --address server:9443 --certificate ca.crt
    --private-key hall --anonymize van-rooijen-black --scale quick --data hall-people -o hall

    Args:
        what: What is trained, on what.
        which: Which data set, and which split of it.
        recipe: Which recipe, and what of it to change.
        how: What it is computed with.
        together: How sites learn together.
    """
    with needing("train", "training"):
        from passerby.train.reid import recipes  # noqa: PLC0415
        from passerby.train.reid.run import RESULTS_FILE, ReidPlan, train_reid  # noqa: PLC0415
    how, recipe = how or ComputeOptions(), recipe or RecipeOptions()
    together = together or FederationOptions()
    if together.federated is not None and recipe.epochs is not None:
        raise ConfigError("a federation counts in rounds: give --rounds, not --epochs")
    anonymizer = what.anonymizer
    dataset = _dataset(what, which or DatasetOptions(), together)
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
    if together.federated is not None:
        run_federated(plan, together, what.output)
        return EXIT_OK
    with shown_training(what.output, plan.recipe.epochs) as report:
        path = train_reid(plan, what.output, report)
    if leads():
        _conclude(path, path.with_name(RESULTS_FILE))
    return EXIT_OK


def _dataset(
    what: TrainingOptions, which: DatasetOptions, together: FederationOptions
) -> ReidDataset:
    """Read the index; what there is to say about it, the first process says."""
    if together.federated == "server":
        if what.data is not None:
            raise ConfigError("the server of a federation has no images: leave --data out")
        return ReidDataset("none", Path(), ())
    if what.data is None:
        raise ConfigError("there is nothing to learn from: give --data")
    if leads():
        return which.read(what.data)
    return read_dataset(what.data, which.name, which.choice)


def _conclude(path: Path, results: Path) -> None:
    say(str(path))
    if results.exists():
        say(_summary(json.loads(results.read_text(encoding="utf-8"))))


def _summary(results: dict[str, Any]) -> str:
    return f"rank-1 {results['rank1']:.4f}, mAP {results['mAP']:.4f}"
