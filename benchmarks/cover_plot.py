"""Heads covered against area covered, as a picture."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from cover_figures import CoverFigures

__all__ = ["draw_curves"]


def draw_curves(
    target: Path, option: str, curves: Mapping[str, Mapping[str, CoverFigures]]
) -> None:
    """Draw a line for each set, with a point for each value of an option.

    Args:
        target: A PNG file; it is replaced.
        option: Whose values stand beside the points.
        curves: By set and value.
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, points in curves.items():
        across = [one.times for one in points.values()]
        up = [one.covered for one in points.values()]
        (line,) = axes.plot(across, up, "o-", label=name, markersize=4)
        for value, x, y in zip(points, across, up, strict=True):
            axes.annotate(
                value,
                (x, y),
                xytext=(4, -9),
                textcoords="offset points",
                fontsize=7,
                color=line.get_color(),
            )
    axes.set(
        xlabel="pixels covered for each pixel of a head",
        ylabel="share of heads covered",
        title=f"by {option}",
    )
    axes.set_ylim(top=1.01)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(target, dpi=110, format="png")
