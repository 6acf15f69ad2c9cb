"""A tiny training from end to end, of people who do not exist."""

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from passerby.detection.people import PeopleDetector
from passerby.detections import Kind
from passerby.errors import ModelError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.models.session import Network
from passerby.train.detector import loop, pool, run, synthetic
from passerby.train.detector.batches import SceneComposer
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.detector.footage import FOOTAGE
from passerby.train.detector.losses import losses_of
from passerby.train.detector.pool import Sources
from passerby.train.detector.run import DETECTOR_FILE, DetectorPlan, train_detector
from passerby.train.detector.settings import TrainingSettings

SETTINGS = TrainingSettings(
    pictures=120, batch=4, sizes=(64, 96), warmup=3, learning_rate=5e-3, ema_decay=0.9
)
PLAN = DetectorPlan(Sources(None, (), worlds=1), SETTINGS, teacher=None, workers=0)
FILES = {DETECTOR_FILE, "passerby_people.json", "state.pt", "losses.csv", "losses.png"}


@pytest.fixture(scope="module")
def one_world():
    """The first world at two moments, built once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "_MOMENTS", 2)
        examples = synthetic.scenes(1)
        for example in examples:
            example.load()
        yield examples, synthetic.cutouts(1)


@pytest.fixture
def learn(small_network, one_world, tmp_path, monkeypatch):
    """Train in this process on the processor; gives the ONNX file and the losses."""
    examples, cutouts = one_world
    monkeypatch.setattr(pool, "scenes", lambda worlds: examples[:worlds] and examples)
    monkeypatch.setattr(pool, "cutouts", lambda worlds: cutouts)

    def learned(plan=PLAN, folder=None):
        told = []
        path = train_detector(plan, folder or tmp_path / "out", told.append)
        return path, [one.losses["total"] for one in told if one.losses]

    return learned


def loss_after(state):
    """Loss on batches that were not learned from: at random weights, or at those of a state."""
    torch.manual_seed(1)
    network = loop.PeopleNetwork().train()
    if state is not None:
        network.load_state_dict(torch.load(state, weights_only=True)["averaged"])
    composer = SceneComposer(pool.Pool(PLAN.sources), None, SETTINGS)
    losses = []
    for number in range(SETTINGS.steps, SETTINGS.steps + 8):
        batch = composer.batch(number)
        with torch.no_grad():
            prediction = network(batch.images.float())
        losses.append(losses_of(prediction, batch.labels, [], batch.images.shape[2:]).total)
    return float(sum(losses))


def test_a_tiny_training_from_end_to_end(learn, one_world):
    path, losses = learn()
    assert len(losses) == SETTINGS.steps
    assert loss_after(path.parent / "state.pt") < 0.85 * loss_after(None)
    assert {file.name for file in path.parent.iterdir()} == FILES

    detector = PeopleDetector(str(path), threads=1)
    assert detector.kinds == {Kind.PERSON, Kind.HEAD}
    image = one_world[0][0].load().image
    assert np.isfinite(detector(image).boxes).all()

    content = path.read_bytes()
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert card.pop("date")
    assert card == {
        "file": DETECTOR_FILE,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "settings": json.loads(json.dumps(asdict(SETTINGS))),
        "start": None,
        "precision": "fp32",
        "teacher": None,
        "synthetic_worlds": 1,
        "synthetic_crowds": 0,
        "collections": [],
        "clips": [],
        "models_that_labelled": [],
        "ships": True,
    }


def test_the_state_holds_no_picture(learn):
    """Beside weights and their moments there are only numbers and names."""
    path, _ = learn(replace(PLAN, settings=replace(SETTINGS, pictures=4)))
    state = torch.load(path.parent / "state.pt", weights_only=True)
    shapes = {tuple(weight.shape) for weight in state["network"].values()}
    (optimizer,) = state["optimizers"]
    moments = [tuple(value.shape) for one in optimizer["state"].values() for value in one.values()]
    assert set(state) == {"network", "averaged", "optimizers", "epoch", "step", "lost", "asked"}
    assert {tuple(weight.shape) for weight in state["averaged"].values()} == shapes
    assert set(moments) <= shapes
    assert not any(value.dtype == torch.uint8 for value in state["network"].values())


def test_the_same_command_goes_on_and_ends_alike(learn, tmp_path):
    plan = replace(PLAN, settings=replace(SETTINGS, pictures=24))
    first, _ = learn(plan, tmp_path / "first")
    again, losses = learn(plan, tmp_path / "first")
    second, _ = learn(plan, tmp_path / "second")
    assert losses == []
    assert first == again
    assert again.read_bytes() == second.read_bytes()


def test_the_card_names_every_collection_clip_and_model_that_was_used(tmp_path):
    path = tmp_path / DETECTOR_FILE
    path.write_bytes(b"weights")
    sources = Sources(tmp_path, tuple(COLLECTIONS), worlds=7, head_model="mine.onnx")
    card = run._card(replace(PLAN, sources=sources, teacher="yolox-nano"), path, None, mixed=True)
    assert [one["name"] for one in card["collections"]] == list(COLLECTIONS)
    assert all(one["source"] and one["licence"] for one in card["collections"])
    assert [one["name"] for one in card["clips"]] == [clip.file for clip in FOOTAGE]
    assert card["models_that_labelled"] == ["yolox-nano", "nanodet-m", "yunet-n", "mine.onnx"]
    assert card["teacher"] == "yolox-nano"
    assert card["synthetic_worlds"] == 7
    assert card["precision"] == "bf16"
    assert card["ships"] is False
    shipping = tuple(name for name, one in COLLECTIONS.items() if one.ships)
    plan = replace(PLAN, sources=replace(sources, collections=shipping))
    assert run._card(plan, path, None, mixed=False)["ships"]


def test_a_training_can_start_from_the_network_of_another(learn, tmp_path):
    short = replace(PLAN, settings=replace(SETTINGS, pictures=4))
    first, _ = learn(short, tmp_path / "first")
    still = replace(short, settings=replace(short.settings, learning_rate=1e-12))
    second, _ = learn(replace(still, start=str(first)), tmp_path / "second")
    picture = np.random.default_rng(0).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)
    for one, other in zip(Network(first)(picture), Network(second)(picture), strict=True):
        np.testing.assert_allclose(other, one, rtol=0.05, atol=0.05)
    card = json.loads(second.with_suffix(".json").read_text(encoding="utf-8"))
    sha256 = hashlib.sha256(first.read_bytes()).hexdigest()
    assert card["start"] == {"model": str(first), "sha256": sha256, "share": 0.0}


def test_a_network_can_stay_with_what_it_started_from(learn, tmp_path):
    """With all of the start's weights, what was learned is not heard of."""
    short = replace(PLAN, settings=replace(SETTINGS, pictures=8))
    first, _ = learn(short, tmp_path / "first")
    second, _ = learn(replace(short, start=str(first), start_share=1.0), tmp_path / "second")
    picture = np.random.default_rng(0).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)
    for one, other in zip(Network(first)(picture), Network(second)(picture), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-4)


def test_a_folder_that_cannot_be_made_is_named(learn, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file/out cannot be made"):
        learn(folder=tmp_path / "file" / "out")


def test_a_network_that_cannot_be_written_is_said_and_the_state_stays(learn, tmp_path):
    plan = replace(PLAN, settings=replace(SETTINGS, pictures=4))
    (tmp_path / "out" / "passerby_people.json").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"people\.json is not a file that can be replaced"):
        learn(plan)
    assert (tmp_path / "out" / "state.pt").is_file()


@pytest.mark.parametrize("teacher", ["yolox-nano", "gone.onnx"])
def test_a_missing_teacher_is_named(learn, tmp_path, monkeypatch, teacher):
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setattr("passerby.models.lookup.user_cache_path", lambda _: tmp_path)
    with pytest.raises(ModelError, match=teacher.removesuffix(".onnx")):
        learn(replace(PLAN, teacher=teacher))


def test_two_trainings_do_not_write_into_one_folder(learn, tmp_path):
    with (
        OutputFolder.made(tmp_path / "out").locked(),
        pytest.raises(OutputError, match="is being written into by another run"),
    ):
        learn(folder=tmp_path / "out")


def test_no_link_in_the_folder_is_followed(learn, tmp_path):
    out, plan = tmp_path / "out", replace(PLAN, settings=replace(SETTINGS, pictures=4))
    out.mkdir()
    for name in ("state.pt", DETECTOR_FILE, "passerby_people.json", "losses.png", "losses.csv"):
        (out / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=r"losses\.csv is a link or not a plain file"):
        learn(plan)
    (out / "losses.csv").unlink()
    learn(plan)
    assert not (tmp_path / "elsewhere").exists()
    assert not any(path.is_symlink() for path in out.iterdir())
