"""A training from a data set to weights and figures, in one folder that it can go on in."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch

from passerby.errors import ConfigError, ModelError
from passerby.evaluate.reid.result_files import write_json
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING
from passerby.models.lookup import model_sha256
from passerby.models.reid import REID_MODELS, ReidNetwork, create
from passerby.models.reid.checkpoint import load_network, read_card, save_network
from passerby.models.reid.weights import BACKBONE_ONLY, exported_file, start_from_export
from passerby.signatures.origin import Origin
from passerby.train.engine.journal import journal
from passerby.train.engine.machine import Machine, machine_of
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.engine.state import check_settings
from passerby.train.reid.batches import BatchComposer, Composer, normalised
from passerby.train.reid.distillation.objective import DistillationObjective
from passerby.train.reid.distillation.sources import (
    AXES_FROM,
    distillation_composer,
    distilled_from,
)
from passerby.train.reid.distillation.teachers import Teachers
from passerby.train.reid.evaluation import can_be_evaluated, evaluate_network
from passerby.train.reid.loop import train_network
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.reading import read_training_pictures
from passerby.train.reid.recipes import STARTS_FROM
from passerby.train.reid.record import as_json, code_and_machine, computed_with, network_card
from passerby.train.reid.state import Objective, ReidTraining, new_training, read_state, write_state
from passerby.train.reid.training_set import TrainingSet, material_of

__all__ = [
    "MODEL_FILE",
    "RESULTS_FILE",
    "STATE_FILE",
    "ReidPlan",
    "asked_of",
    "new_reid_training",
    "train_reid",
]

MODEL_FILE = "model.pt"
RESULTS_FILE = "results.json"
STATE_FILE = "state.pt"


def train_reid(plan: ReidPlan, folder: Path, report: Report = lambda _progress: None) -> Path:
    """Train, or go on with the training in ``folder``, and evaluate.

    Where all is done already, nothing is done again.

    Args:
        plan: Of the training.
        folder: Gets ``model.pt``, ``state.pt``, ``losses.csv``, ``losses.png`` and, where there
            are queries and a gallery, ``results.json``.
        report: Told how far it is.

    Returns:
        The path of ``model.pt``; see `passerby.models.reid.checkpoint.load_network`.

    Raises:
        ConfigError: If the plan does not fit the data set or the machine.
        InputError: If the data set cannot be learned from or evaluated, or a picture be read.
        ModelError: If the folder is of another training, or this one comes to no good.
        OutputError: If the folder cannot be written, or another run writes into it.
    """
    material = material_of(plan.dataset, plan.recipe.order)
    evaluates = plan.evaluates and can_be_evaluated(plan.dataset)
    asked = asked_of(plan, material.people)
    place = OutputFolder.made(folder)
    path, results = folder / MODEL_FILE, folder / RESULTS_FILE
    with (
        machine_of(plan.precision, plan.accumulate, plan.workers) as machine,
        place.locked() if machine.leads else nullcontext(),
    ):
        if path.exists():
            check_settings(read_card(path), asked, path, may_change=())
        else:
            _train(plan, material, asked, machine, folder, report)
        if evaluates and machine.leads and not results.exists():
            _evaluate(plan, path, machine, results, report)
    return path


def asked_of(plan: ReidPlan, people: int) -> dict[str, Any]:
    """Say what a training is asked for; one that was asked for anything else cannot go on."""
    size, _ = REID_MODELS[plan.model].configuration(plan.recipe.scale)
    asked = {
        "model": plan.model,
        "scale": plan.recipe.scale,
        "num_classes": people,
        "size": plan.recipe.size or size,
        "options": {**plan.recipe.options, **plan.options},
        "data_set": plan.dataset.name,
        "split": plan.dataset.split,
        "index_sha256": plan.dataset.sha256,
        "condition": plan.condition,
        "anonymized_by": plan.anonymized_by,
        "weights": plan.weights,
        "weights_sha256": model_sha256(weights)
        if (weights := exported_file(plan.weights) or Path(plan.weights)).is_file()
        else None,
        "seed": plan.seed,
        "recipe": plan.recipe,
    }
    if plan.distillation is not None:
        asked["distillation"] = distilled_from(plan.distillation)
    return {name: as_json(value) for name, value in asked.items()}


def _train(
    plan: ReidPlan,
    material: TrainingSet,
    asked: Mapping[str, Any],
    machine: Machine,
    folder: Path,
    report: Report,
) -> None:
    """Train until there is a network, and write it."""
    maker, computed = code_and_machine(), computed_with(machine)
    state = folder / STATE_FILE
    training, odd = _begun(plan, material.people, machine, asked, computed, state)
    if not machine.leads:
        report = _silent
    for warning in (*material.warnings, *odd):
        report(TrainingProgress("reading", 0, len(material.paths), warning=warning))
    evaluates = machine.leads and plan.evaluates and can_be_evaluated(plan.dataset)
    pictures = read_training_pictures(plan, material.paths, report, evaluates=evaluates)
    composer = _composer(plan, material, pictures, training, report)
    exported = exported_file(plan.weights)
    if training.step == 0 and exported is not None:
        _start_from(exported, training, composer, machine)

    def save() -> None:
        if machine.leads:
            write_state(training, {**asked, "computed_with": computed}, state)

    if not machine.leads:
        train_network(training, composer, machine, save, report)
        return
    names = training.learner.losses
    with journal(folder, names, report, tensorboard=plan.tensorboard) as tell:
        train_network(training, composer, machine, save, tell)
        card = network_card(asked, training.result, training.epoch, maker, computed)
        save_network(training.result, card, folder / MODEL_FILE)


def _start_from(
    path: Path, training: ReidTraining, composer: BatchComposer, machine: Machine
) -> None:
    """Take the weights of an exported network, normalised as the first batch is."""
    first = composer.batch(0, composer.epoch(0)[0], 0)
    network = training.learner.network
    start_from_export(network, path, normalised(first.images, machine.device))
    if training.averaged is not None:
        training.averaged.load_state_dict(network.state_dict())


def _composer(
    plan: ReidPlan,
    material: TrainingSet,
    pictures: Pictures,
    training: ReidTraining,
    report: Report,
) -> BatchComposer:
    """Return what makes batches, with labels or with what teachers say in the place of labels."""
    learner = training.learner
    if not isinstance(learner, DistillationObjective):
        return Composer(pictures, material.labels, plan.recipe, learner.network.size, plan.seed)
    composer = distillation_composer(plan, pictures, learner, report)
    if training.step == 0 and learner.shortens:
        learner.choose_axes(composer.targets(AXES_FROM))
    return composer


def _begun(
    plan: ReidPlan,
    people: int,
    machine: Machine,
    asked: Mapping[str, Any],
    computed: Mapping[str, Any],
    state: Path,
) -> tuple[ReidTraining, tuple[str, ...]]:
    """Start a training run or resume that of a state; returns it, and what is odd about it."""
    goes_on = state.exists()
    later = goes_on or exported_file(plan.weights) is not None
    training = new_reid_training(plan, people, machine, "scratch" if later else plan.weights)
    before = read_state(training, asked, state) if goes_on else {}
    changes = _changes(before.get("computed_with", {}), computed)
    return training, (*_missed_weights(plan, training.learner.network), *changes)


def _missed_weights(plan: ReidPlan, network: ReidNetwork) -> Iterator[str]:
    """What must be known at once about the initial weights of a network."""
    if plan.weights == "imagenet" and network.origin.kind == "scratch":
        yield f"{plan.model} is trained {network.origin}"


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What must be known of a training run that resumes with other settings of the machine."""
    odd = [name for name in now if name in before and before[name] != now[name]]
    if odd:
        told = ", ".join(f"{name} {now[name]} (before: {before[name]})" for name in odd)
        yield f"resumes with {told}: the weights will differ from an uninterrupted run"


def new_reid_training(
    plan: ReidPlan, people: int, machine: Machine, weights: str | Path
) -> ReidTraining:
    """Make the training as it is before anything was learned, from ``weights``."""
    first = STARTS_FROM.get(plan.model)
    if first is not None and plan.weights in ("scratch", "imagenet"):
        raise ConfigError(
            f"{plan.model} starts from a trained {first}: train one, and give its model.pt with "
            "--weights"
        )
    torch.manual_seed(plan.seed)
    network = create(
        plan.model,
        people,
        scale=plan.recipe.scale,
        size=plan.recipe.size,
        weights=weights,
        **{**plan.recipe.options, **plan.options},
    )
    if first is not None and network.origin.note == BACKBONE_ONLY:
        raise ModelError(
            f"{plan.weights} is not a trained {first}, which {plan.model} starts from, but "
            f"only a backbone: give the model.pt of a trained {first} with --weights"
        )
    learner: Objective
    if plan.distillation is None:
        learner = ReidObjective(network, plan.recipe.weights, people, mixed=machine.mixed)
    else:
        teachers = Teachers(plan.distillation.teachers)
        learner = DistillationObjective(network, teachers, mixed=machine.mixed)
    return new_training(machine.placed(learner), plan.recipe)


def _evaluate(plan: ReidPlan, path: Path, machine: Machine, results: Path, report: Report) -> None:
    """Describe queries and gallery, and write what comes of it."""
    network = machine.placed(load_network(path))
    dataset = plan.dataset
    count = len(dataset.part("query")) + len(dataset.part("gallery"))
    origin = Origin(
        data_set=dataset.name,
        split=dataset.split,
        index_sha256=dataset.sha256,
        model=plan.model,
        model_sha256=model_sha256(path),
    )
    result = evaluate_network(
        network,
        dataset,
        plan.recipe,
        plan.anonymize,
        origin=origin,
        progress=lambda done: report(TrainingProgress("evaluating", done, count)),
    )
    write_json(results, {"training": read_card(path), **result.as_dict()}, REPLACING)


def _silent(_progress: TrainingProgress) -> None:
    """Say nothing: the first process says it."""
