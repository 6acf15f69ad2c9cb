"""Figures of networks side by side as tables in Markdown."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from finders import OURS, YARDSTICK
from passerby.evaluate.coverage import Coverage
from passerby.evaluate.detection import (
    Ranking,
    average_precision,
    curve,
    interval,
    ratio,
    recall_at,
)
from table import markdown, spread

__all__ = ["accuracy_table", "cost_table", "coverage_table"]

BILLION = 1e9
MEGABYTE = 1_000_000


def accuracy_table(
    rankings: Mapping[str, Mapping[str, Ranking]], draws: int, seed: int
) -> tuple[str, dict[str, Any]]:
    """Compare networks on sets of pictures.

    Args:
        rankings: By set, then by network.
        draws: Of pictures, for intervals.
        seed: Of the draws.

    Returns:
        A table: AP50 and recall by network, and the ratio of our AP50 to that of YOLOX-nano with
        its 95 % interval; and all figures, by set and network, with their intervals.
    """
    networks = list(dict.fromkeys(name for found in rankings.values() for name in found))
    rows, figures = [], {}
    for name, found in rankings.items():
        known = {network: _figures(one, draws, seed) for network, one in found.items()}
        against = _against(found, draws, seed)
        figures[name] = known | ({"ratio": against} if against else {})
        pictures, boxes = _counts(next(iter(found.values())))
        cells = (_cell(known[network]) if network in known else "-" for network in networks)
        rows.append((name, f"{pictures:,}", f"{boxes:,}", *cells, _ratio_cell(against)))
    head = ("set", "pictures", "boxes", *networks, f"{OURS} / {YARDSTICK}")
    return markdown(head, rows), figures


def _counts(ranking: Ranking) -> tuple[int, int]:
    return len(ranking.wanted), int(ranking.wanted.sum())


def _figures(ranking: Ranking, draws: int, seed: int) -> dict[str, Any]:
    counted = curve(ranking)
    return {
        "ap50": average_precision(counted),
        "ap50_interval": asdict(interval(average_precision, ranking, draws=draws, seed=seed)),
        "recall": recall_at(counted),
        "recall_interval": asdict(interval(recall_at, ranking, draws=draws, seed=seed)),
    }


def _against(found: Mapping[str, Ranking], draws: int, seed: int) -> dict[str, Any] | None:
    """Our AP50 over that of YOLOX-nano, where both were asked and it found anybody."""
    if not {OURS, YARDSTICK} <= found.keys():
        return None
    ours, theirs = found[OURS], found[YARDSTICK]
    below = average_precision(curve(theirs))
    if not below > 0:
        return None
    value = average_precision(curve(ours)) / below
    varies = ratio(average_precision, ours, theirs, draws=draws, seed=seed)
    return {"ap50": value, "interval": asdict(varies)}


def _cell(figures: Mapping[str, Any]) -> str:
    return f"{figures['ap50']:.3f} / {figures['recall']:.3f}"


def _ratio_cell(against: Mapping[str, Any] | None) -> str:
    if against is None:
        return "-"
    varies = against["interval"]
    return f"{against['ap50']:.2f} ({varies['low']:.2f}-{varies['high']:.2f})"


def coverage_table(coverages: Mapping[str, Coverage]) -> str:
    """Compare how well heads are covered if one network alone looks for people."""
    rows = [
        (
            name,
            f"{one.covered} of {one.heads}",
            f"{one.covered / one.heads:.1%}",
            f"{one.half_covered / one.heads:.1%}",
            f"{one.changed:.2%}",
        )
        for name, one in coverages.items()
    ]
    head = "", "heads covered", "share", "at least half covered", "pixels changed"
    return markdown(head, rows)


def cost_table(costs: Mapping[str, Mapping[str, Any]]) -> str:
    """Compare what networks cost; ratios of time are taken within a round.

    Args:
        costs: By network: ``multiply_adds``, ``bytes``, and a list of ``seconds`` and of
            ``cpu_seconds``, one a round.
    """
    least = costs[YARDSTICK]["cpu_seconds"]
    rows = []
    for name, one in costs.items():
        times = [own / other for own, other in zip(one["cpu_seconds"], least, strict=True)]
        rows.append(
            (
                name,
                f"{one['multiply_adds'] / BILLION:.3f}",
                f"{one['bytes'] / MEGABYTE:.2f}",
                spread([1000 * value for value in one["seconds"]], ".1f"),
                spread([1000 * value for value in one["cpu_seconds"]], ".1f"),
                spread(times, ".2f"),
            )
        )
    head = "", "GMACs", "MB", "ms", "CPU ms", f"CPU time / {YARDSTICK}"
    return markdown(head, rows)
