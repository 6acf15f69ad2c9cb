"""``passerby bench`` from the command line."""

import json

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK, EXIT_USAGE

Capture = pytest.CaptureFixture[str]
WORDS = ["bench", "obfuscator", "shuffle", "--width", "32", "--height", "32", "--rounds", "1"]


def test_figures_are_printed(capsys: Capture) -> None:
    assert main(WORDS) == EXIT_OK
    table = capsys.readouterr().out
    assert all(word in table for word in ("shuffle", "GMACs", "frames/s"))
    assert main([*WORDS, "--against", "passerby-people", "--json"]) == EXIT_OK
    ours, theirs = json.loads(capsys.readouterr().out)
    assert ours["macs"] == 43_776_000 * 1024 // 64_000
    assert ours["times_faster"] == pytest.approx(theirs["milliseconds"] / ours["milliseconds"])
    assert theirs["times_faster"] == 1


def test_wrong_use_is_refused(capsys: Capture) -> None:
    assert main([*WORDS, "--threads", "0"]) == EXIT_USAGE
    assert "all must be above 0" in capsys.readouterr().err
