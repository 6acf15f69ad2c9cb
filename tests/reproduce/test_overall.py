"""Means over models and data sets, against SciPy."""

import pytest
from scipy import stats

from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.effects import effects_of
from passerby.reproduce.overall import overall

TABLE = EXPERIMENTS["dietlmeier-table3"]


def test_the_test_is_the_papers(measurement) -> None:
    lines = [line for line in TABLE.lines if line.row in ("PCB", "MLFN", "BoT")]
    averages = [70, 69, 70.5, 60, 58.5, 59, 90, 86, 91]
    measured = {
        line.case: {0: measurement(line.case, average)}
        for line, average in zip(lines, averages, strict=True)
    }
    found = overall(TABLE, effects_of(TABLE, measured, margin=1.0))
    tested = next(one for one in found if (one.what, one.figure) == ("tested on anonymized", "mAP"))
    before = [line.published["mAP"] for line in TABLE.lines if line.setting == "original/original"]
    after = [line.published["mAP"] for line in TABLE.lines if line.setting == "original/anonymized"]
    expected = stats.ttest_rel(after, before, alternative="less").pvalue
    assert tested.published is not None
    assert (tested.published.rows, tested.published.p) == (6, pytest.approx(expected))
    expected = stats.ttest_rel([69, 58.5, 86], [70, 60, 90], alternative="less").pvalue
    assert tested.ours is not None
    assert (tested.ours.rows, tested.ours.p) == (3, pytest.approx(expected))
    assert tested.ours.difference == pytest.approx(-6.5 / 3)


def test_one_row_has_no_mean_over_rows(measurement) -> None:
    measured = {line.case: {0: measurement(line.case, 70)} for line in TABLE.lines[:3]}
    found = overall(TABLE, effects_of(TABLE, measured, margin=1.0))
    assert found
    assert all(one.ours is None for one in found)


def test_a_table_of_one_model_has_none(measurement) -> None:
    table = EXPERIMENTS["van-rooijen-table2"]
    measured = {line.case: {0: measurement(line.case, 70)} for line in table.lines}
    assert overall(table, effects_of(table, measured, margin=1.0)) == []
