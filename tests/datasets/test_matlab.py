from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat, whosmat

from passerby.datasets.matlab import copied_mat, read_mat
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
        (HDF5, "is in MATLAB's format 7.3: save it with -v7"),
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


def test_a_copy_holds_the_variables_that_are_named_and_nothing_else(tmp_path: Path) -> None:
    names = np.array([["a.png"], ["bb.png"]], object)
    partition = {"partition": {"idx": np.array([[1, 0]]), "name": "x"}}
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    content = {"filelist": names, "one": np.arange(3), "images": pixels, **partition}
    savemat(tmp_path / "a.mat", content)
    assert pixels[:, :, 0].T.tobytes() in (tmp_path / "a.mat").read_bytes()
    wanted = ("filelist", "one", "partition", "gone")
    copy = copied_mat(tmp_path / "a.mat", wanted)
    (tmp_path / "b.mat").write_bytes(copy)
    assert {name for name, *_ in whosmat(tmp_path / "b.mat")} == {"filelist", "one", "partition"}
    assert pixels[:, :, 0].T.tobytes() not in copy
    for name in ("filelist", "one", "partition"):
        first, second = (read_mat(tmp_path / file, name)[name] for file in ("a.mat", "b.mat"))
        assert str(first) == str(second)
    assert copy == copied_mat(tmp_path / "a.mat", wanted)
    assert b"20" not in copy[:116]  # no date
