"""Files of torch are whole or not there, and run no code."""

import pickle

import pytest
import torch

from passerby.errors import ModelError, OutputError
from passerby.models.torch_files import read_torch, write_torch

CONTENT = {"weights": {"a": torch.arange(6.0).view(2, 3)}, "names": ["one", "two"], "step": 7}


def test_what_was_written_is_read(tmp_path):
    write_torch(tmp_path / "new" / "file.pt", CONTENT)
    read = read_torch(tmp_path / "new" / "file.pt")
    assert torch.equal(read["weights"]["a"], CONTENT["weights"]["a"])
    assert (read["names"], read["step"]) == (CONTENT["names"], 7)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file.pt"]


def test_a_full_disk_leaves_what_was_there(tmp_path):
    path = tmp_path / "file.pt"
    write_torch(path, CONTENT)
    before = path.read_bytes()
    (tmp_path / "file.partial").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"cannot write .*file\.pt .*: free some space") as caught:
        write_torch(path, {"weights": torch.zeros(100_000)})
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["file.pt"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read .*gone\.pt \(No such file"):
        read_torch(tmp_path / "gone.pt")


class Evil:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps(Evil())])
def test_what_torch_did_not_write_is_refused(tmp_path, content, capsys):
    (tmp_path / "file.pt").write_bytes(content)
    with pytest.raises(ModelError, match=r"file\.pt is not a file of torch weights"):
        read_torch(tmp_path / "file.pt")
    assert capsys.readouterr().out == ""
