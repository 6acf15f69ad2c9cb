"""What cannot be measured is said before anything is."""

from pathlib import Path

import pytest

from passerby.errors import ConfigError
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.request import Request

TABLE = EXPERIMENTS["dietlmeier-table3"]


@pytest.mark.parametrize(
    ("roots", "rows", "complaint"),
    [
        ({}, (), "dietlmeier-table3 needs --data NAME=ROOT with market1501"),
        ({"viper": Path("v")}, (), "dietlmeier-table3 is about market1501, not viper"),
        ({"market1501": Path("m")}, ("osnet",), "has no row 'osnet': choose from pcb, mlfn"),
    ],
)
def test_it_is_refused(roots: dict[str, Path], rows: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Request(experiment=TABLE, roots=roots, rows=rows)


def test_rows_of_a_data_set_that_is_not_given_are_refused() -> None:
    table = EXPERIMENTS["dietlmeier-t-tests"]
    with pytest.raises(ConfigError, match="these rows need --data duke=ROOT"):
        Request(experiment=table, roots={"market1501": Path("m")}, rows=("PCB on duke",))
