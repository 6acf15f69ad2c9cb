"""CMC and ROC curves as pictures."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.results import Result
from passerby.extras import needing
from passerby.files.partial import ANEW, PartialFile, Permit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check_can_draw", "draw_cmc", "draw_roc"]

FORMATS = (".png", ".svg", ".pdf")
POINTS = 500
"""Of a ROC curve."""


def check_can_draw(target: Path) -> None:
    """Find out before the work whether a curve can be drawn.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
    """
    if target.suffix.lower() not in FORMATS:
        raise ConfigError(f"{target}: curves are written as {', '.join(FORMATS)}: use one of them")
    with needing("evaluate", "drawing a curve"):
        import matplotlib.figure  # noqa: F401, PLC0415  (an extra)


def draw_cmc(target: Path, results: Mapping[str, Result], permit: Permit = ANEW) -> None:
    """Draw how often a match is among the nearest 1, 2, ... images.

    Args:
        target: A PNG, SVG or PDF file.
        results: By what to call them.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        OutputError: If it cannot be written.
    """

    def draw(axes: "Axes") -> None:
        for name, result in results.items():
            label = f"{name}: rank-1 {result.rank(1):.1%}, mAP {result.mean_average_precision:.1%}"
            axes.plot(np.arange(1, len(result.cmc) + 1), result.cmc, label=label)
        axes.set(xlabel="rank", ylabel="share of queries with a match", ylim=(0, 1.02))

    _draw(target, draw, permit)


def draw_roc(target: Path, results: Mapping[str, Result], permit: Permit = ANEW) -> None:
    """Draw true accepts over false accepts, the latter on a logarithmic axis.

    Args:
        target: A PNG, SVG or PDF file.
        results: By what to call them; with `Result.verification`.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        InputError: If pairs were not counted.
        OutputError: If it cannot be written.
    """
    rates = np.logspace(-6, 0, POINTS)

    def draw(axes: "Axes") -> None:
        for name, result in results.items():
            if result.verification is None:
                raise InputError(f"{name} has no pairs to draw: evaluate it with verify=True")
            false, true = result.verification.roc()
            reached = true[np.searchsorted(false, rates, "right") - 1]
            axes.plot(rates, reached, label=f"{name}: AUC {result.verification.auc:.4f}")
        axes.set(xlabel="false accepts", ylabel="true accepts", xscale="log", ylim=(0, 1.02))

    _draw(target, draw, permit)


def _draw(target: Path, draw: "Callable[[Axes], None]", permit: Permit) -> None:
    check_can_draw(target)
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    draw(axes)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    with PartialFile(target, permit) as file:
        figure.savefig(file, format=target.suffix.lower().lstrip("."))
