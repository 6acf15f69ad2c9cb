"""What a training computes with: a processor, a GPU, or several GPUs (torchrun)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from passerby.errors import ConfigError
from passerby.runtime.allocation import kept_memory
from passerby.train.engine.precision import Precision, computes_in_bfloat16

__all__ = ["Machine", "Share", "machine_of"]

Module = TypeVar("Module", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of every batch a process computes, and in how many steps.

    Attributes:
        rank: Number of the process, from 0.
        processes: How many there are.
        accumulate: Into how many parts each splits its share to need less memory.
    """

    rank: int = 0
    processes: int = 1
    accumulate: int = 1

    @property
    def parts(self) -> tuple[int, ...]:
        """Numbers of the parts of a batch that are this process's."""
        first = self.rank * self.accumulate
        return tuple(range(first, first + self.accumulate))


@dataclass(frozen=True, slots=True)
class Machine:
    """What a training computes with.

    Attributes:
        device: Of this process.
        mixed: Whether networks compute in bfloat16.
        share: Of each batch, this process's.
        workers: Threads that prepare batches.
    """

    device: torch.device
    mixed: bool = False
    share: Share = field(default_factory=Share)
    workers: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and reports."""
        return self.share.rank == 0

    def placed(self, module: Module) -> Module:
        """Return a module on the device, its maps in the order that is quickest."""
        return module.to(self.device).to(memory_format=torch.channels_last)

    def shared(self, module: nn.Module) -> nn.Module:
        """Return a module whose gradients are averaged over all processes."""
        if self.share.processes == 1:
            return module
        devices = [self.device.index] if self.device.type == "cuda" else None
        return DistributedDataParallel(module, device_ids=devices)


@contextmanager
def machine_of(precision: Precision, accumulate: int, workers: int) -> Iterator[Machine]:
    """Find out what there is, and join the other processes that torchrun started.

    Args:
        precision: Of networks while they learn.
        accumulate: Into how many parts a process splits its share of a batch.
        workers: Threads that prepare batches.

    Raises:
        ConfigError: If the precision is unknown, a number out of range, or there are more processes
            than GPUs.
    """
    if accumulate < 1 or workers < 0:
        raise ConfigError(
            f"accumulate is {accumulate} and workers {workers}: at least 1 and 0 are needed"
        )
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = _own_gpu()
        torch.cuda.set_device(device)
        torch.backends.cudnn.benchmark = True  # all batches have one size
    joins = processes > 1 and not distributed.is_initialized()
    if joins:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        share = Share(rank, processes, accumulate)
        with kept_memory():
            yield Machine(device, computes_in_bfloat16(precision, device), share, workers)
    finally:
        if joins:
            distributed.destroy_process_group()


def _own_gpu() -> torch.device:
    number, gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    processes = max(int(os.environ.get("LOCAL_WORLD_SIZE", "1")), number + 1)
    if processes > gpus:
        raise ConfigError(
            f"{processes} processes cannot have a GPU each: this machine has {gpus}: start at most "
            f"--nproc-per-node {gpus}"
        )
    return torch.device("cuda", number)
