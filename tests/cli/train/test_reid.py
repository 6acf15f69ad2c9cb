"""The command: what it hands to the training, and what it says when that cannot be."""

import json
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE
from passerby.datasets import read_dataset
from passerby.models.reid import REID_MODELS
from passerby.pipeline.settings import Settings
from passerby.synth.gallery import Gallery, photograph
from passerby.train.engine.progress import TrainingProgress
from passerby.train.reid import run
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import PKSampling, Shuffled
from passerby.twins.twin import make_twin


@pytest.fixture
def plans(monkeypatch):
    """What the command asks for, in the place of doing it."""
    asked = []

    def train_reid(plan, folder, report):
        asked.append(plan)
        return folder / run.MODEL_FILE

    monkeypatch.setattr(run, "train_reid", train_reid)
    return asked


def train(market, *words):
    return main(["train", "reid", "--data", str(market), "-o", "out", *words])


def test_the_defaults_are_the_published_recipe_of_the_strong_baseline(plans, market, capsys):
    assert train(market) == EXIT_OK
    (plan,) = plans
    assert plan.model == "bot"
    assert plan.recipe == recipe("bot", "paper")
    assert (plan.seed, plan.weights, plan.condition) == (0, "scratch", "original")
    assert plan.anonymize is None
    assert plan.distillation is None
    assert plan.evaluates
    assert capsys.readouterr().out.strip() == str(Path("out") / run.MODEL_FILE)


def test_teachers_describe_photographs_whose_people_have_boxes_and_that_may_be_shipped(
    plans, market
):
    words = "--teacher reid-0248 --teacher own.onnx --photographs data --leave-out css"
    assert train(market, "--model", "mobilenet-v2", *words.split()) == EXIT_OK
    (plan,) = plans
    assert plan.distillation.teachers == ("reid-0248", "own.onnx")
    assert plan.distillation.photographs == Path("data")
    assert plan.distillation.collections == ("voc2007", "coco128", "rohith", "luiz")
    assert train(market, "--teacher", "reid-0248") == EXIT_OK
    assert plans[1].distillation.collections == ()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--photographs data", "give a --teacher"),
        ("--leave-out css", "give a --teacher"),
        ("--teacher reid-0248 --anonymize van-rooijen-black", "leave --anonymize out"),
        ("--teacher reid-0248 --photographs data --leave-out faces", "unknown collection 'faces'"),
    ],
)
def test_what_does_not_go_with_teachers_is_refused(plans, market, capsys, words, complaint):
    assert train(market, *words.split()) == EXIT_USAGE
    assert complaint in capsys.readouterr().err
    assert plans == []


@pytest.mark.parametrize("rank", [0, 1])
def test_of_several_processes_the_first_alone_prints(plans, market, monkeypatch, capsys, rank):
    monkeypatch.setenv("RANK", str(rank))
    assert train(market) == EXIT_OK
    printed = capsys.readouterr()
    assert (str(Path("out") / run.MODEL_FILE) in printed.out) == (rank == 0)
    assert ("not Market-1501 as published" in printed.err) == (rank == 0)
    assert plans[0].dataset.sha256 == read_dataset(market).sha256


@pytest.mark.parametrize(("epoch", "told"), [(0, False), (1, False), (3, True)])
def test_an_interrupted_training_says_how_to_go_on(market, monkeypatch, capsys, epoch, told):
    def interrupted(plan, folder, report):
        for number in range(1, epoch + 1):
            report(TrainingProgress("training", 1, 9, epoch=number, losses={"total": 1.0}))
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "train_reid", interrupted)
    assert train(market, "--scale", "quick", "--epochs", "6") == EXIT_INTERRUPTED
    line = (
        "passerby: epoch 3 of 6 was interrupted, and what comes before it is saved in out: run the "
        "same command to go on\n"
    )
    assert (line in capsys.readouterr().err) == told


def test_options_reach_the_training(plans, market):
    words = "--scale quick --epochs 32 --people 8 --images 2 --learning-rate 0.01 --size 96x48"
    words += " --ema 0.9 --erase 0.25 --flip-averaged --seed 4 --precision fp32 --accumulate 2"
    words += " --workers 0 --no-evaluate --tensorboard --condition mine --weights w.pt"
    words += " --option.width 0.25 --option.last-stride 2 --option.stem-relu false"
    assert train(market, *words.split(), "--option.backbone", "resnet34") == EXIT_OK
    (plan,) = plans
    own = plan.recipe
    assert (own.epochs, own.order, own.size) == (32, PKSampling(8, 2), (96, 48))
    assert own.schedule == recipe("bot", "quick").over(32).schedule
    assert (own.optimizer.learning_rate, own.ema_decay, own.erase.chance) == (0.01, 0.9, 0.25)
    assert own.flip_averaged
    assert (plan.seed, plan.precision, plan.accumulate, plan.workers) == (4, "fp32", 2, 0)
    assert (plan.evaluates, plan.tensorboard) == (False, True)
    assert (plan.condition, plan.weights) == ("mine", "w.pt")
    assert plan.options == {
        "width": 0.25,
        "last_stride": 2,
        "stem_relu": False,
        "backbone": "resnet34",
    }


def test_batches_without_people_have_a_size(plans, market):
    assert train(market, "--model", "mlfn", "--batch", "16") == EXIT_OK
    assert plans[0].recipe.order == Shuffled(16)


def test_pictures_are_anonymized_as_in_a_twin(plans, market, tmp_path):
    assert train(market, "--anonymize", "van-rooijen-9px") == EXIT_OK
    (plan,) = plans
    assert plan.condition == "van-rooijen-9px"
    assert plan.anonymized_by["settings"]["cover"]["preset"] == "van-rooijen-9px"
    assert plan.anonymized_by["settings"]["write"]["image_quality"] == 95
    make_twin(read_dataset(market), tmp_path / "twin", Settings.of(preset="van-rooijen-9px"))
    twin = read_dataset(tmp_path / "twin")
    raw = Pictures(twin, twin.part("train").paths)
    ours = Pictures(plan.dataset, twin.part("train").paths, plan.anonymize)
    assert (raw[0] == ours[0]).all()


def test_a_twin_says_what_was_done_to_it(plans, market, tmp_path, capsys):
    make_twin(read_dataset(market), tmp_path / "twin", Settings.of(preset="van-rooijen-3px"))
    assert train(tmp_path / "twin") == EXIT_OK
    assert plans[0].condition == "van-rooijen-3px"
    assert train(tmp_path / "twin", "--anonymize", "van-rooijen-9px") == EXIT_USAGE
    assert "is anonymized already: leave --anonymize out" in capsys.readouterr().err


@pytest.mark.slow
def test_a_training_from_end_to_end(tmp_path, capsys):
    (tmp_path / "market").mkdir()
    photograph(Gallery(6, cameras=2, images=2), tmp_path / "market")
    words = "--scale quick --epochs 1 --people 3 --images 2 --size 32x32 --option.width 0.125"
    target = ["-o", str(tmp_path / "out"), "--precision", "fp32"]
    command = ["train", "reid", "--data", str(tmp_path / "market"), *target, *words.split()]
    assert main(command) == EXIT_OK
    printed = capsys.readouterr().out
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert f"rank-1 {results['rank1']:.4f}, mAP {results['mAP']:.4f}" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["--model", "bot2"], EXIT_USAGE, "unknown re-ID model 'bot2'"),
        (["--size", "256"], EXIT_USAGE, "size is '256'"),
        (["--batch", "32"], EXIT_USAGE, "no --batch: change --people and --images"),
        (["--model", "mlfn", "--people", "4"], EXIT_USAGE, "no --people: change --batch"),
        (["--option.depth", "5"], EXIT_USAGE, "has no option 'depth'"),
        (["--anonymize", "none"], EXIT_USAGE, "unknown preset 'none'"),
        (["--ema", "2"], EXIT_USAGE, "EMA decay is 2"),
        ([], EXIT_FAILED, "has 1 person for training"),
        (["--weights", "gone.pt"], EXIT_FAILED, "cannot read gone.pt"),
    ],
)
def test_bad_input_is_one_line(words, code, complaint, tmp_path, market, capsys):
    if "--option.depth" in words or "--weights" in words:
        market = tmp_path / "people"
        market.mkdir()
        photograph(Gallery(4, cameras=2, images=2), market)
        words = [*words, "--people", "2", "--images", "2", "--scale", "quick"]
    arguments = ["train", "reid", "--data", str(market), "-o", str(tmp_path / "out"), *words]
    assert main(arguments) == code
    assert complaint in capsys.readouterr().err.splitlines()[-1]


def test_help_names_every_model(capsys):
    main(["train", "reid", "--help"])
    words = capsys.readouterr().out.replace(",", " ").split()
    assert set(REID_MODELS) <= {word.rstrip(".") for word in words}
