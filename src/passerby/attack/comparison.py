"""Several anonymizers side by side: what each gives away, and what its pictures are good for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import Direction
from passerby.attack.report import AttackReport
from passerby.evaluate.detection.people import PersonDetection
from passerby.evaluate.tables import Cell

__all__ = [
    "COMPARISON_COLUMNS",
    "USES",
    "ComparedAnonymizer",
    "compared_anonymizer",
    "compared_rows",
    "comparison_record",
    "frontier",
]

USES = ("detection AP", "people counted", "re-ID mAP", "body left to see")
"""What pictures are good for, each the more the better; counting is 1 less the error a person."""

COMPARISON_COLUMNS = (
    "anonymizer",
    "valid",
    "excess leak",
    "low",
    "high",
    "strongest attack",
    *USES,
)

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ComparedAnonymizer:
    """One anonymizer, as a row of the comparison.

    Attributes:
        name: As users wrote it.
        valid: Whether the attacks can be believed.
        excess_leak: The share of the clear leak beyond that of boxes alone, and the ends of its
            interval.
        strongest: Name of the attack that found it.
        direction: Which pictures were queries, and which the gallery.
        uses: Of `USES`; NaN where there is no figure.
    """

    name: str
    valid: bool
    excess_leak: tuple[float, float, float]
    strongest: str
    direction: Direction | None
    uses: tuple[float, ...]


def compared_anonymizer(
    name: str, report: AttackReport, scenes: PersonDetection
) -> ComparedAnonymizer:
    """Return the row of an anonymizer.

    Args:
        name: As users wrote it.
        report: What attacks found.
        scenes: How well people are found and counted in pictures of scenes.
    """
    one, share = report.decisive, report.share_of_leak
    return ComparedAnonymizer(
        name=name,
        valid=report.gate.passed,
        excess_leak=(share(one, one.success), share(one, one.low), share(one, one.high)),
        strongest=one.name,
        direction=one.direction,
        uses=(
            scenes.average_precision.value,
            1 - scenes.counting.absolute * scenes.frames / scenes.people,
            report.use.reid_map,
            report.use.body_left,
        ),
    )


def frontier(leaks: Sequence[float], uses: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Say which anonymizers no other one beats: leaking no more and of no less use, and not equal.

    Args:
        leaks: Of each, the less the better.
        uses: Of each, the more the better.

    Returns:
        Shape (n,).

    Example:
        >>> frontier([0.1, 0.5, 0.5], [0.4, 0.9, 0.8]).tolist()
        [True, True, False]
    """
    leak, use = np.asarray(leaks, np.float64), np.asarray(uses, np.float64)
    no_worse = (leak[:, None] <= leak) & (use[:, None] >= use)
    better = (leak[:, None] < leak) | (use[:, None] > use)
    return np.asarray(~(no_worse & better).any(axis=0))


def compared_rows(compared: Sequence[ComparedAnonymizer]) -> list[list[Cell]]:
    """Return a row for each anonymizer, with the cells of `COMPARISON_COLUMNS`."""
    return [
        [
            one.name,
            "yes" if one.valid else "NO",
            *one.excess_leak,
            one.strongest,
            *one.uses,
        ]
        for one in compared
    ]


def comparison_record(
    compared: Sequence[ComparedAnonymizer], subject: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a comparison ready for JSON.

    Args:
        compared: One anonymizer or more.
        subject: What is the same for all of them: the purpose, the people, all settings, the
            SHA-256 of what the figures depend on, and versions.
    """
    leaks = [one.excess_leak[0] for one in compared]
    return {
        "format": 1,
        "valid": all(one.valid for one in compared),
        "anonymizers": [
            {
                "name": one.name,
                "excess_leak": dict(
                    zip(("value", "low", "high"), map(_rounded, one.excess_leak), strict=True)
                ),
                "strongest": one.strongest,
                "direction": one.direction,
                "use": dict(zip(USES, map(_rounded, one.uses), strict=True)),
            }
            for one in compared
        ],
        "frontier": {
            use: [
                one.name
                for one, best in zip(
                    compared, frontier(leaks, [one.uses[place] for one in compared]), strict=True
                )
                if best
            ]
            for place, use in enumerate(USES)
        },
        **subject,
    }


def _rounded(value: float) -> float | None:
    return round(value, _DIGITS) + 0.0 if np.isfinite(value) else None
