"""The command: what it hands over, what it says when that cannot be, and answers from files."""

import json
from pathlib import Path

import numpy as np
import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.measurement import Measurement, write_measurement
from passerby.reproduce.reid import run
from passerby.reproduce.request import Request

DATA = ["--data", "market1501=people/market"]


@pytest.fixture
def requests(monkeypatch, tmp_path) -> list[Request]:
    """What the command asks for, in the place of doing it; a figure is there from before."""
    asked = []

    def measure(request, workspace, progress, warn):
        asked.append(request)
        progress("training", 1, 2)
        warn("the losses do not fall")
        measured = Measurement(
            study="re-identification",
            case=EXPERIMENTS["van-rooijen-table2"].lines[0].case,
            scale="quick",
            seed=0,
            made_from={"index": "i", "images": "b", "rules": {}},
            figures=dict.fromkeys(("mAP", "rank1", "rank5", "rank10"), 50.0),
            groups=np.array([1, 2]),
            by_item={"mAP": np.array([40.0, 60]), "rank1": np.array([0.0, 100])},
            training={"recipe": {}, "weights": {}, "anonymized_by": None, "made_by": None},
            stamp={"command": request.command, "commit": "", "machine": "", "versions": {}},
        )
        write_measurement(workspace.measurement(measured.case, "quick", 0), measured)

    monkeypatch.setattr(run, "measure_table", measure)
    monkeypatch.chdir(tmp_path)
    return asked


def test_the_defaults(requests, tmp_path, capsys) -> None:
    assert main(["reproduce", "van-rooijen-table2", *DATA]) == EXIT_OK
    (request,) = requests
    assert request.experiment is EXPERIMENTS["van-rooijen-table2"]
    assert request.roots == {"market1501": Path("people/market")}
    assert (request.scale, request.seeds, request.rows) == ("quick", (0, 1, 2), ())
    assert request.weights == "scratch"
    written = Path("reproduced") / "van-rooijen-table2-quick.md"
    said = capsys.readouterr()
    assert said.out.strip() == str(written)
    assert "passerby: the losses do not fall\n" in said.err
    assert "85.1" in written.read_text(encoding="utf-8")


def test_options_arrive(requests) -> None:
    words = [
        "--scale",
        "paper",
        "--seeds",
        "4,2",
        "--weights",
        "imagenet",
        "--workers",
        "3",
        "-o",
        "out",
    ]
    chosen = ["--rows", "Full image, black-out"]
    assert main(["reproduce", "van-rooijen-table2", *DATA, *words, *chosen]) == EXIT_OK
    (request,) = requests
    assert (request.scale, request.seeds, request.weights) == ("paper", (4, 2), "imagenet")
    assert (request.rows, request.workers) == (("Full image", "black-out"), 3)
    assert Path("out/van-rooijen-table2-quick.json").is_file()


def test_the_command_on_record_names_no_folder_of_this_machine(requests, tmp_path) -> None:
    main(["reproduce", "van-rooijen-table2", "--data", f"market1501={tmp_path / 'market'}"])
    (request,) = requests
    assert request.command == (
        "passerby reproduce van-rooijen-table2 --data market1501=market "
        "--scale quick --seeds 0,1,2 --weights scratch"
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["table9", *DATA], "unknown table 'table9': choose one of de-coninck-table1"),
        (["dietlmeier-table3"], "dietlmeier-table3 needs --data NAME=ROOT with market1501"),
        (["dietlmeier-table5", *DATA], "dietlmeier-table5 is about viper, not market1501"),
        (["dietlmeier-table3", "--data", "market"], "write NAME=ROOT"),
        (["dietlmeier-table3", *DATA, "--rows", "osnet"], "has no row 'osnet'"),
        (["dietlmeier-table3", *DATA, "--seeds", "a"], "write numbers from 0, as in 0,1,2"),
        (["dietlmeier-table3", *DATA, "--seeds", ""], "write numbers from 0, as in 0,1,2"),
        (["dietlmeier-table3", *DATA, "--scale", "tiny"], "--scale"),
        (["dietlmeier-table3", *DATA, "--workers", "0"], "--workers"),
    ],
)
def test_wrong_use_is_told_in_one_line(requests, capsys, words, complaint) -> None:
    assert main(["reproduce", *words]) == EXIT_USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1
    assert requests == []


def test_a_missing_data_set_is_named(capsys, tmp_path) -> None:
    words = ["--data", f"market1501={tmp_path / 'gone'}", "-o", str(tmp_path / "out")]
    assert main(["reproduce", "van-rooijen-table2", *words]) == EXIT_FAILED
    assert "gone does not exist" in capsys.readouterr().err


def test_a_report_is_made_from_measurements(requests, capsys) -> None:
    main(["reproduce", "van-rooijen-table2", *DATA])
    answer = Path("reproduced/van-rooijen-table2-quick.json")
    before = json.loads(answer.read_text(encoding="utf-8"))
    answer.unlink()
    assert main(["reproduce", "report", "reproduced"]) == EXIT_OK
    assert json.loads(answer.read_text(encoding="utf-8")) == before


def test_a_report_of_nothing_is_an_error(capsys, tmp_path) -> None:
    assert main(["reproduce", "report", str(tmp_path)]) == EXIT_FAILED
    assert "holds no measurements" in capsys.readouterr().err


def test_all_tables_are_listed(capsys) -> None:
    assert main(["reproduce", "list"]) == EXIT_OK
    shown = capsys.readouterr().out
    assert all(name in shown for name in EXPERIMENTS)
