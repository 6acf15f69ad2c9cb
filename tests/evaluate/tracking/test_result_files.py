import csv
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.evaluate.tracking import Trajectories, Truth, evaluate_tracking
from passerby.evaluate.tracking.result_files import write_csv

EMPTY = Trajectories.of([], [], [])
STILL = Trajectories.of([1, 2], [1, 1], [[0, 0, 10, 20]] * 2)


def test_a_row_for_each_sequence(tmp_path: Path) -> None:
    results = {
        "good, or so": evaluate_tracking(Truth(STILL), STILL),
        "no truth": evaluate_tracking(Truth(EMPTY), STILL),
    }
    write_csv(tmp_path / "figures.csv", results)
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        good, without = csv.DictReader(file)
    assert (good["sequence"], float(good["HOTA"]), good["people"]) == ("good, or so", 1, "1")
    assert (without["MOTA"], without["FP"]) == ("", "2")


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="check the path"):
        write_csv(tmp_path / "file" / "figures.csv", {})
