"""From crops to measurements: shared, resumed, a row at a time."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.datasets import read_dataset
from passerby.errors import ConfigError, InputError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.measurement import read_measurement, read_measurements
from passerby.reproduce.reid import run, trainings
from passerby.reproduce.reid.originals import check_original
from passerby.reproduce.reid.run import measure_table
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace
from passerby.train.engine.progress import TrainingProgress
from passerby.train.reid import record
from passerby.train.reid.settings import PKSampling

pytestmark = pytest.mark.usefixtures("quick_trainings", "faces_on_top")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "out")


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the folders that trainings are asked for, finished ones included."""
    names: list[str] = []
    train = run.train_reid

    def noted(plan, folder, report):
        names.append(folder.name)
        return train(plan, folder, report)

    monkeypatch.setattr(run, "train_reid", noted)
    return names


@pytest.fixture
def asked(people: Path) -> Callable[..., Request]:
    def make(table: str, *rows: str, **options) -> Request:
        roots = {"market1501": people}
        chosen = {"seeds": (0,), "command": "again"} | options
        return Request(experiment=EXPERIMENTS[table], roots=roots, rows=rows, **chosen)

    return make


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def contents(workspace: Workspace) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in workspace.measurements.rglob("*.json")}


@pytest.mark.slow
def test_trainings_are_shared_by_conditions_and_tables(asked, workspace, trained) -> None:
    measure_table(asked("van-rooijen-table2", "Full image", "Black out"), workspace, quiet)
    measure_table(asked("dietlmeier-table8", "Original", "Zero"), workspace, quiet)
    names = sorted(path.name[:-11] for path in (workspace.root / "trainings").iterdir())
    assert names == [
        "market1501-bot-quick-dietlmeier-zero-seed0",
        "market1501-bot-quick-original-seed0",
        "market1501-bot-quick-van-rooijen-black-seed0",
    ]
    cases = [one.case for one in read_measurements(workspace.measurements)]
    found = sorted((one.trained_on, one.tested_on, one.rules) for one in cases)
    assert found == [
        ("dietlmeier-zero", "dietlmeier-zero", "cosine-reranked"),
        ("original", "dietlmeier-zero", "cosine-reranked"),
        ("original", "original", "cosine"),
        ("original", "original", "cosine-reranked"),
        ("van-rooijen-black", "van-rooijen-black", "cosine"),
    ]
    for one in read_measurements(workspace.measurements):
        assert one.figures["mAP"] == pytest.approx(np.nanmean(one.by_item["mAP"]), abs=1e-4)
        assert one.figures["rank1"] == pytest.approx(np.nanmean(one.by_item["rank1"]), abs=1e-4)
        assert (one.training["images"], one.training["people"]) == (32, 4)
        assert one.stamp["command"] == "again"


@pytest.mark.slow
def test_the_commit_is_that_of_the_beginning(asked, workspace, monkeypatch) -> None:
    """A checkout may move on while a training runs."""
    commits = iter(["first", "second", "third"])
    monkeypatch.setattr(record, "commit", lambda: next(commits))
    measure_table(asked("van-rooijen-table2", "Full image", seeds=(0,)), workspace, quiet)
    monkeypatch.setattr(record, "commit", lambda: "later")
    measure_table(asked("dietlmeier-table8", "Original", seeds=(0,)), workspace, quiet)
    rules = {one.case.rules: one for one in read_measurements(workspace.measurements)}
    assert rules["cosine"].stamp["commit"] == "first"
    assert rules["cosine-reranked"].stamp["commit"] == "later"
    for one in rules.values():  # one network, trained once
        assert one.training["made_by"]["commit"] == "second"


@pytest.mark.slow
def test_what_is_measured_is_not_measured_again(asked, workspace, trained) -> None:
    request = asked("van-rooijen-table2", "Full image", seeds=(0, 1))
    measure_table(request, workspace, quiet)
    before = contents(workspace)
    assert len(trained) == len(before) == 2
    measure_table(request, workspace, quiet)
    assert len(trained) == 2
    assert contents(workspace) == before


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on(asked, workspace, trained, monkeypatch) -> None:
    request = asked("van-rooijen-table2", "Full image", "Black out")
    train = run.train_reid

    def stopped(plan, folder, report):
        if plan.condition != "original":
            raise KeyboardInterrupt
        return train(plan, folder, report)

    with monkeypatch.context() as patch:
        patch.setattr(run, "train_reid", stopped)
        with pytest.raises(KeyboardInterrupt):
            measure_table(request, workspace, quiet)
    assert len(contents(workspace)) == 1
    measure_table(request, workspace, quiet)
    assert len(contents(workspace)) == 2
    assert [name.split("-seed")[0].split("quick-")[1] for name in trained] == [
        "original",
        "van-rooijen-black",
    ]


@pytest.mark.slow
def test_networks_trained_on_originals_come_first(asked, workspace, trained) -> None:
    measure_table(asked("dietlmeier-table8", "Blur", "Zero"), workspace, quiet)
    assert [name.split("-seed")[0].split("quick-")[1] for name in trained] == [
        "original",
        "original",
        "dietlmeier-blur",
        "dietlmeier-zero",
    ]


@pytest.mark.slow
def test_other_settings_are_measured_anew(asked, workspace, trained, monkeypatch) -> None:
    request = asked("van-rooijen-table2", "Full image")
    measure_table(request, workspace, quiet)
    recipe_of = run.recipe_of
    monkeypatch.setattr(run, "recipe_of", lambda *names: replace(recipe_of(*names), epochs=2))
    measure_table(request, workspace, quiet)
    assert len(set(trained)) == 2
    (path,) = workspace.measurements.rglob("*.json")
    assert read_measurement(path).training["recipe"]["epochs"] == 2


@pytest.mark.slow
def test_a_table_of_models_goes_by_its_rules(asked, workspace) -> None:
    measure_table(asked("dietlmeier-table3", "bot"), workspace, quiet)
    measured = read_measurements(workspace.measurements)
    assert {one.case.rules for one in measured} == {"cosine-reranked"}
    reranking = [one.made_from["rules"]["reranking"]["k1"] for one in measured]
    assert reranking == [20, 20, 20]
    faces = [one.training["faces"] is not None for one in measured]
    assert faces == ["original.original" not in name for name in sorted(contents(workspace))]


@pytest.mark.slow
def test_progress_is_told(asked, workspace) -> None:
    told: list[tuple[str, int, int]] = []
    measure_table(
        asked("dietlmeier-table8", "Zero"), workspace, lambda *progress: told.append(progress)
    )
    stages = " ".join(dict.fromkeys(what for what, _, _ in told))
    for stage in ("finding faces", "anonymizing into dietlmeier-zero", "training epoch 1"):
        assert stage in stages
    assert ("describing queries and gallery", 32, 32) in told


@pytest.mark.slow
def test_warnings_of_a_training_are_handed_on(asked, workspace, monkeypatch) -> None:
    train, warnings = run.train_reid, []

    def warned(plan, folder, report):
        report(TrainingProgress("training", 1, 2, warning="the losses do not fall"))
        return train(plan, folder, report)

    monkeypatch.setattr(run, "train_reid", warned)
    measure_table(asked("van-rooijen-table2", "Full image"), workspace, quiet, warnings.append)
    ((name, text),) = [warning.split(": ") for warning in warnings if "fall" in warning]
    assert name.startswith("market1501-bot-quick-original-seed0-")
    assert text == "the losses do not fall"


@pytest.fixture
def own(people: Path, tmp_path: Path) -> Path:
    """The same people as a data set of one's own."""
    folders = {"bounding_box_train": "train", "query": "query", "bounding_box_test": "gallery"}
    for theirs, ours in folders.items():
        shutil.copytree(people / theirs, tmp_path / "own" / ours)
    return tmp_path / "own"


@pytest.mark.slow
def test_a_data_set_of_ones_own_takes_the_place_of_a_tables(asked, workspace, people, own) -> None:
    warnings: list[str] = []
    asks = asked("van-rooijen-table2", "Full image", "Black out")
    measure_table(replace(asks, roots={"market1501": own}), workspace, quiet, warnings.append)
    (warning,) = [one for one in warnings if "of your own" in one]
    assert warning.startswith(f"{own} is a data set of your own, in the place of market1501: its")
    measured = read_measurements(workspace.measurements)
    assert {one.training["dataset"] for one in measured} == {"folder"}
    assert {(one.training["images"], one.training["people"]) for one in measured} == {(32, 4)}
    (original, *_), (black, *_) = (
        [one for one in measured if one.case.trained_on == condition]
        for condition in ("original", "van-rooijen-black")
    )
    assert original.figures != black.figures
    paths = write_answers(workspace, [asks.experiment], 1.0)
    (page,) = [path.read_text() for path in paths if path.suffix == ".md"]
    assert "A data set of one's own stands for market1501: only effects can be compared." in page
    with pytest.raises(ConfigError, match="are not those that"):
        measure_table(asks, workspace, quiet)


def test_too_few_people_for_the_recipe_are_told_without_an_option_that_is_not_there(
    asked, workspace, own, small_recipe, monkeypatch
) -> None:
    recipe = replace(small_recipe, order=PKSampling(16, 2))
    monkeypatch.setattr(trainings, "recipe", lambda _model, _scale: recipe)
    request = replace(asked("van-rooijen-table2", "Full image"), roots={"market1501": own})
    with pytest.raises(InputError) as caught:
        measure_table(request, workspace, quiet)
    assert str(caught.value) == (
        f"{own} has 4 people to train on, but each batch of the recipe has 16: name a data set "
        "with more people"
    )


def test_measurements_of_a_published_data_set_are_not_mixed_with_ones_own(
    asked, workspace, people, own
) -> None:
    check_original(read_dataset(people), workspace.original("market1501"))
    asks = asked("van-rooijen-table2", "Full image")
    with pytest.raises(ConfigError, match="are not those that"):
        measure_table(replace(asks, roots={"market1501": own}), workspace, quiet)


def test_a_folder_that_holds_something_else_is_refused(asked, workspace, tmp_path) -> None:
    request = asked("van-rooijen-table2", "Full image")
    other = replace(request, roots={"market1501": tmp_path / "gone"})
    with pytest.raises(InputError, match="gone does not exist"):
        measure_table(other, workspace, quiet)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["originals", "twins", "trainings", "measurements"])
def test_a_link_in_the_workspace_is_not_followed(asked, workspace, tmp_path, place) -> None:
    (tmp_path / "elsewhere").mkdir()
    workspace.root.mkdir()
    (workspace.root / place).symlink_to("../elsewhere")
    with pytest.raises(OutputError, match=f"{place} is a link, which may lead out"):
        measure_table(asked("van-rooijen-table2", "Black out"), workspace, quiet)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_two_runs_do_not_write_into_one_workspace(asked, workspace) -> None:
    with (
        OutputFolder.made(workspace.root).locked(),
        pytest.raises(OutputError, match="is being written into by another run"),
    ):
        measure_table(asked("van-rooijen-table2", "Black out"), workspace, quiet)
