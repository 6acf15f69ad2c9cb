"""Figures of repeated runs as tables in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from passerby.evaluate.coverage import Coverage
from usage import Usage

__all__ = ["Results", "comparison", "growth", "markdown", "spread"]

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Results:
    """What was measured of one program.

    Attributes:
        usages: Of its runs, one a round.
        coverage: Of its copy, or None where there is no ground truth.
    """

    usages: Sequence[Usage]
    coverage: Coverage | None


def comparison(results: Mapping[str, Results], floor: Results | None, frames: int) -> str:
    """Compare programs that anonymized the same clip.

    Args:
        results: By name.
        floor: Of decoding and encoding alone, in the same rounds.
        frames: In the clip.
    """
    head = (
        *("", "CPU s per frame", "times the floor", "frames per second", "peak memory"),
        *("heads covered", "at least half covered", "pixels changed"),
    )
    rows = [
        (name, *_cost(one.usages, floor, frames), *_cover(one.coverage))
        for name, one in results.items()
    ]
    return markdown(head, rows)


def growth(usages: Mapping[int, Usage]) -> str:
    """Show how much memory clips of different lengths took, by number of frames."""
    rows = [
        (f"{frames:,}", _megabytes(usage.peak_bytes), f"{usage.cpu_seconds / frames:.4f}")
        for frames, usage in usages.items()
    ]
    return markdown(("frames", "peak memory", "CPU s per frame"), rows)


def _cost(usages: Sequence[Usage], floor: Results | None, frames: int) -> tuple[str, ...]:
    ratios = [
        one.cpu_seconds / least.cpu_seconds
        for one, least in zip(usages, floor.usages if floor else (), strict=False)
    ]
    return (
        spread([one.cpu_seconds / frames for one in usages], ".4f"),
        spread(ratios, ".2f"),
        spread([frames / one.seconds for one in usages], ".1f"),
        _megabytes(max(one.peak_bytes for one in usages)),
    )


def _cover(coverage: Coverage | None) -> tuple[str, str, str]:
    if coverage is None or not coverage.heads:
        return "-", "-", "-"
    covered, half = coverage.covered / coverage.heads, coverage.half_covered / coverage.heads
    return f"{covered:.1%}", f"{half:.1%}", f"{coverage.changed:.2%}"


def spread(values: Sequence[float], digits: str) -> str:
    """The median, and the least and the most where there is more than one value.

    Example:
        >>> spread([0.3, 0.1, 0.25], ".2f")
        '0.25 (0.10-0.30)'
    """
    if not values:
        return "-"
    middle = format(median(values), digits)
    if len(values) == 1:
        return middle
    return f"{middle} ({format(min(values), digits)}-{format(max(values), digits)})"


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, its columns lined up."""
    cells = [head, *rows]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
