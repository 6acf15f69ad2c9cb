import numpy as np
import pytest

from detector_tables import accuracy_table, cost_table, coverage_table
from passerby.evaluate.coverage import Coverage
from passerby.evaluate.detection import ImageMatches, rank


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def ranking(*right: bool):
    """Two pictures alike; two boxes are wanted in each."""
    scores = np.linspace(0.9, 0.5, len(right)).astype(np.float32)
    return rank([ImageMatches(scores, np.array(right, np.bool_), 2)] * 2)


def test_sets_are_rows_and_networks_columns() -> None:
    found = {
        "street": {"passerby": ranking(True), "yolox-nano": ranking(True, True)},
        "faces": {"yunet-n": ranking(False, True)},
    }
    table, figures = accuracy_table(found, draws=4, seed=0)
    head, _, street, faces = map(cells, table.splitlines())
    assert head == [
        *("set", "pictures", "boxes", "passerby", "yolox-nano", "yunet-n"),
        "passerby / yolox-nano",
    ]
    # One of two found without a mistake: precision 1 at the 51 lowest of 101 levels of recall.
    assert street == [
        *("street", "2", "4", "0.505 / 0.500", "1.000 / 1.000", "-"),
        "0.50 (0.50-0.50)",
    ]
    assert faces[3:5] == ["-", "-"]
    assert faces[6] == "-"
    assert figures["street"]["ratio"]["ap50"] == pytest.approx(51 / 101)
    assert "ratio" not in figures["faces"]


def test_there_is_no_ratio_to_nothing() -> None:
    found = {"street": {"passerby": ranking(True), "yolox-nano": ranking(False)}}
    table, _ = accuracy_table(found, draws=2, seed=0)
    assert cells(table.splitlines()[2])[-1] == "-"


def test_coverage_is_told_in_heads_and_shares() -> None:
    table = coverage_table({"passerby": Coverage(200, 198, 200, 0.0312)})
    assert cells(table.splitlines()[2]) == ["passerby", "198 of 200", "99.0%", "100.0%", "3.12%"]


def test_time_is_compared_within_a_round() -> None:
    # The second round was twice as slow for all, which changes no ratio.
    cost = {"multiply_adds": 590_000_000, "bytes": 2_040_000}
    table = cost_table(
        {
            "passerby": {**cost, "seconds": [0.01, 0.02], "cpu_seconds": [0.02, 0.04]},
            "yolox-nano": {**cost, "seconds": [0.02, 0.04], "cpu_seconds": [0.025, 0.05]},
        }
    )
    assert cells(table.splitlines()[2]) == [
        *("passerby", "0.590", "2.04"),
        *("15.0 (10.0-20.0)", "30.0 (20.0-40.0)", "0.80 (0.80-0.80)"),
    ]
