"""A whole training in one folder: what comes out, and what is never in it."""

import json
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest
import torch

from passerby.datasets import read_dataset
from passerby.errors import ConfigError, InputError, ModelError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.models.reid import create
from passerby.models.reid.checkpoint import load_network, read_card
from passerby.models.reid.export import export_network
from passerby.synth.gallery import Gallery, photograph
from passerby.train.engine.curves import Curves
from passerby.train.reid.evaluation import evaluate_network
from passerby.train.reid.recipes import recipe
from passerby.train.reid.run import train_reid
from passerby.train.reid.settings import Optimizer, PKSampling

FILES = {"model.pt", "state.pt", "losses.csv", "losses.png", "results.json"}


def test_a_tiny_training_from_end_to_end(make_plan, make_people, tmp_path):
    dataset, told = make_people(people=5), []
    plan = make_plan(dataset, recipe=replace(make_plan().recipe, epochs=5))
    path = train_reid(plan, tmp_path / "out", told.append)
    assert {file.name for file in path.parent.iterdir()} == FILES
    assert {one.stage for one in told} == {"reading", "training", "evaluating"}

    network = load_network(path)
    assert not network.training
    assert network.origin.kind == "file"
    results = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))
    expected = evaluate_network(network, dataset, plan.recipe)
    assert results["mAP"] == expected.mean_average_precision
    assert results["training"] == read_card(path)

    card = read_card(path)
    assert json.loads(json.dumps(card)) == card
    asked = (card["model"], card["scale"], card["num_classes"], card["size"], card["options"])
    assert asked == ("bot", "quick", 5, [32, 32], {"width": 0.125})
    assert card["data_set"] == "people"
    assert card["index_sha256"] == dataset.sha256
    assert (card["condition"], card["seed"], card["epochs"]) == ("original", 0, 5)
    assert card["origin"]["kind"] == "scratch"
    assert card["recipe"]["transforms"][0] == {"kind": "Resize"}
    assert card["versions"]["torch"] == version("torch")
    own = {"backbone": "resnet18", "width": 0.125, "last_stride": None}
    assert card["built_with"] == {**own, "stem_relu": True, "neck": "after"}


def divisible(plan):
    """Learn from four people at a time, who can be split into two parts."""
    return replace(plan, recipe=replace(plan.recipe, order=PKSampling(4, 2)))


def test_the_card_says_what_the_network_was_computed_with(make_plan, tmp_path):
    plan = divisible(make_plan(precision="bf16", accumulate=2, evaluates=False))
    path = train_reid(plan, tmp_path / "out")
    told = {"precision": "bf16", "accumulate": 2, "processes": 1, "device": "cpu", "threads": 1}
    assert read_card(path)["computed_with"] == told


def interrupted(plan, folder):
    """Leave a training as it is after its first epoch."""

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_reid(plan, folder, stop)


def test_going_on_otherwise_than_before_is_said(make_plan, tmp_path):
    plan, told = divisible(make_plan(precision="fp32", evaluates=False)), []
    interrupted(plan, tmp_path / "out")
    path = train_reid(replace(plan, accumulate=2, precision="bf16"), tmp_path / "out", told.append)
    (warning,) = [one.warning for one in told if one.warning]
    assert warning == (
        "resumes with precision bf16 (before: fp32), accumulate 2 (before: 1): the weights will "
        "differ from an uninterrupted run"
    )
    assert read_card(path)["computed_with"]["accumulate"] == 2


def test_a_state_that_does_not_say_what_it_was_computed_with_is_gone_on_with(make_plan, tmp_path):
    plan, told = make_plan(evaluates=False), []
    interrupted(plan, tmp_path / "out")
    state = torch.load(tmp_path / "out" / "state.pt", weights_only=True)
    del state["asked"]["computed_with"]
    torch.save(state, tmp_path / "out" / "state.pt")
    train_reid(plan, tmp_path / "out", told.append)
    assert not any(one.warning for one in told)
    assert {one.epoch for one in told if one.stage == "training"} == {2, 3}


@pytest.mark.parametrize("subset", ["query", "gallery"])
def test_pictures_of_the_evaluation_are_read_before_the_first_epoch(make_plan, tmp_path, subset):
    plan, told = make_plan(), []
    damaged = plan.dataset.part(subset).paths[1]
    plan.dataset.file(damaged).write_bytes(b"damaged")
    with pytest.raises(InputError, match=f"{damaged} is damaged"):
        train_reid(plan, tmp_path / "out", told.append)
    assert {one.stage for one in told} == {"reading"}
    train_reid(replace(plan, evaluates=False), tmp_path / "out", told.append)


def test_reading_counts_the_pictures_of_the_evaluation_too(make_plan, tmp_path):
    plan, told = make_plan(), []
    train_reid(plan, tmp_path / "out", told.append)
    count = len(plan.dataset.samples)
    read = [(one.done, one.total) for one in told if one.stage == "reading"]
    assert read == [(done, count) for done in range(1, count + 1)]


def test_a_network_is_kept_where_its_losses_cannot_be_drawn(make_plan, tmp_path, monkeypatch):
    def fail(_curves, _path):
        raise OutputError("the disk is full")

    monkeypatch.setattr(Curves, "plot", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        train_reid(make_plan(evaluates=False), tmp_path / "out")
    assert load_network(tmp_path / "out/model.pt").name == "bot"


def test_a_torn_line_of_losses_keeps_no_training_from_its_end(make_plan, tmp_path):
    path = train_reid(make_plan(evaluates=False), tmp_path / "out")
    whole = (tmp_path / "out/losses.csv").read_text(encoding="utf-8")
    path.unlink()
    (tmp_path / "out/losses.csv").write_text(f"{whole}13,0.00", encoding="utf-8")
    assert train_reid(make_plan(evaluates=False), tmp_path / "out").exists()
    assert (tmp_path / "out/losses.csv").read_text(encoding="utf-8") == whole


def test_the_files_hold_no_picture(make_plan, tmp_path):
    path = train_reid(make_plan(), tmp_path / "out")
    state = torch.load(path.parent / "state.pt", weights_only=True)
    shapes = {tuple(one.shape) for one in state["learner"].values()}
    for optimizer in state["optimizers"]:
        for moments in optimizer["state"].values():
            assert {tuple(one.shape) for one in moments.values() if torch.is_tensor(one)} <= {
                *shapes,
                (),
            }
    assert not any(one.dtype == torch.uint8 for one in state["learner"].values())
    assert set(state) == {
        *("learner", "averaged", "optimizers", "epoch", "step", "lost", "origin", "asked")
    }


def test_what_is_done_is_not_done_again(make_plan, tmp_path):
    path = train_reid(make_plan(), tmp_path / "out")
    before = {file: file.stat().st_mtime_ns for file in path.parent.iterdir()}
    told = []
    assert train_reid(make_plan(), tmp_path / "out", told.append) == path
    assert told == []
    assert {file: file.stat().st_mtime_ns for file in path.parent.iterdir()} == before
    (path.parent / "results.json").unlink()
    train_reid(make_plan(), tmp_path / "out", told.append)
    assert {one.stage for one in told} == {"evaluating"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seed": 3}, "was started with seed 0, not 3"),
        ({"condition": "black"}, "was started with condition original, not black"),
        ({"options": {"width": 0.25}}, "was started with options"),
        ({"anonymized_by": {"quality": 90}}, "was started with anonymized_by None, not"),
        ({"model": "pcb-shared"}, "was started with model bot, not pcb-shared"),
    ],
)
def test_a_folder_of_another_training_is_refused(make_plan, tmp_path, change, complaint):
    train_reid(make_plan(), tmp_path / "out")
    with pytest.raises(ModelError, match=complaint):
        train_reid(make_plan(**change), tmp_path / "out")


def test_another_number_of_people_is_refused(make_plan, make_people, tmp_path):
    train_reid(make_plan(), tmp_path / "out")
    with pytest.raises(ModelError, match="was started with index_sha256"):
        train_reid(make_plan(make_people(people=6)), tmp_path / "out")


def test_pictures_are_anonymized_once_each_and_never_raw(make_plan, tmp_path):
    read = []

    def blacked(root, path):
        read.append(path)
        return np.zeros((40, 20, 3), np.uint8)

    plan = make_plan(anonymize=blacked, condition="black")
    train_reid(plan, tmp_path / "out")
    assert sorted(read) == sorted(sample.path for sample in plan.dataset.samples)


def test_weights_that_could_not_be_had_are_said_at_once(make_plan, tmp_path):
    told = []
    plan = make_plan(weights="imagenet", evaluates=False)  # there are none of this width
    train_reid(plan, tmp_path / "out", told.append)
    (warning,) = [one.warning for one in told if one.warning]
    assert warning == "bot is trained from scratch (torchvision has no ImageNet weights for it)"


def test_another_file_of_the_same_name_is_refused(make_plan, tmp_path):
    first = train_reid(make_plan(evaluates=False), tmp_path / "first")
    plan = make_plan(weights=first, evaluates=False)
    train_reid(plan, tmp_path / "second")
    train_reid(make_plan(seed=1, evaluates=False), tmp_path / "third")
    (tmp_path / "third" / "model.pt").replace(first)
    with pytest.raises(ModelError, match="was started with weights_sha256"):
        train_reid(plan, tmp_path / "second")


def test_it_goes_on_from_an_exported_network(make_plan, tmp_path):
    """What is not learned yet says what the exported one says."""
    first = load_network(train_reid(make_plan(evaluates=False), tmp_path / "first"))
    export_network(first, tmp_path / "first.onnx")
    plan = make_plan(evaluates=False, weights=str(tmp_path / "first.onnx"))
    still = replace(plan.recipe, epochs=1, optimizer=Optimizer(kind="sgd", learning_rate=1e-12))
    path = train_reid(replace(plan, recipe=still), tmp_path / "on")
    images = torch.randn(4, 3, *first.size)
    with torch.no_grad():
        cosine = torch.cosine_similarity(load_network(path)(images), first(images))
    assert cosine.min() > 0.9  # normalisations have seen other batches since
    assert read_card(path)["origin"]["source"] == str(tmp_path / "first.onnx")
    other = replace(plan, options={"width": 0.25})
    with pytest.raises(ModelError, match=r"first\.onnx does not hold the weights"):
        train_reid(other, tmp_path / "other")


def test_refined_parts_start_from_a_trained_network(make_plan, tmp_path, small_recipe):
    shared = {"options": {"width": 0.125}, "evaluates": False}
    with pytest.raises(ConfigError, match=r"pcb-rpp starts from a trained pcb: .*--weights"):
        train_reid(make_plan(model="pcb-rpp", **shared), tmp_path / "none")
    weights = replace(small_recipe.weights, triplet=0.0, centre=0.0)
    own = replace(small_recipe, weights=weights)
    first = train_reid(make_plan(model="pcb", recipe=own, **shared), tmp_path / "pcb")
    refined = replace(own, frozen_at_first=1, trained_at_first="pooling.")
    path = train_reid(
        make_plan(model="pcb-rpp", recipe=refined, weights=first, **shared), tmp_path / "rpp"
    )
    assert read_card(path)["origin"]["source"] == str(first)


def test_refined_parts_start_from_no_backbone_alone(make_plan, tmp_path, small_recipe):
    """A plain ResNet, and a network that a BoT was trained into, are no PCB with stripes."""
    network = create("pcb-rpp", 4, scale="quick", size=(32, 32), width=0.125)
    torch.save(network.backbone.state_dict(), tmp_path / "resnet.pth")
    weights = replace(small_recipe.weights, triplet=0.0, centre=0.0)
    refined = replace(small_recipe, weights=weights, trained_at_first="pooling.")
    plan = make_plan(model="pcb-rpp", recipe=refined, weights=tmp_path / "resnet.pth")
    with pytest.raises(ModelError, match=r"resnet\.pth is not a trained pcb, which pcb-rpp starts"):
        train_reid(plan, tmp_path / "rpp")
    assert not (tmp_path / "rpp/state.pt").exists()
    bot = train_reid(make_plan(evaluates=False), tmp_path / "bot")
    with pytest.raises(ModelError, match=r"model\.pt does not fit pcb-rpp"):
        train_reid(replace(plan, weights=bot), tmp_path / "rpp")


def test_a_network_that_compares_pairs_is_trained(make_plan, tmp_path, small_recipe):
    own = replace(recipe("siamese-mobilenet", "quick"), epochs=2, size=(32, 32))
    plan = make_plan(model="siamese-mobilenet", recipe=replace(own, order=small_recipe.order))
    assert train_reid(plan, tmp_path / "out").exists()


def test_people_who_do_not_exist_are_learned_from(make_plan, tmp_path):
    (tmp_path / "market").mkdir()
    photograph(Gallery(6, cameras=2, images=2), tmp_path / "market")
    plan = make_plan(read_dataset(tmp_path / "market"))
    assert train_reid(plan, tmp_path / "out").exists()


def test_an_evaluation_that_cannot_be_is_said_before_the_training(make_plan, make_people, tmp_path):
    dataset = make_people()
    one = tuple(replace(sample, camera=1) for sample in dataset.samples)
    with pytest.raises(InputError, match="--no-evaluate"):
        train_reid(make_plan(replace(dataset, samples=one)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_named(make_plan, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file/out cannot be made"):
        train_reid(make_plan(), tmp_path / "file" / "out")


def test_two_trainings_do_not_write_into_one_folder(make_plan, tmp_path):
    with (
        OutputFolder.made(tmp_path / "out").locked(),
        pytest.raises(OutputError, match="is being written into by another run"),
    ):
        train_reid(make_plan(evaluates=False), tmp_path / "out")


def test_no_link_in_the_folder_is_followed(make_plan, tmp_path):
    """Links to nowhere, so that nothing is read through them."""
    out = tmp_path / "out"
    out.mkdir()
    for name in ("model.pt", "state.pt", "losses.png", "losses.csv"):
        (out / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=r"losses\.csv is a link or not a plain file"):
        train_reid(make_plan(evaluates=False), out)
    (out / "losses.csv").unlink()
    train_reid(make_plan(evaluates=False), out)
    assert not (tmp_path / "elsewhere").exists()
    assert not any(path.is_symlink() for path in out.iterdir())
