from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from passerby.datasets.matlab import read_mat
from passerby.errors import InputError

HDF5 = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400)


def test_variables_are_read(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"one": np.arange(3), "two": np.arange(4)})
    content = read_mat(tmp_path / "a.mat", "one")
    np.testing.assert_array_equal(content["one"], [[0, 1, 2]])
    assert "two" not in content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "does not exist"),
        (b"", "cannot be read"),
        (b"no file for MATLAB" * 40, "cannot be read"),
        (HDF5, "is of MATLAB's format 7.3: save it with -v7"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(InputError, match=told) as raised:
        read_mat(tmp_path / "a.mat", "one")
    assert "\n" not in str(raised.value)


def test_a_variable_that_is_not_there(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"one": np.arange(3)})
    with pytest.raises(InputError, match=r"a\.mat has no variable two"):
        read_mat(tmp_path / "a.mat", "one", "two")
