import csv
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attack.test_report import finding, report, result

from passerby.attack.comparison import (
    COMPARISON_COLUMNS,
    USES,
    compared_anonymizer,
    compared_rows,
    comparison_record,
    frontier,
)
from passerby.attack.comparison_files import write_comparison
from passerby.evaluate.bootstrap import Estimate
from passerby.evaluate.detection.people import CountingError, PersonDetection
from passerby.evaluate.statistics import Interval

NOTHING = Interval(0.0, 1.0, 0.95)


def compared(name="one", success=0.5, precision=0.8, **changed):
    """Boxes give away .3 of .1 to .9; half a person of two is missed in each frame."""
    scenes = PersonDetection(
        10, 20, Estimate(precision, NOTHING), CountingError(0.5, -0.5, NOTHING)
    )
    found = replace(report(**changed), attacks=result(finding(success=success)))
    return compared_anonymizer(name, found, scenes)


def test_the_leak_is_beyond_boxes_and_use_is_the_more_the_better():
    one = compared()
    assert one.excess_leak == pytest.approx((0.25, 0.125, 0.375))
    assert dict(zip(USES, one.uses, strict=True)) == {
        "detection AP": 0.8,
        "people counted": 0.75,
        "re-ID mAP": 0.5,
        "body left to see": 0.75,
    }


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8),
)
def test_who_is_on_the_frontier_is_beaten_by_nobody(points):
    leaks, uses = zip(*points, strict=True)
    for place, on in enumerate(frontier(leaks, uses)):
        beaten = any(
            (leak <= leaks[place] and use >= uses[place]) and (leak, use) != points[place]
            for leak, use in points
        )
        assert on != beaten


def test_the_record_names_who_is_on_each_frontier():
    record = comparison_record([compared(), compared("worse", 0.6, 0.7)], {"purpose": "none"})
    assert record["purpose"] == "none"
    assert record["frontier"]["detection AP"] == ["one"]
    assert record["frontier"]["re-ID mAP"] == ["one"]
    assert record["valid"] is True
    assert record["anonymizers"][1]["excess_leak"] == {"value": 0.375, "low": 0.125, "high": 0.375}
    json.dumps(record, allow_nan=False)


def test_a_comparison_without_a_gate_is_not_valid():
    one = compared(passed=False)
    assert comparison_record([one], {})["valid"] is False
    assert compared_rows([one])[0][COMPARISON_COLUMNS.index("valid")] == "NO"


def test_no_figure_is_no_number_in_json():
    one = compared(precision=float("nan"))
    assert comparison_record([one], {})["anonymizers"][0]["use"]["detection AP"] is None


def test_files_hold_the_figures_and_a_picture(tmp_path):
    both = [compared(), compared("pixelate:people", 0.6, 0.9)]
    write_comparison(both[:1], {}, tmp_path)
    write_comparison(both, {}, tmp_path)
    rows = list(csv.DictReader(StringIO((tmp_path / "frontier.csv").read_text())))
    assert [row["anonymizer"] for row in rows] == ["one", "pixelate:people"]
    assert np.isclose(float(rows[0]["excess leak"]), 0.25)
    assert (tmp_path / "frontier.png").read_bytes().startswith(b"\x89PNG")
