"""Files of torch are whole or not there, and run no code."""

import os
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


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file.pt"
    write_torch(path, CONTENT)
    before = path.read_bytes()
    save = torch.save
    monkeypatch.setattr(torch, "save", lambda content, _path: save(content, "/dev/full"))
    with pytest.raises(OutputError, match=r"cannot write .*file\.pt .*: free some space") as caught:
        write_torch(path, {"weights": torch.zeros(100_000)})
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["file.pt"]


def test_an_interruption_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file.pt"
    write_torch(path, CONTENT)
    before = path.read_bytes()

    def interrupt(_content, partial):
        partial.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_torch(path, {})
    assert [one.name for one in tmp_path.iterdir()] == ["file.pt"]
    assert path.read_bytes() == before


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """Or a power cut would leave an empty one in place of the last that was whole."""
    path, synced, sync = tmp_path / "file.pt", [], os.fsync

    def noted(descriptor):
        synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size, path.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    write_torch(path, CONTENT)
    assert synced[0] == (path.stat().st_ino, path.stat().st_size, False)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read .*gone\.pt \(No such file"):
        read_torch(tmp_path / "gone.pt")


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (PermissionError(13, "Permission denied"), "cannot read {} (Permission denied): check the"),
        (MemoryError(), "there is not enough memory to read {}: free some"),
        (
            RuntimeError("can't allocate memory: 9 bytes"),
            "there is not enough memory to read {}: free some",
        ),
        (RuntimeError("central directory"), "{} is not a file of torch weights, or is damaged: "),
    ],
)
def test_why_a_file_cannot_be_read_is_said(tmp_path, monkeypatch, error, complaint):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(torch, "load", fail)
    (tmp_path / "file.pt").touch()
    with pytest.raises(ModelError) as caught:
        read_torch(tmp_path / "file.pt")
    assert str(caught.value).startswith(complaint.format(tmp_path / "file.pt"))


def test_a_torn_file_is_damaged(tmp_path):
    path = tmp_path / "file.pt"
    write_torch(path, CONTENT)
    size = path.stat().st_size
    for kept in (size - 1, size // 2, 9):
        os.truncate(path, kept)
        with pytest.raises(ModelError, match="is not a file of torch weights, or is damaged"):
            read_torch(path)


class Evil:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps(Evil())])
def test_what_torch_did_not_write_is_refused(tmp_path, content, capsys):
    (tmp_path / "file.pt").write_bytes(content)
    with pytest.raises(ModelError, match=r"file\.pt is not a file of torch weights"):
        read_torch(tmp_path / "file.pt")
    assert capsys.readouterr().out == ""
