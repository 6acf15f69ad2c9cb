"""What the commands that train show."""

import pytest

from passerby.cli.train.console import training_progress


@pytest.mark.parametrize(("rank", "hidden"), [(None, False), ("0", False), ("1", True)])
def test_of_several_processes_the_first_draws_a_bar(monkeypatch, rank, hidden):
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    assert training_progress("steps").disable is hidden
