"""Files of signatures: whole or not there, and gone on with."""

import json
from pathlib import Path

import numpy as np
import pytest

from passerby.errors import OutputError
from passerby.signatures.reader import read_header, read_signatures
from passerby.signatures.writer import SignatureFile

ROWS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
IDS, CAMERAS = np.arange(5), np.arange(5) % 2
PATHS = [f"{number}.jpg" for number in range(5)]
HEADER = {"model": "ours"}


def test_what_was_added_is_read_back(tmp_path: Path) -> None:
    file = SignatureFile(tmp_path / "new" / "q.npz", HEADER, 3)
    for row in ROWS:
        file.add(row)
    assert not (tmp_path / "new" / "q.npz").exists()
    file.commit(IDS, CAMERAS, PATHS)
    found = read_signatures(tmp_path / "new" / "q.npz")
    np.testing.assert_array_equal(found.features[:], ROWS)
    assert (found.ids.tolist(), found.cameras.tolist()) == (IDS.tolist(), CAMERAS.tolist())
    assert read_header(tmp_path / "new" / "q.npz") == {"model": "ours", "left_out": []}
    with np.load(tmp_path / "new" / "q.npz") as arrays:
        assert arrays["paths"].tolist() == PATHS
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["q.npz"]


def test_images_without_a_signature_are_left_out_and_listed(tmp_path: Path) -> None:
    file = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    for number, row in enumerate(ROWS):
        file.add(None if number in (0, 3) else row)
    assert file.missing() == [0, 3]
    file.commit(IDS, CAMERAS, PATHS)
    found = read_signatures(tmp_path / "q.npz")
    np.testing.assert_array_equal(found.features[:], ROWS[[1, 2, 4]])
    assert found.ids.tolist() == [1, 2, 4]
    assert read_header(tmp_path / "q.npz")["left_out"] == ["0.jpg", "3.jpg"]


@pytest.mark.parametrize("torn", [0, 5])
def test_a_run_that_broke_off_is_gone_on_with(torn: int, tmp_path: Path) -> None:
    first = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    first.add(None)
    first.add(ROWS[1])
    first.close()
    (left,) = tmp_path.iterdir()
    with left.open("ab") as file:
        file.write(b"x" * torn)
    again = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    assert again.kept == 2
    for row in ROWS[2:]:
        again.add(row)
    assert again.missing() == [0]
    again.commit(IDS, CAMERAS, PATHS)
    np.testing.assert_array_equal(read_signatures(tmp_path / "q.npz").features[:], ROWS[1:])


@pytest.mark.parametrize(("header", "dimension"), [({"model": "other"}, 3), (HEADER, 4)])
def test_what_another_network_left_is_not_kept(
    header: dict[str, str], dimension: int, tmp_path: Path
) -> None:
    first = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    first.add(ROWS[0])
    first.close()
    again = SignatureFile(tmp_path / "q.npz", header, dimension)
    assert again.kept == 0
    again.close()
    (left,) = tmp_path.iterdir()
    assert left.read_bytes() == (json.dumps({**header, "dimension": dimension}) + "\n").encode()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file cannot be made"):
        SignatureFile(tmp_path / "file" / "q.npz", HEADER, 3)


def test_a_full_disk_keeps_what_was_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    for row in ROWS:
        file.add(row)
    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match="the disk is full"):
        file.commit(IDS, CAMERAS, PATHS)
    file.close()
    assert [one.name for one in tmp_path.iterdir()] == [".q.npz.unfinished"]
    again = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    again.close()
    assert again.kept == 5


def test_two_runs_do_not_mix_their_signatures(tmp_path: Path) -> None:
    first = SignatureFile(tmp_path / "q.npz", HEADER, 3)
    for row in ROWS[:3]:
        first.add(row)
    with pytest.raises(OutputError, match="is being written into by another run"):
        SignatureFile(tmp_path / "q.npz", {"model": "another"}, 3)
    for row in ROWS[3:]:
        first.add(row)
    first.commit(IDS, CAMERAS, PATHS)
    np.testing.assert_array_equal(read_signatures(tmp_path / "q.npz").features[:], ROWS)
    assert [one.name for one in tmp_path.iterdir()] == ["q.npz"]
