"""Tables III to VIII of Dietlmeier et al., and their tests over all models and data sets."""

from collections.abc import Sequence

from passerby.reproduce.experiment import (
    EXPERIMENTS,
    Change,
    Experiment,
    Line,
    published,
)
from passerby.reproduce.reid.case import ORIGINAL, ReidCase, Rules
from passerby.reproduce.reid.study import REID

__all__: list[str] = []

_PAPER = "dietlmeier"
_MODELS = {
    "PCB": "pcb-shared",
    "MLFN": "mlfn",
    "HACNN": "hacnn",
    "Resnet50Mid": "resnet50mid",
    "MuDeep": "mudeep",
    "BoT": "bot",
}
_DATASETS = {
    "Table III": "market1501",
    "Table IV": "duke",
    "Table V": "viper",
    "Table VI": "airport",
    "Table VII": "cuhk03-detected",
}
TECHNIQUES = ("Blur", "Zero", "Blank", "Pixelate", "Inpaint")
BEFORE, AFTER, ANEW = "original/original", "original/anonymized", "anonymized/anonymized"

_TESTED = "tested on anonymized"
_TRAINED = "trained and tested on anonymized"
REGAINED = "trained anew, less tested only"

NOTES = (
    "Faces were found once, by another detector than the paper's, and are the same for all.",
    "An image in which no face is found stays as it is, but for VIPeR, where the paper has a box.",
    "BoT is ranked by cosine and re-ranked by neighbours, all others by Euclidean distance.",
)
"""What holds of all tables."""


def _rules(model: str) -> Rules:
    """Section IV-A, Testing; Torchreid compares by Euclidean distance unless told otherwise."""
    return "cosine-reranked" if model == "bot" else "euclidean"


def _line(row: str, setting: str, case: tuple[str, str, str, str], table: str, label: str) -> Line:
    """A line named ``label``, whose figures stand in ``row`` of ``table``."""
    dataset, model, trained_on, tested_on = case
    columns = {figure: f"{setting} {figure}" for figure in ("mAP", "rank1")}
    return Line(
        label,
        setting,
        ReidCase(dataset, model, trained_on, tested_on, _rules(model)),
        published(_PAPER, table, row, columns),
    )


def _of_model(table: str, row: str, label: str) -> tuple[Line, Line, Line]:
    """The three settings of a model in Tables III to VII, whose technique is the blur."""
    blur = "dietlmeier-blur"
    conditions = {BEFORE: (ORIGINAL, ORIGINAL), AFTER: (ORIGINAL, blur), ANEW: (blur, blur)}
    before, after, anew = (
        _line(row, setting, (_DATASETS[table], _MODELS[row], *pair), table, label)
        for setting, pair in conditions.items()
    )
    return before, after, anew


def _changes(rows: Sequence[tuple[Line, Line, Line]]) -> tuple[Change, ...]:
    return (
        *(Change(_TESTED, before, after) for before, after, _ in rows),
        *(Change(_TRAINED, before, anew) for before, _, anew in rows),
        *(Change(REGAINED, after, anew) for _, after, anew in rows),
    )


def _table(number: int, table: str) -> Experiment:
    rows = [_of_model(table, row, row) for row in _MODELS]
    return Experiment(
        name=f"dietlmeier-table{number}",
        title=f"Six models on {_DATASETS[table]} with blurred faces",
        paper=_PAPER,
        source=f"Dietlmeier et al., {table}",
        study=REID,
        lines=tuple(line for lines in rows for line in lines),
        changes=_changes(rows),
        notes=NOTES,
    )


def _table8() -> Experiment:
    """The row of original images stands in Table III."""
    market = _DATASETS["Table III"]
    case = (market, "bot", ORIGINAL, ORIGINAL)
    first = _line("BoT", BEFORE, case, "Table III", "Original")
    rows = []
    for row in TECHNIQUES:
        preset = f"dietlmeier-{row.lower()}"
        after = _line(row, AFTER, (market, "bot", ORIGINAL, preset), "Table VIII", row)
        anew = _line(row, ANEW, (market, "bot", preset, preset), "Table VIII", row)
        rows.append((first, after, anew))
    (_, *blur), *others = rows
    less_blur = [
        Change(f"less blur, {line.setting}", blurred, line)
        for _, *lines in others
        for blurred, line in zip(blur, lines, strict=True)
    ]
    return Experiment(
        name="dietlmeier-table8",
        title="BoT on market1501 with faces under five techniques",
        paper=_PAPER,
        source="Dietlmeier et al., Table VIII",
        study=REID,
        lines=(first, *(line for _, *lines in rows for line in lines)),
        changes=(*_changes(rows), *less_blur),
        notes=(*NOTES, "The row Original is BoT of Table III."),
    )


def _tests() -> Experiment:
    """Section IV-B: all models on all data sets."""
    rows = [
        _of_model(table, row, f"{row} on {dataset}")
        for table, dataset in _DATASETS.items()
        for row in _MODELS
    ]
    return Experiment(
        name="dietlmeier-t-tests",
        title="Tables III to VII together, and paired tests over models and data sets",
        paper=_PAPER,
        source="Dietlmeier et al., section IV-B",
        study=REID,
        lines=tuple(line for lines in rows for line in lines),
        changes=_changes(rows),
        notes=NOTES,
    )


for _number, _name in enumerate(_DATASETS, 3):
    EXPERIMENTS.add(f"dietlmeier-table{_number}", _table(_number, _name))
EXPERIMENTS.add("dietlmeier-table8", _table8())
EXPERIMENTS.add("dietlmeier-t-tests", _tests())
