"""What the commands that train show, and what they need."""

import pytest

from passerby.cli.train.console import needing_extra, training_progress
from passerby.errors import ConfigError


def test_what_is_missing_is_named_with_the_way_to_get_it():
    told = r"needs torch: run `pip install 'passerby\[train\]'`"
    with pytest.raises(ConfigError, match=told), needing_extra():
        raise ModuleNotFoundError(name="torch")


@pytest.mark.parametrize(("rank", "hidden"), [(None, False), ("0", False), ("1", True)])
def test_of_several_processes_the_first_draws_a_bar(monkeypatch, rank, hidden):
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    assert training_progress("steps").disable is hidden
