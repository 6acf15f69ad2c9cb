"""Trains and tests whatever a table needs and is not there yet."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from passerby.datasets import ReidDataset
from passerby.errors import InputError
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.results import Result
from passerby.files.output_folder import OutputFolder
from passerby.models.reid.checkpoint import read_card
from passerby.reproduce.experiment import CaseProgress, Warn
from passerby.reproduce.measurement import (
    Measurement,
    read_measurement,
    write_measurement,
)
from passerby.reproduce.reid.case import ORIGINAL, RULES, ReidCase
from passerby.reproduce.reid.figures import figures_of
from passerby.reproduce.reid.originals import OWN, check_original, read_original
from passerby.reproduce.reid.signatures import query_and_gallery
from passerby.reproduce.reid.trainings import hash_of, name_of, recipe_of
from passerby.reproduce.reid.twins import ConditionDataset, dataset_for
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace
from passerby.runtime.counting import counted
from passerby.runtime.provenance import versions
from passerby.train.engine.progress import TrainingProgress as Training
from passerby.train.reid.record import as_json, code_and_machine
from passerby.train.reid.run import ReidPlan, train_reid
from passerby.train.reid.settings import PKSampling

__all__ = ["measure_table"]


def measure_table(
    request: Request,
    workspace: Workspace,
    progress: CaseProgress,
    warn: Warn = lambda _text: None,
) -> None:
    """Measure all cases of a table that are not measured yet, seed after seed and row after row.

    Networks trained on originals come first: they say what anonymized tests cost before any other
    is trained. It may be stopped at any time, and goes on where it was.

    Args:
        request: What is asked for. Lines whose data set is not there are left out.
        workspace: Where twins, trainings and measurements are kept.
        progress: Told what is being done and how far it is.
        warn: Told what a user must know of a training at once, in one line.

    Raises:
        ConfigError: If something in the workspace was made otherwise, or of other pictures.
        InputError: If a data set cannot be read or trained on.
        ModelError: If a network is missing or its training fails.
        OutputError: If anything cannot be written, or another run writes into the workspace.
    """
    with OutputFolder.made(workspace.root).locked():
        _measure(request, _Run(request, workspace, progress, warn))


def _measure(request: Request, run: "_Run") -> None:
    lines = request.experiment.chosen(request.rows)
    cases = [line.case for line in lines if isinstance(line.case, ReidCase)]
    cases.sort(key=lambda case: case.trained_on != ORIGINAL)
    for seed in request.seeds:
        for case in cases:
            if case.dataset in request.roots:
                run.measure(case, seed)


class _Run:
    """One pass over a table; data sets are read, and twins looked through, once."""

    def __init__(
        self,
        request: Request,
        workspace: Workspace,
        progress: CaseProgress,
        warn: Warn,
    ) -> None:
        self._request = request
        self._workspace = workspace
        self._progress = progress
        self._warn = warn
        self._stamp = _stamp(request.command)
        self._originals = {name: self._original(name) for name in request.roots}
        self._images: dict[tuple[str, str], ConditionDataset] = {}

    def _original(self, name: str) -> ReidDataset:
        dataset = read_original(self._request.roots[name], name)
        if dataset.name == OWN:
            self._warn(
                f"{dataset.root} is a data set of your own, in the place of {name}: its figures "
                "cannot be compared with published ones, but its effects can"
            )
        told = partial(self._progress, f"reading {name}")
        # Twins of a data set lie below its own name, measurements below that of the table.
        for known in dict.fromkeys((name, dataset.name)):
            check_original(dataset, self._workspace.original(known), told)
        return dataset

    def measure(self, case: ReidCase, seed: int) -> None:
        """Train and test, unless that was done with the same images and settings."""
        request = self._request
        trained_on = self._under(case.dataset, case.trained_on)
        tested_on = self._under(case.dataset, case.tested_on)
        plan = self._plan(case, trained_on, seed)
        _check_enough(plan)
        hashed, rules = hash_of(plan, trained_on), _rules(case, tested_on.dataset)
        made_from = _made_from(hashed, tested_on, rules)
        path = self._workspace.measurement(case, request.scale, seed)
        if path.exists() and read_measurement(path).made_from == made_from:
            return
        folder = self._workspace.training(name_of(plan, hashed))
        network = train_reid(plan, folder, self._told(folder.name))
        result = self._evaluate(network, tested_on, rules)
        figures, by_item = figures_of(result)
        measured = Measurement(
            study="re-identification",
            case=case,
            scale=request.scale,
            seed=seed,
            made_from=made_from,
            figures=figures,
            groups=result.ids,
            by_item=by_item,
            training=_facts(plan, network, trained_on)
            | {"faces": tested_on.faces or trained_on.faces},
            stamp=self._stamp,
        )
        write_measurement(path, measured)

    def _under(self, dataset: str, condition: str) -> ConditionDataset:
        key = dataset, condition
        if key not in self._images:
            self._images[key] = dataset_for(
                self._originals[dataset],
                condition,
                self._request.scale,
                self._workspace,
                self._request.workers,
                self._progress,
            )
        return self._images[key]

    def _plan(self, case: ReidCase, images: ConditionDataset, seed: int) -> ReidPlan:
        request = self._request
        return ReidPlan(
            model=case.model,
            dataset=images.dataset,
            recipe=recipe_of(request.experiment.paper, case.model, request.scale),
            seed=seed,
            weights=request.weights,
            anonymize=images.anonymize,
            condition=case.trained_on,
            workers=request.workers,
            evaluates=False,
        )

    def _evaluate(self, network: Path, images: ConditionDataset, rules: Protocol) -> Result:
        told = partial(self._progress, "describing queries and gallery")
        return evaluate(*query_and_gallery(network, images, told), rules, verify=False)

    def _told(self, name: str) -> Callable[[Training], None]:
        def told(training: Training) -> None:
            what = f"{name}: {training.stage}" + f" epoch {training.epoch}" * bool(training.epoch)
            self._progress(what, training.done, training.total)
            if training.warning:
                self._warn(f"{name}: {training.warning}")

        return told


def _check_enough(plan: ReidPlan) -> None:
    """Make sure that there are people for a batch: the recipe is the table's, and has no option.

    Raises:
        InputError: If there are too few.
    """
    order, people = plan.recipe.order, len(set(plan.dataset.part("train").identities.tolist()))
    if isinstance(order, PKSampling) and people < order.people:
        raise InputError(
            f"{plan.dataset.root} has {counted(people, 'person')} to train on, but each batch of "
            f"the recipe has {order.people}: name a data set with more people"
        )


def _rules(case: ReidCase, dataset: ReidDataset) -> Protocol:
    """The paper's rules, and the data set's on images by the query's own camera."""
    return replace(RULES[case.rules], drop_same_camera=dataset.protocol.same_camera == "left out")


def _made_from(training: str, images: ConditionDataset, rules: Protocol) -> dict[str, Any]:
    return {
        "training": training,
        "index": images.dataset.sha256,
        "images": images.sha256,
        "rules": as_json(rules),
    }


def _facts(plan: ReidPlan, network: Path, images: ConditionDataset) -> dict[str, Any]:
    """What to know of a training; where weights lie on this machine is left out."""
    train = plan.dataset.part("train")
    card = read_card(network)
    return {
        "name": network.parent.name,
        "dataset": plan.dataset.name,
        "weights": {name: card["origin"][name] for name in ("kind", "sha256", "note")},
        "images": len(train),
        "people": len(set(train.identities.tolist())),
        "anonymized_by": images.settings,
        "recipe": as_json(plan.recipe),
        # Networks of before it was kept do not say it.
        "made_by": card.get("made_by"),
    }


def _stamp(command: str) -> dict[str, Any]:
    return {
        "command": command,
        **code_and_machine(),
        "versions": versions() | {name: version(name) for name in ("torch", "torchvision")},
    }
