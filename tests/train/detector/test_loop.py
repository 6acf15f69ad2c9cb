"""Interrupted and resumed, a training ends with the same bits; what cannot go on is said."""

from math import isfinite

import pytest
import torch

from passerby.errors import ModelError, OutputError
from passerby.train.detector import loop
from passerby.train.detector.batches import SceneComposer
from passerby.train.detector.loop import train_people_network
from passerby.train.detector.losses import Losses, losses_of
from passerby.train.detector.settings import TrainingSettings

SETTINGS = TrainingSettings(pictures=12, batch=2, sizes=(64,), warmup=2)


@pytest.fixture
def learn(red_people, small_network, tmp_path):
    """Train in this process."""

    def run(name="state.pt", settings=SETTINGS, **options):
        composer = SceneComposer(red_people, None, settings)
        return train_people_network(composer, settings, tmp_path / name, workers=0, **options)

    return run


def weights(network):
    return network.state_dict().values()


def equal(first, second):
    return all(
        torch.equal(one, other) for one, other in zip(weights(first), weights(second), strict=True)
    )


def interrupt_at(last):
    def report(progress):
        if progress.done == last:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize(("last", "resumed"), [(3, 3), (5, 5), (1, 1)])
def test_a_resumed_training_gives_the_same_bits(learn, last, resumed):
    """Interrupted in step 3 or 5, what is on disk is of step 2 or 4."""
    whole = learn("whole.pt")
    with pytest.raises(KeyboardInterrupt):
        learn(save_every=2, report=interrupt_at(last))
    steps = []
    again = learn(save_every=2, report=lambda progress: steps.append(progress.done))
    assert steps[0] == resumed
    assert steps[-1] == SETTINGS.steps
    assert equal(whole, again)


def test_a_finished_training_takes_no_step_more(learn):
    whole = learn()
    again = learn(report=interrupt_at(1))
    assert equal(whole, again)


def test_a_training_that_goes_on_does_not_read_its_start_again(learn, tmp_path, monkeypatch):
    start, read = tmp_path / "start.onnx", []
    monkeypatch.setattr(loop, "restore", lambda network, path, images: read.append(path))
    learn(start=start)
    assert read == [start]
    learn(start=start)
    assert read == [start]


def test_another_seed_gives_other_weights(learn):
    other = TrainingSettings(pictures=4, batch=2, sizes=(64,), warmup=2, seed=1)
    same = TrainingSettings(pictures=4, batch=2, sizes=(64,), warmup=2)
    assert not equal(learn("a.pt", same), learn("b.pt", other))


def test_every_step_is_reported_with_its_rate(learn):
    reports = []
    learn(report=reports.append)
    assert [one.done for one in reports] == list(range(1, 7))
    assert [one.learning_rate for one in reports] == [SETTINGS.rate_at(step) for step in range(6)]
    assert all(isfinite(one.losses["total"]) for one in reports)
    assert {one.total for one in reports} == {SETTINGS.steps}


@pytest.mark.parametrize(
    ("able", "expected"), [({}, torch.float32), ({"avx512_bf16": True}, torch.bfloat16)]
)
def test_networks_compute_in_bfloat16_where_the_processor_does(learn, monkeypatch, able, expected):
    """Where it is emulated, a step takes many times as long."""
    seen = set()

    def watched(prediction, *others):
        seen.add(prediction.scores.dtype)
        return losses_of(prediction, *others)

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(loop, "losses_of", watched)
    learn(settings=TrainingSettings(pictures=2, batch=2, sizes=(64,)))
    assert seen == {expected}


def test_losses_that_are_no_numbers_stop_it_and_leave_the_last_good_state(learn, tmp_path):
    wild = TrainingSettings(pictures=12, batch=2, sizes=(64,), warmup=0, learning_rate=1e30)
    with pytest.raises(
        ModelError,
        match=r"loss became NaN at step \d \(.*\): start again in another .*state\.pt",
    ):
        learn(settings=wild, save_every=1)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert 1 <= state["step"] < 6
    assert all(torch.isfinite(weight).all() for weight in state["network"].values())


def test_a_gradient_that_is_no_number_never_reaches_the_disk(learn, tmp_path, monkeypatch):
    def flat(prediction, labels, advice, size):
        none = torch.zeros(())
        return Losses((prediction.scores.float() * 0).abs().sqrt().sum(), none, none, none)

    monkeypatch.setattr(loop, "losses_of", flat)
    with pytest.raises(ModelError, match="became NaN at step 1"):
        learn(save_every=1)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_other_settings_stops_it(learn):
    learn(settings=TrainingSettings(pictures=2, batch=2, sizes=(64,)))
    with pytest.raises(ModelError, match="was started with seed 0, not 3"):
        learn(settings=TrainingSettings(pictures=2, batch=2, sizes=(64,), seed=3))


def test_a_full_disk_stops_it_and_space_lets_it_go_on(learn, monkeypatch):
    whole = learn("whole.pt")
    writes = []
    save = torch.save

    def third_fails(state, path):
        writes.append(path)
        if len(writes) == 3:
            raise OSError(28, "No space left on device")
        save(state, path)

    monkeypatch.setattr(torch, "save", third_fails)
    with pytest.raises(OutputError, match="the disk is full"):
        learn(save_every=1)
    steps = []
    again = learn(save_every=1, report=lambda progress: steps.append(progress.done))
    assert steps == [3, 4, 5, 6]
    assert equal(whole, again)
