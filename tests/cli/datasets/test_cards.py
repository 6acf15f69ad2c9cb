"""``passerby datasets list`` from the command line."""

import json

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets import DATASETS

Capture = pytest.CaptureFixture[str]


def test_every_data_set_is_listed(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["datasets", "list"]) == EXIT_OK
    table = capsys.readouterr().out
    assert [name for name in DATASETS if name not in table] == []
    assert "Withdrawn in 2019" in table


def test_all_that_is_known_as_json(capsys: Capture) -> None:
    assert main(["datasets", "list", "--json"]) == EXIT_OK
    cards = json.loads(capsys.readouterr().out)
    assert list(cards) == list(DATASETS)
    assert cards["market1501"]["published"]["train"] == {"images": 12_936, "people": 751}
    assert "withdrawn" in cards["duke"]["caution"]
