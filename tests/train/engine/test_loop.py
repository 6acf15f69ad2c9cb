"""One loop trains whatever learns, goes on with the same bits, and stops at what is no number."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from passerby.errors import ModelError
from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.loop import Epoch, train
from passerby.train.engine.machine import Machine
from passerby.train.engine.state import read_training, write_training
from passerby.train.engine.training import Training

ASKED = {"seed": 7}


class Duel(Training[nn.Module]):
    """A network and its adversary, which is no part of the result."""

    adversary: nn.Module

    @property
    def modules(self):
        return {"filter": self.network, "adversary": self.adversary}


def duel():
    """A filter with dropout that learns to be taken for zeros, and who tells them apart."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 4))
    adversary = nn.Linear(4, 1)
    training = Duel(
        network=network,
        averaged=averaged_copy(network),
        ema_decay=0.5,
        optimizers=(
            torch.optim.AdamW(network.parameters()),
            torch.optim.SGD(adversary.parameters(), lr=0.1, momentum=0.9),
        ),
    )
    training.adversary = adversary
    return training


def alternating(training, epochs=4, batches=3):
    """Epochs in which both learn from each batch, one after the other."""
    first, second = training.optimizers

    def told_apart(images):
        return nn.functional.softplus(training.adversary(images)).mean()

    def learn(batch, rate):
        for group in first.param_groups:
            group["lr"] = rate
        second.zero_grad()
        apart = told_apart(training.network(batch).detach()) + told_apart(-batch)
        apart.backward()
        second.step()
        first.zero_grad()
        fooled = -told_apart(training.network(batch))
        fooled.backward()
        first.step()
        return {"total": (apart + fooled).detach(), "fooled": fooled.detach()}

    while training.epoch < epochs:
        done = training.epoch
        drawn = torch.Generator().manual_seed(done)
        yield Epoch(
            batches=[torch.randn(5, 4, generator=drawn) for _ in range(batches)],
            rate=lambda number, done=done: 0.01 / (1 + done * batches + number),
            learn=learn,
            steps=epochs * batches,
            number=done + 1,
        )


def run(training, path, tell=lambda _progress: None, device="cpu", **options):
    train(
        training,
        alternating(training, **options),
        Machine(torch.device(device)),
        lambda: write_training(training, ASKED, path),
        tell,
        seed=7,
        remedy="try again",
    )
    return training


def tensors(training):
    states = [
        *(module.state_dict() for module in training.modules.values()),
        training.averaged.state_dict(),
        *(moments for one in training.optimizers for moments in one.state.values()),
    ]
    return [value for state in states for value in state.values() if value is not None]


@pytest.mark.parametrize("stop", [4, 8, 12])
def test_networks_that_learn_in_turns_go_on_with_the_same_bits(tmp_path, stop):
    """Stopped in a step, they go on from the epoch before, with the same dropout."""
    whole = run(duel(), tmp_path / "whole.pt")

    def interrupt(progress):
        if progress.done == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(duel(), tmp_path / "state.pt", interrupt)
    again, steps = duel(), []
    state = read_training(again, ASKED, tmp_path / "state.pt")
    assert set(state) >= {"filter", "adversary", "averaged", "optimizers"}
    run(again, tmp_path / "state.pt", lambda progress: steps.append(progress.done))
    assert steps == list(range(3 * ((stop - 1) // 3) + 1, 13))
    assert (again.epoch, again.step, again.lost) == (4, 12, whole.lost)
    assert all(map(torch.equal, tensors(whole), tensors(again)))


def test_each_step_is_told_with_what_is_saved_by_then(tmp_path):
    told = []
    run(duel(), tmp_path / "state.pt", told.append, epochs=2)
    assert [one.done for one in told] == [1, 2, 3, 4, 5, 6]
    assert [one.epoch for one in told] == [1, 1, 1, 2, 2, 2]
    assert [one.saved for one in told] == [0, 0, 0, 3, 3, 3]
    assert {one.total for one in told} == {6}
    assert [one.learning_rate for one in told] == [0.01 / step for step in range(1, 7)]
    assert {tuple(one.losses) for one in told} == {("total", "fooled")}


def test_an_epoch_is_asked_for_when_the_one_before_is_saved(tmp_path):
    training, happened = duel(), []

    def epochs():
        for epoch in alternating(training, epochs=2, batches=1):
            happened.append("asked for")
            yield epoch
            happened.append("looked at")

    train(
        training,
        epochs(),
        Machine(torch.device("cpu")),
        lambda: happened.append("saved"),
        lambda _progress: happened.append("told"),
        seed=0,
        remedy="",
    )
    assert happened == ["asked for", "told", "saved", "looked at"] * 2


def flat(value=0.0, number=0, batches=25):
    """An epoch that loses the same in each step."""
    return Epoch(
        batches=range(batches),
        rate=lambda _number: 0.1,
        learn=lambda _batch, _rate: {"total": torch.tensor(value)},
        steps=batches,
        number=number,
    )


def learn_from(training, epoch, tell=lambda _progress: None, device="cpu"):
    machine = Machine(torch.device(device))
    train(training, [epoch], machine, lambda: None, tell, seed=0, remedy="try again")


@pytest.mark.parametrize(("device", "first"), [("cpu", 1), ("cuda", 10)])
def test_a_gpu_alone_goes_on_while_its_losses_are_looked_at(device, first):
    training, taken = duel(), []
    learn_from(training, flat(), lambda _progress: taken.append(training.step), device)
    assert len(taken) == 25
    assert taken[0] == first
    assert taken[-1] == 25


def test_parts_of_the_loss_that_became_no_numbers_are_named():
    losses = {"total": torch.nan, "pixels": 1.0, "scores": torch.nan, "boxes": torch.inf}

    def learn(_batch, _rate):
        return {name: torch.tensor(loss) for name, loss in losses.items()}

    epoch = replace(flat(), learn=learn)
    with pytest.raises(ModelError, match=r"NaN at step 1 \(scores, boxes\): try again$"):
        learn_from(duel(), epoch)


@pytest.mark.parametrize(("number", "place"), [(3, "in epoch 3"), (0, "at step 1")])
def test_what_became_no_number_is_said_with_its_place(number, place):
    with pytest.raises(ModelError, match=f"^the loss became NaN {place}: try again$"):
        learn_from(duel(), flat(torch.nan, number))
    training = duel()
    training.adversary.bias.data.fill_(torch.inf)
    with pytest.raises(ModelError, match=r"^the weights became NaN (in|at) .*: try again$"):
        learn_from(training, flat(number=number))
