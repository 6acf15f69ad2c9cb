"""The command: what it hands to the training, and what it says when that cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.train.detector import run
from passerby.train.detector.collections import COLLECTIONS


@pytest.fixture
def plans(monkeypatch, tmp_path):
    """What the command asks for, in the place of doing it."""
    asked = []

    def train_detector(plan, folder, report):
        asked.append((plan, folder))
        return folder / run.DETECTOR_FILE

    monkeypatch.setattr(run, "train_detector", train_detector)
    return asked


def test_the_defaults_learn_from_all_that_ships_and_nothing_else(plans, capsys):
    assert main(["train", "detector", "-o", "out", "--data", "data"]) == EXIT_OK
    ((plan, folder),) = plans
    assert folder == Path("out")
    assert plan.sources.data == Path("data")
    assert plan.sources.clips
    assert plan.teacher == "yolox-nano"
    assert plan.start is None
    assert plan.sources.head_model == "passerby-people"
    assert (plan.sources.worlds, plan.sources.crowds) == (200, 100)
    expected = {name for name, collection in COLLECTIONS.items() if collection.ships}
    assert set(plan.sources.collections) == expected
    assert capsys.readouterr().out.strip() == str(Path("out") / run.DETECTOR_FILE)


def test_research_has_to_be_asked_for(plans):
    main(["train", "detector", "-o", "out", "--research"])
    ((plan, _),) = plans
    assert set(plan.sources.collections) == set(COLLECTIONS)


@pytest.mark.parametrize("research", [[], ["--research"]])
def test_any_collection_can_be_left_out(plans, research):
    words = [*research, "--leave-out", "voc2007", "--leave-out", "scut-head"]
    main(["train", "detector", "-o", "out", *words])
    ((plan, _),) = plans
    assert {"voc2007", "scut-head"} & set(plan.sources.collections) == set()
    assert len(plan.sources.collections) == len(COLLECTIONS) - 2


def test_options_reach_the_training(plans):
    words = "--no-clips --worlds 3 --teacher none --pictures 90 --batch 9 --workers 0 --seed 4 "
    words += "--crowds 2 --head-model none --start mine.onnx --learning-rate 0.01 --cooldown 0.7 "
    words += "--ema-decay 0.9 --start-share 0.4"
    main(["train", "detector", "-o", "out", *words.split()])
    ((plan, _),) = plans
    assert not plan.sources.clips
    assert plan.sources.worlds == 3
    assert plan.sources.data is None
    assert plan.teacher is None
    assert plan.workers == 0
    assert plan.sources.crowds == 2
    assert plan.sources.head_model is None
    assert (plan.start, plan.start_share) == ("mine.onnx", 0.4)
    assert (plan.settings.learning_rate, plan.settings.cooldown) == (0.01, 0.7)
    assert plan.settings.ema_decay == 0.9
    assert (plan.settings.pictures, plan.settings.batch, plan.settings.seed) == (90, 9, 4)


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        ([], EXIT_USAGE, "--output"),
        (["--leave-out", "wider"], EXIT_USAGE, "unknown collection 'wider': choose one of"),
        (["--pictures", "0"], EXIT_USAGE, "--pictures"),
        (["--pictures", "31"], EXIT_USAGE, "31 pictures do not fill a batch of 32"),
        (["--batch", "1"], EXIT_USAGE, "--batch"),
        (["--worlds", "0", "--crowds", "0", "--teacher", "none"], EXIT_USAGE, "no training data"),
        (["--learning-rate", "0"], EXIT_USAGE, "learning rate must be above 0, not 0.0"),
        (["--cooldown", "1.5"], EXIT_USAGE, "cooldown must be a share, 0 to 1, not 1.5"),
        (["--ema-decay", "1"], EXIT_USAGE, "decay must be 0 or more and below 1, not 1.0"),
        (["--teacher", "none", "--start-share", "2"], EXIT_USAGE, "start must be 0 to 1, not 2.0"),
        (["--teacher", "none", "--start", "yolo9"], EXIT_USAGE, "unknown model 'yolo9'"),
        (["--teacher", "none", "--start", "gone.onnx"], EXIT_FAILED, "gone.onnx"),
        (["--teacher", "yolo9"], EXIT_USAGE, "unknown model 'yolo9'"),
        (["--teacher", "gone.onnx"], EXIT_FAILED, "gone.onnx"),
        (["--teacher", "yolox-nano"], EXIT_FAILED, "passerby models pull yolox-nano"),
    ],
)
def test_bad_input_is_one_line(words, code, complaint, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setattr("passerby.models.lookup.user_cache_path", lambda _: tmp_path)
    output = ["-o", str(tmp_path / "out")] if words else []
    assert main(["train", "detector", *output, *words]) == code
    complaints = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("passerby: ")
    ]
    assert len(complaints) == 1
    assert complaint in complaints[0]


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "{package}":
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from passerby.cli.app import main
sys.exit(main({words}))
"""


def run_without(package, *words):
    """Run the program where a package is not installed, in a process of its own."""
    program = WITHOUT.format(package=package, words=list(words))
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_without_the_extra_it_says_how_to_get_it(package, tmp_path):
    result = run_without(package, "train", "detector", "-o", str(tmp_path / "out"))
    assert result.returncode == EXIT_USAGE
    message = f"passerby: training needs {package}: run `pip install 'passerby[train]'`\n"
    assert result.stderr == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_only_the_training_itself_has_to_load_torch():
    assert run_without("torch", "train", "detector", "--help").returncode == EXIT_OK
