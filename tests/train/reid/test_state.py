"""All that changes while a training goes on is written, and comes back."""

from dataclasses import replace

import pytest
import torch

from passerby.errors import ModelError, OutputError
from passerby.models.reid import create
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import Optimizer
from passerby.train.reid.state import new_training, read_state, write_state

ASKED = {"model": "bot", "seed": 0, "size": [32, 32]}


def begun(seed=0, steps=2, width=0.125, **changes):
    """A training of a tiny BoT that took a few steps."""

    torch.manual_seed(seed)
    own = replace(recipe("bot", "quick"), ema_decay=0.9, **changes)
    network = create("bot", 3, scale="quick", size=(32, 32), width=width)
    training = new_training(ReidObjective(network, own.weights, 3), own)
    for _ in range(steps):
        training.learner(torch.randn(4, 3, 32, 32), torch.tensor([0, 0, 1, 1]))["total"].backward()
        for optimizer in training.optimizers:
            optimizer.step()
        training.step += 1
        training.lost.append(0.5)
    training.epoch = steps
    return training


def tensors(training):
    weights = [*training.learner.state_dict().values(), *training.averaged.state_dict().values()]
    moments = [
        value
        for optimizer in training.optimizers
        for state in optimizer.state.values()
        for value in state.values()
    ]
    return weights + moments


def same(first, second):
    numbers = [(one.epoch, one.step, one.lost) for one in (first, second)]
    ours, theirs = tensors(first), tensors(second)
    return numbers[0] == numbers[1] and all(map(torch.equal, ours, theirs))


def test_what_was_written_is_read(tmp_path):
    before, after = begun(seed=0, steps=3), begun(seed=1)
    write_state(before, ASKED, tmp_path / "state.pt")
    assert not same(before, after)
    read_state(after, ASKED, tmp_path / "state.pt")
    assert same(before, after)


def test_a_state_of_another_training_is_refused(tmp_path):
    write_state(begun(), ASKED, tmp_path / "state.pt")
    with pytest.raises(ModelError, match="was started with seed 0, not 4"):
        read_state(begun(), {**ASKED, "seed": 4}, tmp_path / "state.pt")
    with pytest.raises(ModelError, match=r"started with model bot, not pcb"):
        read_state(begun(), {**ASKED, "model": "pcb"}, tmp_path / "state.pt")


def test_a_state_of_another_network_is_refused(tmp_path):
    path = tmp_path / "state.pt"
    write_state(begun(width=0.25), ASKED, path)
    with pytest.raises(ModelError, match=r"state\.pt is not a checkpoint of this training run"):
        read_state(begun(), ASKED, path)


@pytest.mark.parametrize("content", [b"", b"no state"])
def test_what_is_no_state_is_refused(tmp_path, content):
    path = tmp_path / "state.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"state\.pt is not a file .* move a damaged file away"):
        read_state(begun(), ASKED, path)


def test_a_state_that_may_not_be_read_is_said_as_such(tmp_path):
    path = tmp_path / "state.pt"
    path.mkdir()
    with pytest.raises(ModelError, match=r"cannot read .*state\.pt \(Is a directory\): check"):
        read_state(begun(), ASKED, path)


def test_a_full_disk_leaves_the_last_good_state(tmp_path, monkeypatch):
    path, good = tmp_path / "state.pt", begun(seed=0)
    write_state(good, ASKED, path)
    save, other = torch.save, begun(seed=1)
    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", lambda content, _path: save(content, "/dev/full"))
        with pytest.raises(OutputError, match=r"cannot write .*state\.pt .*free some space"):
            write_state(other, ASKED, path)
    assert [one.name for one in tmp_path.iterdir()] == ["state.pt"]
    again = begun(seed=2)
    read_state(again, ASKED, path)
    assert same(good, again)


def test_centres_move_as_in_the_strong_baseline():
    """SGD of rate 0.5 on the gradient of the centre loss alone, whatever its weight is."""
    training = begun(steps=0)
    centres = training.learner.centres.centres
    before, (_, optimizer) = centres.detach().clone(), training.optimizers
    images, labels = torch.randn(4, 3, 32, 32), torch.tensor([0, 0, 1, 1])
    training.learner(images, labels)["total"].backward()
    features = training.learner.network(images).features[0].detach()
    optimizer.step()
    for person in range(3):
        own = features[labels == person]
        gradient = 2 * (before[person] - own).sum(0) / 4
        assert torch.allclose(centres[person], before[person] - 0.5 * gradient, atol=1e-3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)],
)
def test_the_backbone_has_its_share_of_the_learning_rate(kind, expected):
    settings = Optimizer(kind=kind, learning_rate=0.1, weight_decay=0.01, backbone=0.1)
    (main, _) = begun(steps=0, optimizer=settings).optimizers
    assert type(main) is expected
    assert [group["share"] for group in main.param_groups] == [0.1, 1.0]
    counts = [sum(weight.numel() for weight in group["params"]) for group in main.param_groups]
    assert counts[1] == 64 + 64 + 3 * 64
    assert {group["weight_decay"] for group in main.param_groups} == {0.01}


def test_how_steps_are_computed_is_not_of_the_file(tmp_path):
    """A fused SGD, as files of before name it, cannot begin with some weights later."""
    sgd = Optimizer(kind="sgd", learning_rate=0.01)
    before, after = begun(optimizer=sgd), begun(optimizer=sgd)
    for group in before.optimizers[0].param_groups:
        group["fused"] = True
    write_state(before, ASKED, tmp_path / "state.pt")
    read_state(after, ASKED, tmp_path / "state.pt")
    assert not any(group["fused"] for group in after.optimizers[0].param_groups)


def test_moments_of_adam_are_computed_in_one_go_as_before(tmp_path):
    write_state(begun(), ASKED, tmp_path / "state.pt")
    after = begun()
    read_state(after, ASKED, tmp_path / "state.pt")
    assert all(group["fused"] for group in after.optimizers[0].param_groups)
