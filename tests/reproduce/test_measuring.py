"""What is asked for is measured once, and again if what it was made from differs."""

from pathlib import Path

import numpy as np
import pytest

from passerby.errors import OutputError
from passerby.files.output_folder import OutputFolder
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.measurement import Measurement, read_measurements
from passerby.reproduce.measuring import measure_cases, stamp_of
from passerby.reproduce.obfuscator.case import FilterCase
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

FILTERS = EXPERIMENTS["johansson-lundberg-table5.2"]
COSTS = EXPERIMENTS["de-coninck-table4"]


class Counted:
    """Measures everything but R2, and notes what it was asked for."""

    def __init__(self, made: str = "a") -> None:
        self.made = made
        self.asked: list[tuple[str, int]] = []

    def made_from(self, case, seed):
        return None if case == FilterCase("R2", "top-down") else {"training": self.made}

    def measure(self, case, seed, made_from) -> Measurement:
        self.asked.append((case.file_name, seed))
        return Measurement(
            study="filters" if isinstance(case, FilterCase) else "cost",
            case=case,
            scale="quick",
            seed=seed,
            made_from=made_from,
            figures={"AP": 0.5},
            groups=np.zeros(0, np.int64),
            by_item={},
            training={"recipe": None},
            stamp=stamp_of("again"),
        )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "out")


def test_what_cannot_be_measured_is_left_out_and_the_rest_measured_once(workspace) -> None:
    request = Request(experiment=FILTERS, roots={}, seeds=(0, 1), rows=("filter-r1", "filter-r2"))
    by = Counted()
    measure_cases(request, workspace, by)
    assert by.asked == [("filter.R1.top-down", 0), ("filter.R1.top-down", 1)]
    measure_cases(request, workspace, by)
    assert len(by.asked) == 2
    other = Counted("b")
    measure_cases(request, workspace, other)
    assert other.asked == by.asked
    assert {one.made_from["training"] for one in read_measurements(workspace.measurements)} == {"b"}


def test_what_is_not_trained_has_one_seed(workspace) -> None:
    by = Counted()
    measure_cases(Request(experiment=COSTS, roots={}, seeds=(3, 4)), workspace, by)
    assert [seed for _, seed in by.asked] == [3, 3, 3]


def test_a_folder_in_use_is_refused(workspace) -> None:
    with (
        OutputFolder.made(workspace.root).locked(),
        pytest.raises(OutputError, match=r"in use|another"),
    ):
        measure_cases(Request(experiment=COSTS, roots={}), workspace, Counted())


def test_a_stamp_says_what_is_needed_to_run_it_again() -> None:
    stamp = stamp_of("passerby reproduce x")
    assert stamp["command"] == "passerby reproduce x"
    assert stamp["commit"]
    assert stamp["machine"]
    assert "numpy" in stamp["versions"]
