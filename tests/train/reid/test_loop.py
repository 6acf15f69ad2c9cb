"""An interrupted training ends with the same bits; trouble is said; weights learn when they may."""

from dataclasses import replace

import pytest
import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from passerby.errors import ConfigError, InputError, ModelError, OutputError
from passerby.models import torch_files
from passerby.models.reid.checkpoint import read_card
from passerby.train.engine.curves import Curves
from passerby.train.engine.machine import Machine
from passerby.train.engine.schedules import Steps
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.run import STATE_FILE, train_reid
from passerby.train.reid.settings import LossWeights, Optimizer
from passerby.train.reid.state import ReidTraining


@pytest.fixture
def learn(make_plan, tmp_path):
    """Train; gives the folder and all that was told."""

    def run(name="out", **changes):
        told = []
        train_reid(make_plan(evaluates=False, **changes), tmp_path / name, told.append)
        return tmp_path / name, told

    return run


def fill_disk_after_one_epoch(patch):
    save, saved = torch.save, []

    def second_fails(content, path):
        saved.append(path)
        if len(saved) == 2:
            raise OSError(28, "No space left on device")
        save(content, path)

    patch.setattr(torch_files.torch, "save", second_fails)


def weights_in(folder, name="model.pt"):
    return torch.load(folder / name, weights_only=True)["network"]


def equal(first, second):
    ours, theirs = weights_in(first), weights_in(second)
    return all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_same_training_twice_ends_with_the_same_bits(learn):
    assert equal(learn("one")[0], learn("two")[0])
    assert not equal(learn("one")[0], learn("other", seed=1)[0])


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("model", ["bot", "pcb-shared"])
def test_an_interrupted_training_ends_with_the_same_bits(
    learn, small_recipe, monkeypatch, workers, model
):
    """The second has dropout, whose state nobody writes down. Weights are averaged too."""
    changes = {"model": model, "workers": workers}
    changes["recipe"] = replace(small_recipe, ema_decay=0.8)
    whole, _ = learn("whole", **changes)
    with monkeypatch.context() as patch:
        fill_disk_after_one_epoch(patch)
        with pytest.raises(OutputError, match=r"state\.pt: the disk is full"):
            learn("halted", **changes)
    halted, told = learn("halted", **changes)
    assert {one.epoch for one in told if one.losses} == {2, 3}
    assert equal(whole, halted)


def test_what_it_started_from_is_remembered_when_it_goes_on(
    learn, make_plan, monkeypatch, tmp_path, small_recipe
):
    first = train_reid(make_plan(evaluates=False), tmp_path / "first")
    whole, _ = learn("whole", weights=first)
    with monkeypatch.context() as patch:
        fill_disk_after_one_epoch(patch)
        with pytest.raises(OutputError):
            learn("halted", weights=first)
    with monkeypatch.context() as patch:
        patch.setattr("passerby.models.reid.weights.read_torch", lambda _path: pytest.fail("read"))
        halted, _ = learn("halted", weights=first)
    assert equal(whole, halted)
    assert read_card(halted / "model.pt")["origin"] == read_card(whole / "model.pt")["origin"]
    assert read_card(halted / "model.pt")["origin"]["source"] == str(first)


def test_every_step_is_told_with_its_learning_rate(learn, small_recipe):
    schedule = Steps((2,), warmup=0)
    optimizer = Optimizer(kind="adam", learning_rate=0.01)
    recipe = replace(small_recipe, schedule=schedule, optimizer=optimizer, epochs=2)
    _, told = learn(recipe=recipe)
    steps = [one for one in told if one.losses]
    assert [one.done for one in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].total == len(steps)
    for one in steps:
        assert one.learning_rate == pytest.approx(0.01 if one.epoch == 1 else 0.001)
    assert [one.done for one in told if one.stage == "reading"] == list(range(1, 25))


def test_a_loss_that_is_no_number_stops_it_and_keeps_the_last_state(learn, monkeypatch):
    forward = ReidObjective.forward
    calls = []

    def spoilt(self, images, labels):
        calls.append(1)
        losses = forward(self, images, labels)
        return {name: loss * (torch.nan if len(calls) > 5 else 1) for name, loss in losses.items()}

    monkeypatch.setattr(ReidObjective, "forward", spoilt)
    with pytest.raises(
        ModelError, match=r"became NaN in epoch 2( \(.*\))?: start again in another "
    ):
        learn()
    monkeypatch.setattr(ReidObjective, "forward", forward)
    _, told = learn()
    assert {one.epoch for one in told if one.losses} == {2, 3}


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_what_is_advised_is_what_the_folder_allows(learn, monkeypatch, small_recipe, precision):
    """A state is refused with another learning rate, and not with another precision."""
    forward = ReidObjective.forward
    calls = []

    def spoilt(self, images, labels):
        calls.append(1)
        losses = forward(self, images, labels)
        return {name: loss * (torch.nan if len(calls) > 5 else 1) for name, loss in losses.items()}

    monkeypatch.setattr(ReidObjective, "forward", spoilt)
    with pytest.raises(ModelError, match=r"with a lower learning rate$") as caught:
        learn(precision=precision)
    assert ("resume with --precision fp32, or" in str(caught.value)) == (precision == "bf16")
    monkeypatch.setattr(ReidObjective, "forward", forward)
    lower = replace(small_recipe.optimizer, learning_rate=1e-4)
    with pytest.raises(ModelError, match=r"was started with recipe\.optimizer\.learning_rate"):
        learn(recipe=replace(small_recipe, optimizer=lower))
    assert (learn(precision="fp32")[0] / "model.pt").exists()


def test_on_a_processor_each_step_is_told_as_it_is_taken(learn, monkeypatch):
    happened, forward = [], ReidObjective.forward

    def noted(self, images, labels):
        happened.append("taken")
        return forward(self, images, labels)

    write = Curves.add
    monkeypatch.setattr(ReidObjective, "forward", noted)
    monkeypatch.setattr(Curves, "add", lambda *args: happened.append("told") or write(*args))
    learn()
    assert happened
    assert happened == ["taken", "told"] * (len(happened) // 2)


def test_weights_that_are_no_numbers_are_never_written(learn, tmp_path, small_recipe):
    optimizer = Optimizer(kind="sgd", learning_rate=1e38)
    wild = replace(small_recipe, optimizer=optimizer, schedule=Steps(()))
    with pytest.raises(ModelError, match=r"became NaN"):
        learn(recipe=wild)
    assert not (tmp_path / "out" / STATE_FILE).exists()


def test_a_training_that_stands_still_is_said(learn, small_recipe):
    still = Optimizer(kind="sgd", learning_rate=0.0, weight_decay=0.0)
    recipe = replace(small_recipe, optimizer=still, schedule=Steps(()), epochs=6)
    _, told = learn(recipe=replace(recipe, weights=LossWeights()))
    (warning,) = [one.warning for one in told if one.warning]
    assert "after 5 epochs the loss is" in warning
    assert "nothing was learned: check the labels, or start again in another folder" in warning


def test_one_that_learns_is_left_alone(learn, small_recipe):
    _, told = learn(recipe=replace(small_recipe, epochs=12, schedule=Steps(())))
    assert not [one.warning for one in told if one.warning]
    losses = [one.losses["identity"] for one in told if one.losses]
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])


def test_short_memory_says_which_batch_fits(learn, monkeypatch, small_recipe):
    forward = ReidObjective.forward

    def short(self, images, labels):
        if len(images) > 5:
            raise torch.OutOfMemoryError
        return forward(self, images, labels)

    recipe = replace(small_recipe, order=replace(small_recipe.order, people=4))
    monkeypatch.setattr(ReidObjective, "forward", short)
    with pytest.raises(ConfigError, match=r"memory for 8 images at a time, but 4 fit: .*e 2"):
        learn(recipe=recipe)
    folder, _ = learn(recipe=recipe, accumulate=2)
    assert (folder / "model.pt").exists()


@pytest.mark.parametrize(("room", "told"), [(5, "but 4 fit: add"), (0, "nor for any part")])
def test_short_memory_for_moments_is_said_too(learn, monkeypatch, room, told, small_recipe):
    """An optimizer makes what it keeps of each weight in its first step, and may stop half way."""
    forward, step, seen = ReidObjective.forward, torch.optim.AdamW.step, []

    def noted(self, images, labels):
        seen.append(len(images))
        return forward(self, images, labels)

    def short(self, closure=None):
        if seen[-1] > room:
            self.state[self.param_groups[0]["params"][0]]["step"] = torch.zeros(())
            raise torch.OutOfMemoryError
        return step(self, closure)

    recipe = replace(small_recipe, order=replace(small_recipe.order, people=4))
    monkeypatch.setattr(ReidObjective, "forward", noted)
    monkeypatch.setattr(torch.optim.AdamW, "step", short)
    with pytest.raises(
        ConfigError, match=f"there is not enough memory for 8 images at a time, {told}"
    ):
        learn(recipe=recipe)


def test_short_memory_of_one_process_of_many_is_said_too(
    learn, monkeypatch, small_recipe, tmp_path
):
    """What is tried out then is no part of what the processes do together."""
    forward = ReidObjective.forward

    def short(self, images, labels):
        losses = forward(self, images, labels)
        if len(images) > 5:
            losses["total"].register_hook(lambda _gradient: out_of_memory())
        return losses

    def out_of_memory():
        raise torch.OutOfMemoryError

    monkeypatch.setattr(ReidObjective, "forward", short)
    monkeypatch.setattr(Machine, "shared", lambda _machine, module: DistributedDataParallel(module))
    distributed.init_process_group("gloo", f"file://{tmp_path / 'group'}", rank=0, world_size=1)
    try:
        recipe = replace(small_recipe, order=replace(small_recipe.order, people=4))
        with pytest.raises(ConfigError, match=r"memory for 8 images at a time, but 4 fit"):
            learn(recipe=recipe)
    finally:
        distributed.destroy_process_group()


def test_only_what_the_recipe_names_learns_at_first(learn, small_recipe, monkeypatch, tmp_path):
    steps = {}
    end_epoch = ReidTraining.end_epoch

    def noted(training, lost):
        weights = {name: one.detach().clone() for name, one in training.learner.named_parameters()}
        steps[len(steps)] = weights
        end_epoch(training, lost)

    monkeypatch.setattr(ReidTraining, "end_epoch", noted)
    recipe = replace(
        small_recipe, epochs=3, frozen_at_first=2, trained_at_first="classifier", schedule=Steps(())
    )
    learn(recipe=replace(recipe, weights=replace(recipe.weights, centre=0.0)))
    first, second, third = steps.values()
    changed = {name for name in first if not torch.equal(first[name], second[name])}
    assert changed == {"network.classifier.weight"}
    later = {name for name in first if not torch.equal(second[name], third[name])}
    assert later >= {"network.classifier.weight", "network.backbone.conv1.weight"}
    assert later == first.keys() - {"network.neck.bias"}  # which BoT has at 0


def test_a_picture_that_is_damaged_is_named_before_the_first_epoch(learn, make_people, tmp_path):
    dataset = make_people()
    path = dataset.part("train").paths[5]
    dataset.file(path).write_bytes(dataset.file(path).read_bytes()[:150])
    with pytest.raises(InputError, match=f"{path} is damaged"):
        learn(dataset=dataset)
    assert not (tmp_path / "out" / STATE_FILE).exists()
