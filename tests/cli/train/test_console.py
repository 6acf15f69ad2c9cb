"""What the commands that train show."""

from pathlib import Path

import pytest

from passerby.cli.train.console import shown_training, training_progress
from passerby.train.engine.progress import TrainingProgress


@pytest.mark.parametrize(("rank", "hidden"), [(None, False), ("0", False), ("1", True)])
def test_of_several_processes_the_first_draws_a_bar(monkeypatch, rank, hidden):
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    assert training_progress("steps").disable is hidden


def interrupt(**progress):
    """Start a training in ``out``, and interrupt it in step 450 of 9375."""
    with shown_training(Path("out"), unit="steps") as report:
        report(TrainingProgress("training", 450, 9375, losses={"total": 1.0}, **progress))
        raise KeyboardInterrupt


@pytest.mark.parametrize(("rank", "told"), [("0", True), ("1", False)])
def test_interrupted_between_two_states_it_is_said_what_is_saved(monkeypatch, capsys, rank, told):
    monkeypatch.setenv("RANK", rank)
    with pytest.raises(KeyboardInterrupt):
        interrupt(saved=400)
    line = (
        "passerby: step 450 of 9375 was interrupted, and the first 400 are saved in out: run the "
        "same command to go on\n"
    )
    assert (line in capsys.readouterr().err) == told


def test_nothing_is_promised_before_anything_is_saved(capsys):
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert "saved" not in capsys.readouterr().err
