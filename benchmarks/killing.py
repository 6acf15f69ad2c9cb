"""Kills processes that a benchmark has started."""

import os
import signal
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess

__all__ = ["kill_processes"]


def kill_processes(
    running: Mapping[str, BaseProcess], names: Sequence[str], number: int = signal.SIGKILL
) -> None:
    """Send a signal to those that live, and wait until they have ended."""
    for name in names:
        process = running[name]
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, number)
    for name in names:
        running[name].join()
