"""The training itself."""

import copy
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from passerby.errors import ModelError
from passerby.models.detectors.people import PeopleNetwork
from passerby.train.detector.batches import SceneBatch, SceneComposer, detector_batches
from passerby.train.detector.checkpoint import DetectorTraining, read_checkpoint, write_checkpoint
from passerby.train.detector.losses import Losses, losses_of
from passerby.train.detector.settings import TrainingSettings
from passerby.train.engine.ema import update_ema
from passerby.train.engine.precision import computes_in_bfloat16

__all__ = ["train_people_network"]

_LONGEST_GRADIENT = 10.0


def train_people_network(
    composer: SceneComposer,
    settings: TrainingSettings,
    checkpoint: Path,
    *,
    workers: int = 1,
    save_every: int = 200,
    report: Callable[[int, float, Losses], None] | None = None,
) -> nn.Module:
    """Train until all pictures have been learned from; go on where a checkpoint stopped.

    Args:
        composer: Makes the batches.
        settings: How to learn.
        checkpoint: File that holds the state; it is written as the training goes on.
        workers: Threads that make batches; 0 makes them in this one.
        save_every: Steps between two states on disk.
        report: Called after each step with its number, learning rate and losses.

    Returns:
        The network with averaged weights.

    Raises:
        ModelError: If the losses stop being numbers, or the checkpoint is of another training.
        OutputError: If the checkpoint cannot be written.
    """
    training = _start(settings)
    if checkpoint.exists():
        read_checkpoint(training, settings, checkpoint)
    for batch in detector_batches(composer, training.step, workers):
        rate = settings.rate_at(training.step)
        losses, gradient = _learn(training, batch, rate)
        training.step += 1
        update_ema(training.averaged, training.network, training.step, settings.ema_decay)
        if not torch.isfinite(losses.total + gradient):
            raise ModelError(
                f"the loss became NaN at step {training.step}: start again in another folder "
                f"with a lower learning rate; the last good state is {checkpoint}"
            )
        if report is not None:
            report(training.step, rate, losses)
        if training.step % save_every == 0 or training.step == settings.steps:
            write_checkpoint(training, settings, checkpoint)
    return training.averaged.eval()


def _start(settings: TrainingSettings) -> DetectorTraining:
    torch.manual_seed(settings.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = PeopleNetwork().to(device).to(memory_format=torch.channels_last).train()
    averaged = copy.deepcopy(network).requires_grad_(requires_grad=False)
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
    )
    return DetectorTraining(network, averaged, optimizer)


def _learn(
    training: DetectorTraining, batch: SceneBatch, rate: float
) -> tuple[Losses, torch.Tensor]:
    """Learn from one batch; returns its losses and the length of their gradient."""
    device = next(training.network.parameters()).device
    images = batch.images.to(device).float().contiguous(memory_format=torch.channels_last)
    for group in training.optimizer.param_groups:
        group["lr"] = rate
    mixed = computes_in_bfloat16("auto", device)
    with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
        prediction = training.network(images)
    height, width = images.shape[2:]
    losses = losses_of(prediction, batch.labels, batch.advice, (height, width))
    training.optimizer.zero_grad()
    losses.total.backward()  # type: ignore[no-untyped-call]
    length = nn.utils.clip_grad_norm_(training.network.parameters(), _LONGEST_GRADIENT)
    training.optimizer.step()
    return Losses(*(part.detach() for part in losses)), length
