"""Table 2 of van Rooijen et al.: the top quarter filtered or black, in training and in the test."""

from itertools import pairwise

from passerby.reproduce.experiment import (
    EXPERIMENTS,
    Change,
    Experiment,
    Line,
    published,
)
from passerby.reproduce.reid.case import ORIGINAL, ReidCase
from passerby.reproduce.reid.study import REID

__all__: list[str] = []

CONDITIONS = {
    "Full image": ORIGINAL,
    "Top blur 3 px": "van-rooijen-3px",
    "Top blur 9 px": "van-rooijen-9px",
    "Top blur 15 px": "van-rooijen-15px",
    "Black out": "van-rooijen-black",
}
_FIGURES = ("mAP", "rank1", "rank5", "rank10")
NOTE = (
    "Kernels are those of an image of 256x128 pixels: the top of a smaller one is enlarged to that "
    "size, filtered and shrunk again."
)


def _line(row: str, condition: str) -> Line:
    """The baseline's code compares signatures of length one, which cosine and Euclid rank alike."""
    return Line(
        row,
        "trained and tested alike",
        ReidCase("market1501", "bot", condition, condition, "cosine"),
        published("van-rooijen", "Table 2", row, {figure: figure for figure in _FIGURES}),
    )


def _table2() -> Experiment:
    lines = tuple(_line(row, condition) for row, condition in CONDITIONS.items())
    full, *others = lines
    changes = [Change("less full image", full, line) for line in others]
    changes += [Change("less the row above", above, line) for above, line in pairwise(others)]
    return Experiment(
        name="van-rooijen-table2",
        title="BoT on market1501 with the top quarter of images filtered",
        paper="van-rooijen",
        source="van Rooijen et al., Table 2",
        study=REID,
        lines=lines,
        changes=tuple(changes),
        figures=_FIGURES,
        notes=(NOTE,),
    )


EXPERIMENTS.add("van-rooijen-table2", _table2())
