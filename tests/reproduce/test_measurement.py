"""A measurement comes back from its file as it was."""

from pathlib import Path

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.reproduce.measurement import (
    read_measurement,
    read_measurements,
    write_measurement,
)
from passerby.reproduce.reid.case import ReidCase

CASE = ReidCase("market1501", "bot", "original", "original", "cosine")


def test_it_comes_back(tmp_path: Path, measurement) -> None:
    measured = measurement(CASE, 70)
    measured.by_item["rank1"][3] = np.nan
    write_measurement(tmp_path / "a.json", measured)
    again = read_measurement(tmp_path / "a.json")
    assert (again.case, again.seed, again.scale) == (CASE, 0, "quick")
    assert again.made_from == measured.made_from
    assert again.figures == measured.figures
    np.testing.assert_array_equal(again.groups, measured.groups)
    for name, column in measured.by_item.items():
        np.testing.assert_allclose(again.by_item[name], column, atol=1e-6)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"case": {"dataset": "x"}, "queries": {}}'])
def test_what_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json is no measurement"):
        read_measurements(tmp_path)
