"""What a training writes down as it goes on: a line a step, and a picture of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from passerby.errors import ConfigError
from passerby.train.engine.curves import Curves
from passerby.train.engine.progress import Report, TrainingProgress

__all__ = ["journal"]


@contextmanager
def journal(
    folder: Path, losses: Sequence[str], report: Report, *, tensorboard: bool = False
) -> Iterator[Report]:
    """Give a report that writes losses down before it passes them on.

    Args:
        folder: Gets ``losses.csv`` and, at the end, ``losses.png``.
        losses: Names of those that are written down.
        report: Told everything.
        tensorboard: Whether ``tensorboard/`` in the folder gets them too.

    Raises:
        ConfigError: If TensorBoard is wanted and not installed.
        OutputError: If anything cannot be written.
    """
    board = _board(folder / "tensorboard") if tensorboard else None

    with Curves(folder / "losses.csv", losses) as curves:

        def tell(progress: TrainingProgress) -> None:
            if progress.losses:
                row = [progress.losses[name] for name in losses]
                curves.add(progress.done, progress.learning_rate, row)
                if board is not None:
                    rate = {"learning_rate": progress.learning_rate}
                    for name, value in {**rate, **progress.losses}.items():
                        board.add_scalar(name, value, progress.done)
            report(progress)

        yield tell
    if board is not None:
        board.close()
    curves.plot(folder / "losses.png")


def _board(folder: Path) -> Any:  # noqa: ANN401 - a class of a package that may be missing
    try:
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError("TensorBoard is not installed: run `pip install tensorboard`") from error
    return SummaryWriter(folder)
