"""Figures of an evaluation of re-identification, for a measurement."""

from passerby.evaluate.reid.results import Result
from passerby.evaluate.statistics import Figures

__all__ = ["figures_of"]


def figures_of(result: Result) -> tuple[dict[str, float], dict[str, Figures]]:
    """Return the figures of an evaluation in percent, of all queries and of single ones."""
    summary = result.summary()
    names = "mAP", "mAP_trapezoid", "rank1", "rank5", "rank10", "mINP"
    figures = {name: 100 * summary[name] for name in names if name in summary}
    by_item = {"mAP": 100 * result.average_precision, "rank1": 100 * result.matched[:, 0]}
    return figures, by_item
