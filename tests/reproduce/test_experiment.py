"""The tables hang together: known names, published figures, trainings that are shared."""

import pytest

from passerby.anonymization import PRESETS
from passerby.datasets import DATASETS
from passerby.errors import ConfigError
from passerby.models.reid import REID_MODELS
from passerby.reproduce import EXPERIMENTS, STUDIES, Experiment
from passerby.reproduce.claims import claims
from passerby.reproduce.reid.case import ORIGINAL, RULES
from passerby.reproduce.reid.study import REID

EVERY = pytest.mark.parametrize("table", EXPERIMENTS.values(), ids=list(EXPERIMENTS))
REID_TABLES = [table for table in EXPERIMENTS.values() if table.study is REID]
OF_REID = pytest.mark.parametrize("table", REID_TABLES, ids=[table.name for table in REID_TABLES])


@OF_REID
def test_names_are_known(table: Experiment) -> None:
    for line in table.lines:
        case = line.case
        assert case.dataset in DATASETS
        assert case.model in REID_MODELS
        assert {case.trained_on, case.tested_on} <= {ORIGINAL, *PRESETS}
        assert case.rules in RULES


@OF_REID
def test_every_line_has_all_published_figures(table: Experiment) -> None:
    assert [set(line.published) for line in table.lines] == [set(table.figures)] * len(table.lines)


@EVERY
def test_lines_are_told_apart(table: Experiment) -> None:
    assert EXPERIMENTS[table.name] is table
    assert table.study in STUDIES.values()
    for line in table.lines:
        assert set(line.published) <= set(table.figures)
        assert isinstance(line.case, table.study.case)
    names = [line.case.file_name for line in table.lines]
    assert len(set(names)) == len(names)
    assert not any(set(name) & set("/\\ :") for name in names)
    places = [(line.row, line.setting) for line in table.lines]
    assert len(set(places)) == len(places)


@EVERY
def test_changes_are_between_its_lines(table: Experiment) -> None:
    for change in table.changes:
        assert change.before in table.lines
        assert change.after in table.lines
        assert change.before.case != change.after.case


@pytest.mark.parametrize(
    ("name", "lines", "trainings"),
    [
        ("van-rooijen-table2", 5, 5),
        ("dietlmeier-table3", 18, 12),
        ("dietlmeier-table8", 11, 6),
        ("dietlmeier-t-tests", 90, 60),
    ],
)
def test_what_is_common_is_trained_once(name: str, lines: int, trainings: int) -> None:
    table = EXPERIMENTS[name]
    assert (len(table.lines), len(table.trainings)) == (lines, trainings)


def test_tables_show_every_figure_of_the_papers_about_re_identification() -> None:
    shown = {
        (table.paper, table.source.split(", ")[1]): sum(len(one.published) for one in table.lines)
        for table in EXPERIMENTS.values()
    }
    for number in ("III", "IV", "V", "VI", "VII"):
        assert shown["dietlmeier", f"Table {number}"] == 36
    assert shown["dietlmeier", "Table VIII"] == 20 + 2  # and BoT of Table III
    kernels = [one for one in claims("van-rooijen") if one.column.startswith("kernel")]
    assert shown["van-rooijen", "Table 2"] == 26 - len(kernels)


@pytest.mark.parametrize(
    ("figure", "tested", "trained"), [("mAP", -1.32, -0.63), ("rank1", -1.26, -0.44)]
)
def test_means_over_models_and_data_sets(figure: str, tested: float, trained: float) -> None:
    """Of the differences in the text (-1.39 and -0.63, -1.24 and -0.44) two follow exactly."""
    means = {}
    for change in EXPERIMENTS["dietlmeier-t-tests"].changes:
        less = change.after.published[figure] - change.before.published[figure]
        means.setdefault(change.what, []).append(less)
    after, anew, _ = (sum(values) / len(values) for values in means.values())
    assert (after, anew) == (pytest.approx(tested, abs=0.005), pytest.approx(trained, abs=0.005))


@pytest.mark.parametrize("rows", [("Top blur 3 px",), ("top-blur-3-px",), ("TOP BLUR 3 PX",)])
def test_rows_are_chosen_by_name(rows: tuple[str, ...]) -> None:
    (line,) = EXPERIMENTS["van-rooijen-table2"].chosen(rows)
    assert line.case.trained_on == "van-rooijen-3px"


def test_no_row_is_every_row_and_an_unknown_one_is_refused() -> None:
    table = EXPERIMENTS["van-rooijen-table2"]
    assert table.chosen(()) == table.lines
    with pytest.raises(ConfigError, match="has no row '5px': choose from full-image, top-blur"):
        table.chosen(["5px"])
