"""The command line of a federation, as far as it goes without Flower."""

import sys

import pytest

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_USAGE

SERVER = "--federated server --anonymize van-rooijen-black --scale quick"


@pytest.fixture
def no_flower(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if "federated.flower" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flwr", None)
    monkeypatch.setitem(sys.modules, "flwr.app", None)


def test_without_flower_it_is_said_what_to_install(no_flower, tmp_path, capsys):
    words = f"train reid {SERVER} -o {tmp_path / 'server'}".split()
    assert main(words) == EXIT_USAGE
    said = capsys.readouterr().err
    assert "federated training needs flwr: run `pip install 'passerby[federated]'`" in said
    assert "nothing hides them from the server" in said


@pytest.mark.usefixtures("no_flower")
def test_noise_is_told_as_an_epsilon(tmp_path, capsys):
    words = f"train reid {SERVER} --clip 1 --noise 4 --rounds 10 -o {tmp_path / 'server'}".split()
    main(words)
    assert "are (7.51, 1e-05)-differentially private" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (f"{SERVER} --data market", "the server of a federation has no images"),
        (f"{SERVER} --epochs 4", "give --rounds, not --epochs"),
        (f"{SERVER} --noise 2", "say which, with --clip"),
        ("--federated client --anonymize van-rooijen-black", "give --data"),
        ("--scale quick", "there is nothing to learn from: give --data"),
    ],
)
def test_what_makes_no_sense_is_refused(words, line, tmp_path, capsys):
    assert main([*f"train reid {words} -o".split(), str(tmp_path / "out")]) == EXIT_USAGE
    assert line in capsys.readouterr().err
