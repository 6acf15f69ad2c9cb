"""The frontier between what anonymizers give away and what their pictures are good for."""

from collections.abc import Sequence
from pathlib import Path

from passerby.attack.comparison import USES, ComparedAnonymizer, frontier
from passerby.evaluate.reid.curves import check_can_draw
from passerby.files.partial import REPLACING, PartialFile
from passerby.models.cards import is_path

__all__ = ["draw_frontier"]

_COLOUR = "#1f77b4"

_TOO_CLOSE = 0.06
"""Distance below which points share a label."""


def draw_frontier(target: Path, compared: Sequence[ComparedAnonymizer]) -> None:
    """Draw a panel for each use; who is beaten by another is hollow. The best corner is top left.

    Points have numbers; those that lie close together share a label. The names are at the side.

    Args:
        target: A PNG, SVG or PDF file; one that is there is replaced.
        compared: One anonymizer or more.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        OutputError: If it cannot be written.
    """
    check_can_draw(target)
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    figure = Figure(figsize=(13, 9), layout="constrained")
    valid = all(one.valid for one in compared)
    title = "" if valid else "NOT VALID: the attacks\ndid not pass their controls\n\n"
    names = [f"{number}  {_shown(one.name)}" for number, one in enumerate(compared, 1)]
    grid = figure.add_gridspec(1, 2, width_ratios=(5, 1))
    panels, key = (figure.add_subfigure(grid[0, side]) for side in (0, 1))
    key.text(0, 0.98, title + "\n".join(names), va="top", linespacing=1.6)
    leaks = [one.excess_leak for one in compared]
    for place, (axes, use) in enumerate(zip(panels.subplots(2, 2).flat, USES, strict=True)):
        values = [one.uses[place] for one in compared]
        best = frontier([leak for leak, _, _ in leaks], values)
        for (leak, low, high), value, first in zip(leaks, values, best, strict=True):
            axes.plot([low, high], [value, value], color=_COLOUR, linewidth=1, alpha=0.5)
            face = _COLOUR if first else "white"
            axes.plot(leak, value, "o", color=_COLOUR, markerfacecolor=face)
        points = [(leak, value) for (leak, _, _), value in zip(leaks, values, strict=True)]
        for (leak, value), numbers in _grouped(points).items():
            side, shift = ("right", -5) if leak > 0.5 else ("left", 5)  # towards the middle
            axes.annotate(
                _runs(numbers), (leak, value), (shift, 4), textcoords="offset points", ha=side
            )
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set(xlabel="leak beyond that of boxes, share of the clear leak", ylabel=use)
        axes.margins(y=0.12)
        axes.grid(alpha=0.3)
    with PartialFile(target, REPLACING) as file:
        figure.savefig(file, format=target.suffix.lower().lstrip("."))


def _shown(name: str) -> str:
    """A name, or that of a file without the folders that it lies in."""
    return Path(name).stem if is_path(name) else name


def _grouped(points: Sequence[tuple[float, float]]) -> dict[tuple[float, float], list[int]]:
    """The numbers of points, from 1, by the first of those that lie too close for two labels."""
    groups: dict[tuple[float, float], list[int]] = {}
    for number, (leak, value) in enumerate(points, 1):
        near = (one for one in groups if max(abs(one[0] - leak), abs(one[1] - value)) < _TOO_CLOSE)
        groups.setdefault(next(near, (leak, value)), []).append(number)
    return groups


def _runs(numbers: Sequence[int]) -> str:
    """Numbers in rising order, runs of three and more by their ends."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = (f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return ", ".join(parts)
