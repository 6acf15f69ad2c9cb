"""The frontier between what anonymizers give away and what their pictures are good for."""

from collections.abc import Sequence
from pathlib import Path

from passerby.attack.comparison import USES, ComparedAnonymizer, frontier
from passerby.evaluate.reid.curves import check_can_draw
from passerby.files.partial import REPLACING, PartialFile

__all__ = ["draw_frontier"]

_COLOUR = "#1f77b4"


def draw_frontier(target: Path, compared: Sequence[ComparedAnonymizer]) -> None:
    """Draw a panel for each use; who is beaten by another is hollow. The best corner is top left.

    Args:
        target: A PNG, SVG or PDF file; one that is there is replaced.
        compared: One anonymizer or more.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        OutputError: If it cannot be written.
    """
    check_can_draw(target)
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    figure = Figure(figsize=(12, 9), layout="constrained")
    if not all(one.valid for one in compared):
        figure.suptitle("NOT VALID: the attacks did not pass their controls")
    leaks = [one.excess_leak for one in compared]
    for place, (axes, use) in enumerate(zip(figure.subplots(2, 2).flat, USES, strict=True)):
        values = [one.uses[place] for one in compared]
        best = frontier([leak for leak, _, _ in leaks], values)
        for one, (leak, low, high), value, first in zip(compared, leaks, values, best, strict=True):
            axes.plot([low, high], [value, value], color=_COLOUR, linewidth=1, alpha=0.5)
            face = _COLOUR if first else "white"
            axes.plot(leak, value, "o", color=_COLOUR, markerfacecolor=face)
            side, shift = ("right", -4) if leak > 0.5 else ("left", 4)  # towards the middle
            axes.annotate(
                one.name, (leak, value), xytext=(shift, 4), textcoords="offset points", ha=side
            )
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set(xlabel="leak beyond that of boxes, share of the clear leak", ylabel=use)
        axes.grid(alpha=0.3)
    with PartialFile(target, REPLACING) as file:
        figure.savefig(file, format=target.suffix.lower().lstrip("."))
