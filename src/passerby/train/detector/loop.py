"""The epochs of the detector's training: what is learned from, and how."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from passerby.models.detectors.people import PeopleNetwork
from passerby.models.exported_weights import restore
from passerby.train.detector.batches import SceneBatch, SceneComposer, detector_batches
from passerby.train.detector.checkpoint import read_checkpoint, write_checkpoint
from passerby.train.detector.losses import losses_of
from passerby.train.detector.settings import TrainingSettings
from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.loop import Epoch, train
from passerby.train.engine.machine import Machine
from passerby.train.engine.precision import computes_in_bfloat16
from passerby.train.engine.progress import Report
from passerby.train.engine.training import Training

__all__ = ["train_people_network"]

_LONGEST_GRADIENT = 10.0


def train_people_network(
    composer: SceneComposer,
    settings: TrainingSettings,
    checkpoint: Path,
    *,
    workers: int = 1,
    start: Path | None = None,
    save_every: int = 200,
    report: Report = lambda _progress: None,
) -> PeopleNetwork:
    """Train until all pictures have been learned from; go on where a checkpoint stopped.

    Args:
        composer: Makes the batches.
        settings: How to learn.
        checkpoint: File that holds the state; it is written as the training goes on.
        workers: Threads that make batches; 0 makes them in this one.
        start: An exported network whose weights it starts from; None for random ones.
        save_every: Steps between two states on disk.
        report: Told of each step.

    Returns:
        The network with averaged weights.

    Raises:
        ModelError: If the losses stop being numbers, or the checkpoint is of another training.
        OutputError: If the checkpoint cannot be written.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    machine = Machine(device, computes_in_bfloat16("auto", device), workers=workers)
    goes_on = checkpoint.exists()
    network = _new_network(composer, settings, machine, None if goes_on else start)
    training = _new_training(network, settings)
    if goes_on:
        read_checkpoint(training, settings, checkpoint)
    train(
        training,
        _epochs(training, composer, settings, machine, save_every),
        machine,
        lambda: write_checkpoint(training, settings, checkpoint),
        report,
        seed=settings.seed,
        remedy="start again in another folder with a lower learning rate; the last good state is "
        f"{checkpoint}",
    )
    return training.result.eval()


def _new_network(
    composer: SceneComposer, settings: TrainingSettings, machine: Machine, start: Path | None
) -> PeopleNetwork:
    """A network with random weights, or with those that a file holds."""
    torch.manual_seed(settings.seed)
    network = machine.placed(PeopleNetwork()).train()
    if start is not None:
        restore(network, start, composer.batch(0).images.to(machine.device))
    return network


def _new_training(network: PeopleNetwork, settings: TrainingSettings) -> Training[PeopleNetwork]:
    """A training that has not begun yet."""
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
    )
    return Training(
        network=network,
        optimizers=(optimizer,),
        averaged=averaged_copy(network),
        ema_decay=settings.ema_decay,
    )


def _epochs(
    training: Training[PeopleNetwork],
    composer: SceneComposer,
    settings: TrainingSettings,
    machine: Machine,
    save_every: int,
) -> Iterator[Epoch[SceneBatch]]:
    """The steps that are left, so many at a time: no picture comes twice, as in a data set."""
    with closing(detector_batches(composer, training.step, machine.workers)) as batches:
        while training.step < settings.steps:
            some = islice(batches, save_every - training.step % save_every)
            yield _epoch(training, some, settings, machine)


def _epoch(
    training: Training[PeopleNetwork],
    batches: Iterator[SceneBatch],
    settings: TrainingSettings,
    machine: Machine,
) -> Epoch[SceneBatch]:
    first = training.step

    def rate(number: int) -> float:
        return settings.rate_at(first + number)

    def learn(batch: SceneBatch, rate: float) -> dict[str, Tensor]:
        return _learn(training, batch, rate, machine)

    return Epoch(batches=batches, rate=rate, learn=learn, steps=settings.steps)


def _learn(
    training: Training[PeopleNetwork], batch: SceneBatch, rate: float, machine: Machine
) -> dict[str, Tensor]:
    """Take one step; returns its losses."""
    (optimizer,) = training.optimizers
    images = batch.images.to(machine.device).float()
    images = images.contiguous(memory_format=torch.channels_last)
    for group in optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast(machine.device.type, torch.bfloat16, enabled=machine.mixed):
        prediction = training.network(images)
    height, width = images.shape[2:]
    losses = losses_of(prediction, batch.labels, batch.advice, (height, width))
    optimizer.zero_grad()
    losses.total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(training.network.parameters(), _LONGEST_GRADIENT)
    optimizer.step()
    every = {"total": losses.total, **losses._asdict()}
    return {name: loss.detach() for name, loss in every.items()}
