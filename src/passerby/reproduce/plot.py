"""The effects of a table as a picture: the paper's and ours, with intervals."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.evaluate.reid.curves import check_can_draw
from passerby.files.partial import REPLACING, PartialFile
from passerby.reproduce.answer import Answer
from passerby.reproduce.effects import Effect

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_effects"]

OURS, PUBLISHED = "#1f5fa8", "#d9822b"
"""Blue and orange, which everybody can tell apart."""


def draw_effects(target: Path, answer: Answer) -> None:
    """Draw each effect with the paper's beside it; an answer without effects draws nothing.

    Args:
        target: A PNG, SVG or PDF file.
        answer: To a table.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        OutputError: If it cannot be written.
    """
    check_can_draw(target)
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    names = list(dict.fromkeys(effect.figure for effect in answer.effects))
    if not names:
        return
    rows = max(sum(one.figure == name for one in answer.effects) for name in names)
    figure = Figure(figsize=(5 * len(names) + 3, 1.6 + 0.32 * rows), layout="constrained")
    figure.suptitle(f"{answer.experiment.source}, {answer.scale} scale")
    (panels,) = figure.subplots(1, len(names), sharey=True, squeeze=False)
    for axes, name in zip(panels, names, strict=True):
        _draw(axes, name, [one for one in answer.effects if one.figure == name], answer.margin)
    with PartialFile(target, REPLACING) as file:
        figure.savefig(file, format=target.suffix.lower().lstrip("."))


def _draw(axes: "Axes", name: str, effects: Sequence[Effect], margin: float) -> None:
    axes.axvspan(-margin, margin, color="0.92", label=f"within {margin:g}")
    axes.axvline(0, color="0.5", linewidth=0.8)
    for place, effect in enumerate(effects):
        people, seeds = effect.comparison.interval, effect.over_seeds
        if seeds is not None:
            axes.plot([seeds.low, seeds.high], [place] * 2, color=OURS, linewidth=1, alpha=0.5)
        axes.plot([people.low, people.high], [place] * 2, color=OURS, linewidth=3)
        axes.plot(effect.ours, place, "o", color=OURS, label="ours" if place == 0 else None)
        if effect.published is not None:
            label = "published" if place == 0 else None
            axes.plot(effect.published, place, "D", color=PUBLISHED, label=label)
    axes.set_yticks(range(len(effects)), [_label(effect) for effect in effects])
    axes.set(
        title=name,
        ylim=(len(effects) - 0.5, -0.5),
        xlabel="points; thick over people, thin over seeds",
    )
    axes.legend(fontsize="small")


def _label(effect: Effect) -> str:
    return f"{effect.change.after.row}: {effect.change.what}"
