"""What goes to disk comes back, and nothing else is taken for it."""

import errno
import os
from dataclasses import replace

import pytest
import torch
from torch import nn

from passerby.errors import ModelError, OutputError
from passerby.models.torch_files import read_torch
from passerby.train.detector.checkpoint import read_checkpoint, write_checkpoint
from passerby.train.detector.settings import TrainingSettings
from passerby.train.engine.training import Training

SETTINGS = TrainingSettings(pictures=100, batch=2, sizes=(64,))


@pytest.fixture
def make_training():
    """A small training that has taken a few steps."""

    def make(seed, steps=3, width=4):
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 1))
        averaged = nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 1))
        optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            network(torch.rand(5, 3)).pow(2).sum().backward()
            optimizer.step()
        return Training(
            network=network, averaged=averaged, optimizers=(optimizer,), step=steps, epoch=1
        )

    return make


def same(first, second):
    parts = [
        (first.network.state_dict(), second.network.state_dict()),
        (first.averaged.state_dict(), second.averaged.state_dict()),
    ]
    (ours,), (theirs,) = first.optimizers, second.optimizers
    moments = zip(ours.state.values(), theirs.state.values(), strict=True)
    return (
        all(torch.equal(one[name], other[name]) for one, other in parts for name in one)
        and all(torch.equal(one[name], other[name]) for one, other in moments for name in one)
        and first.step == second.step
    )


def as_of_version_0_1(path):
    """Give a state the layout that it had, and has in folders of trainings that go on."""
    state = read_torch(path)
    settings = state["asked"]
    settings["smoothing"] = settings.pop("ema_decay")
    (optimizer,) = state["optimizers"]
    kept = {name: state[name] for name in ("network", "averaged", "step")}
    torch.save({**kept, "optimizer": optimizer, "settings": settings}, path)


def test_what_was_written_is_read(make_training, tmp_path):
    before, after = make_training(0, steps=5), make_training(1)
    write_checkpoint(before, SETTINGS, tmp_path / "new" / "state.pt")
    assert not same(before, after)
    read_checkpoint(after, SETTINGS, tmp_path / "new" / "state.pt")
    assert same(before, after)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["state.pt"]


def test_a_training_of_version_0_1_goes_on(make_training, tmp_path):
    before, after = make_training(0, steps=5), make_training(1)
    write_checkpoint(before, SETTINGS, tmp_path / "state.pt")
    as_of_version_0_1(tmp_path / "state.pt")
    read_checkpoint(after, SETTINGS, tmp_path / "state.pt")
    assert same(before, after)


def test_a_training_may_become_longer(make_training, tmp_path):
    write_checkpoint(make_training(0, steps=5), SETTINGS, tmp_path / "state.pt")
    training = make_training(1)
    read_checkpoint(training, replace(SETTINGS, pictures=1000), tmp_path / "state.pt")
    assert training.step == 5


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("seed", 7, "was started with seed 0, not 7"),
        ("batch", 4, "was started with batch 2, not 4"),
        ("sizes", (64, 96), r"was started with sizes \(64,\), not \(64, 96\)"),
        ("learning_rate", 1.0, "was started with learning_rate 0.002, not 1.0"),
    ],
)
def test_other_settings_are_refused(make_training, tmp_path, name, value, complaint):
    write_checkpoint(make_training(0), SETTINGS, tmp_path / "state.pt")
    with pytest.raises(ModelError, match=complaint):
        read_checkpoint(make_training(1), replace(SETTINGS, **{name: value}), tmp_path / "state.pt")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"this is no checkpoint"),
        lambda path: os.truncate(path, path.stat().st_size // 2),
        lambda path: os.truncate(path, path.stat().st_size - 1),
        lambda path: torch.save({"weights": 1}, path),
        lambda path: torch.save([1, 2], path),
    ],
    ids=["empty", "text", "half", "all but a byte", "other keys", "a list"],
)
def test_what_is_no_checkpoint_is_refused(make_training, tmp_path, spoil):
    path = tmp_path / "state.pt"
    write_checkpoint(make_training(0), SETTINGS, path)
    spoil(path)
    with pytest.raises(
        ModelError,
        match=r"state\.pt is not a (checkpoint of this training run|file of torch weights, or is)",
    ) as caught:
        read_checkpoint(make_training(1), SETTINGS, path)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_network_is_refused(make_training, tmp_path):
    write_checkpoint(make_training(0, width=5), SETTINGS, tmp_path / "state.pt")
    with pytest.raises(ModelError, match="is not a checkpoint of this training run"):
        read_checkpoint(make_training(1), SETTINGS, tmp_path / "state.pt")


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("write failed\nat")]
)
def test_a_full_disk_leaves_the_last_good_state(make_training, tmp_path, monkeypatch, fault):
    good = make_training(0, steps=2)
    write_checkpoint(good, SETTINGS, tmp_path / "state.pt")

    def fill(state, path):
        path.write_bytes(b"half of it")
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", fill)
        with pytest.raises(OutputError, match=r"state\.pt.*free some") as caught:
            write_checkpoint(make_training(1, steps=4), SETTINGS, tmp_path / "state.pt")
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]
    again = make_training(2)
    read_checkpoint(again, SETTINGS, tmp_path / "state.pt")
    assert same(good, again)
