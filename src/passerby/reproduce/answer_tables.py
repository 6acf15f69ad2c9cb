"""The answer to a table as rows: for spreadsheets and papers."""

from collections.abc import Iterator

from passerby.evaluate.statistics import Interval
from passerby.evaluate.tables import Cell, as_csv, as_latex
from passerby.reproduce.answer import Answer

__all__ = ["effects_csv", "figures_csv", "latex"]

_FIGURES = (
    *("row", "setting", "figure", "published", "ours", "seeds", "low", "high", "difference"),
)
EFFECTS = (
    *("row", "setting", "change", "figure", "published", "ours", "people low", "people high"),
    *("seeds low", "seeds high", "p seeds", "p t", "p wilcoxon", "p equivalence", "direction"),
)


def figures_csv(answer: Answer) -> str:
    """All figures in percent, a row each; low and high bound the mean over seeds at 95 %."""
    return as_csv(_FIGURES, _figures(answer))


def effects_csv(answer: Answer) -> str:
    """All effects in points, a row each; low and high are bounds at 95 %."""
    return as_csv(EFFECTS, _effects(answer))


def latex(answer: Answer) -> str:
    """Published figures beside ours, and the effects, as two tables."""
    figures = [[*row[:5], row[8]] for row in _figures(answer)]
    effects = [[*row[:6], row[14]] for row in _effects(answer)]
    title = f"{answer.experiment.source}, {answer.scale} scale"
    return as_latex(
        (*_FIGURES[:5], "difference"), figures, f"{title}: figures in percent."
    ) + as_latex((*EFFECTS[:6], "direction"), effects, f"{title}: effects in points.", digits=2)


def _figures(answer: Answer) -> Iterator[list[Cell]]:
    for value in answer.values:
        yield [
            *(value.line.row, value.line.setting, value.figure, value.published, value.ours),
            " ".join(map(str, sorted(value.by_seed))),
            *_bounds(value.over_seeds),
            value.difference,
        ]


def _effects(answer: Answer) -> Iterator[list[Cell]]:
    for effect in answer.effects:
        after = effect.change.after
        yield [
            *(after.row, after.setting, effect.change.what, effect.figure),
            *(effect.published, effect.ours),
            *_bounds(effect.comparison.interval),
            *_bounds(effect.over_seeds),
            effect.seeds_p,
            *(effect.corrected[test] for test in ("t", "wilcoxon", "equivalence")),
            effect.verdict,
        ]


def _bounds(interval: Interval | None) -> tuple[Cell, Cell]:
    return (None, None) if interval is None else (interval.low, interval.high)
