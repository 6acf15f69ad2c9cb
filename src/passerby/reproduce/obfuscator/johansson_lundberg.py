"""Tables 5.1 and 5.2 of Johansson and Lundberg."""

from collections.abc import Sequence

from passerby.reproduce.experiment import EXPERIMENTS, Experiment, Line, published
from passerby.reproduce.obfuscator.case import FilterCase
from passerby.reproduce.obfuscator.filters import FILTERS

__all__: list[str] = []

_PAPER = "johansson-lundberg"
_FRESH = ("fresh AUC, folded",)
_VARIANTS = ("S1", "S2", "R1", "R2", "R3", "R4", "R5", "R6")

_NOTES = (
    (
        "AP is of heat maps: peaks of at least 0.5 within 4 pixels. AUC is that of the re-ID in "
        "the loop; the fresh one was trained after the filter was frozen, and folded at 0.5."
    ),
    "Filtered pictures are brought to 8 bits before anything is measured.",
)


def _pictures(name: str) -> str:
    return "squares" if name.startswith("S") else "top-down"


def _add(number: str, title: str, lines: Sequence[Line], figures: tuple[str, ...]) -> None:
    name = f"johansson-lundberg-table{number}"
    EXPERIMENTS.add(
        name,
        Experiment(
            name=name,
            title=title,
            paper=_PAPER,
            source=f"Johansson and Lundberg, Table {number}",
            study=FILTERS,
            lines=tuple(lines),
            changes=(),
            figures=figures,
            paired=(),
            notes=_NOTES,
            digits=3,
        ),
    )


_COLUMNS = {"AP": "AP", "AUC": "AUC"}
_add(
    "5.1",
    "Detector and re-ID without a filter",
    [
        Line(row, "", FilterCase("", _pictures(row)), published(_PAPER, "Table 5.1", row, _COLUMNS))
        for row in ("Simple", "Real")
    ],
    ("AP", "AUC", *_FRESH),
)
_PERFORMANCE = "filter performance"
_add(
    "5.2",
    "Filters trained with a detector and against a re-ID",
    [
        Line(
            f"Filter {variant}",
            "",
            FilterCase(variant, _pictures(variant)),
            published(
                _PAPER,
                "Table 5.2",
                f"Filter {variant}",
                {**_COLUMNS, _PERFORMANCE: _PERFORMANCE},
            ),
        )
        for variant in _VARIANTS
    ],
    ("AP", "AUC", _PERFORMANCE, *_FRESH, f"{_PERFORMANCE}, folded"),
)
