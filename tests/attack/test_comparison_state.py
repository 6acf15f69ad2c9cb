import math
from pathlib import Path

import pytest
from tests.attack.test_comparison import compared
from tests.attack.test_report import finding, report

from passerby.attack.comparison_state import ComparisonState, folder_name
from passerby.attack.run import Baseline
from passerby.errors import ConfigError, InputError, OutputError

SUBJECT = {"purpose": "none", "settings": {"seed": 0}}
BASELINE = Baseline(report().gate, (finding(success=0.3),))


def kept(folder, row=None, network=None):
    with ComparisonState.opened(folder, SUBJECT) as state:
        state.keep_baseline(BASELINE)
        if row is not None:
            state.keep(row, report(), network)


def test_a_new_comparison_knows_nothing(tmp_path):
    with ComparisonState.opened(tmp_path / "new", SUBJECT) as state:
        assert state.baseline() is None
        assert state.row("blackout", None) is None


def test_what_was_kept_comes_back_as_it_was(tmp_path):
    row = compared("pixelate:people:1/8", precision=math.nan)
    kept(tmp_path, row, "abc")
    with ComparisonState.opened(tmp_path, SUBJECT) as state:
        assert state.baseline() == BASELINE
        again = state.row(row.name, "abc")
    assert again is not None
    assert math.isnan(again.uses[0])
    assert (again.name, again.excess_leak, again.uses[1:], again.strongest, again.direction) == (
        row.name,
        row.excess_leak,
        row.uses[1:],
        row.strongest,
        row.direction,
    )
    assert (tmp_path / "pixelate-people-1-8" / "report.html").is_file()


def test_a_row_of_another_network_is_not_taken(tmp_path):
    kept(tmp_path, compared("own.onnx"), "abc")
    with ComparisonState.opened(tmp_path, SUBJECT) as state:
        with pytest.raises(ConfigError, match="another anonymizer or network"):
            state.row("own.onnx", "def")
        with pytest.raises(ConfigError, match="another anonymizer or network"):
            state.row("own.onnx:", "abc")


def test_a_comparison_of_something_else_is_not_gone_on_with(tmp_path):
    kept(tmp_path)
    with (
        pytest.raises(ConfigError, match=r"was started with other settings:"),
        ComparisonState.opened(tmp_path, SUBJECT | {"settings": {"seed": 1}}),
    ):
        pass


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"subject": {}, "controls": [{}], "floor": []}']
)
def test_a_damaged_state_is_one_line(content, tmp_path):
    (tmp_path / "baseline.json").write_text(content)
    with (
        pytest.raises(InputError, match=r"baseline\.json cannot be read .*: remove it"),
        ComparisonState.opened(tmp_path, SUBJECT),
    ):
        pass


def test_a_folder_of_other_things_is_refused(tmp_path: Path):
    (tmp_path / "letter.txt").touch()
    with (
        pytest.raises(OutputError, match="holds no comparison"),
        ComparisonState.opened(tmp_path, SUBJECT),
    ):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


def test_two_runs_do_not_share_a_comparison(tmp_path):
    with (
        ComparisonState.opened(tmp_path, SUBJECT),
        pytest.raises(OutputError),
        ComparisonState.opened(tmp_path, SUBJECT),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("pixelate:people:1/8", "pixelate-people-1-8"),
        ("models/own.onnx", "models-own.onnx"),
        ("::", "anonymizer"),
    ],
)
def test_folders_have_plain_names(name, folder):
    assert folder_name(name) == folder
