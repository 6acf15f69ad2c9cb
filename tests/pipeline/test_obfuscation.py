"""The network of the operator `learned`: which one, and what it must not be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import passerby
from passerby.anonymization.operators.noise import quantize
from passerby.anonymization.operators.pixelate import pixelate
from passerby.detections import Detections
from passerby.errors import ConfigError, ModelError
from passerby.models.cards import MODELS
from passerby.models.lookup import ENVIRONMENT_VARIABLE, locate, model_sha256
from passerby.models.obfuscators import create_obfuscator, export_obfuscator
from passerby.pipeline import obfuscation
from passerby.pipeline.obfuscation import (
    measured_leak,
    obfuscator_hashes,
    obfuscator_path,
    opened_anonymizer,
)
from passerby.pipeline.settings import CoverSettings, Settings
from passerby.types import Image


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A filter with drawn weights, which leaves soft shapes."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = create_obfuscator("five-layer-filter", initialisation="unit-variance")
    path = tmp_path_factory.mktemp("obfuscator") / "filter.onnx"
    export_obfuscator(network, path, {"seed": 4})
    return str(path)


def with_kernel(path: Path, kernel: np.ndarray, first: float = 1, last: float = 1) -> str:
    """Export a filter of which all layers hand on three colours, the first by a kernel of 3x3.

    The sigmoid at its end spreads what lies between ``last`` and its negative.
    """
    network = create_obfuscator("five-layer-filter", kernels=(3, 3, 3, 3, 3))
    identity = np.zeros((3, 3, 3, 3), np.float32)
    identity[range(3), range(3), 1, 1] = 1
    with torch.no_grad():
        for layer in network.layers.children():
            layer.get_parameter("weight").copy_(torch.from_numpy(identity))
        start = np.zeros((3, 3, 3, 3), np.float32)
        start[range(3), range(3)] = kernel * first
        network.layers[0].get_parameter("weight").copy_(torch.from_numpy(start))
        network.layers[4].get_parameter("weight").mul_(last)
    export_obfuscator(network, path, {})
    return str(path)


# --- Measuring ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("itself", lambda image: image),
        ("inverted", lambda image: 255 - image),
        ("colours swapped", lambda image: image[..., ::-1]),
        ("nearly itself", lambda image: quantize(image, 15)),
        ("a small blur", lambda image: cv2.GaussianBlur(image, (3, 3), 0.8)),
        ("two pixels aside", lambda image: np.roll(image, 2, axis=1)),
    ],
)
def test_what_a_formula_undoes_leaks_all(name: str, network: Callable[[Image], Image]) -> None:
    assert measured_leak(network).explained > obfuscation.MOST_LEAKED


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("large cells", lambda image: pixelate(image, 20, 12)),
        ("other people", lambda image: np.flip(image, axis=(0, 1))),
        ("noise", lambda image: np.random.default_rng(0).integers(0, 256, image.shape, np.uint8)),
    ],
)
def test_what_no_formula_undoes_leaks_less(name: str, network: Callable[[Image], Image]) -> None:
    leak = measured_leak(network)
    assert leak.explained < 0.6
    assert leak.deviation > obfuscation.LEAST_CHANGE


def test_the_share_is_that_of_a_slow_loop() -> None:
    """Against least squares by NumPy, on patches cut out one by one."""

    def network(image: Image) -> Image:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 3), np.uint8)

    def seen(scene: obfuscation._Scene) -> tuple[np.ndarray, np.ndarray]:
        made = np.pad(network(scene.image) / 255.0, ((2, 2), (2, 2), (0, 0)), "reflect")
        rows = [
            [*made[y : y + 5, x : x + 5].transpose(2, 0, 1).ravel(), 1.0]
            for y, x in np.argwhere(scene.people)
        ]
        return np.array(rows), scene.image[scene.people] / 255.0

    (patches, people), (others, strangers) = (seen(scene) for scene in obfuscation._scenes())
    ridge = np.sqrt(1e-3) * np.eye(76)
    weights = np.linalg.lstsq(np.vstack([patches, ridge]), np.vstack([people, np.zeros((76, 3))]))
    left = strangers - others @ weights[0]
    share = 1 - (left**2).sum() / ((strangers - strangers.mean(axis=0)) ** 2).sum()
    assert measured_leak(network).explained == pytest.approx(share, abs=1e-6)


def test_a_constant_changes_nothing() -> None:
    leak = measured_leak(lambda image: np.full_like(image, 99))
    assert leak.deviation == 0
    assert leak.explained < 0.01


# --- Opening --------------------------------------------------------------------------------


def test_a_filter_is_used_on_whole_frames(model: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8)
    sealed = passerby.anonymize(image, operator="learned", model=model)
    assert not sealed.covered_in_full
    assert sealed.protection.regions == ("frame",)
    assert "says nothing of fresh attackers" in str(sealed.protection.weakness)
    given = passerby.anonymize(image, detections=Detections.none(), operator="learned", model=model)
    np.testing.assert_array_equal(given.image, sealed.image)
    assert (sealed.image != image).mean() > 0.9


def test_a_stream_goes_through_a_filter_frame_by_frame(model: str) -> None:
    """Frames of a loop of one's own, as a camera gives them; there is no detector to ask."""
    images = list(np.random.default_rng(2).integers(0, 256, (3, 30, 40, 3), np.uint8))
    results = list(passerby.anonymize_stream(iter(images), operator="learned", model=model))
    alone = [passerby.anonymize(image, operator="learned", model=model).image for image in images]
    assert len(results) == 3
    for result, wanted in zip(results, alone, strict=True):
        np.testing.assert_array_equal(result.frame.image, wanted)


def test_a_network_that_returns_the_frame_is_refused(tmp_path: Path) -> None:
    centre = np.zeros((3, 3), np.float32)
    centre[1, 1] = 1
    path = with_kernel(tmp_path / "same.onnx", centre)
    with pytest.raises(ModelError, match=r"same\.onnx hides nobody: .* gives back 9\d\.\d% of the"):
        opened_anonymizer(Settings.of(operator="learned", model=path))


def test_a_network_that_returns_a_constant_is_refused(tmp_path: Path) -> None:
    path = with_kernel(tmp_path / "grey.onnx", np.zeros((3, 3), np.float32))
    with pytest.raises(ModelError, match=r"grey\.onnx returns a constant .* deviates by 0 of 255"):
        opened_anonymizer(Settings.of(operator="learned", model=path))


def test_it_is_opened_once_until_the_file_changes(model: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(Path(model).read_bytes())
    settings = Settings.of(operator="learned", model=str(copy))
    first, second = opened_anonymizer(settings), opened_anonymizer(settings)
    assert first.network is second.network
    copy.write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"copy\.onnx is not an ONNX file"):
        opened_anonymizer(settings)


def test_its_hash_is_known(model: str) -> None:
    settings = Settings.of(operator="learned", model=model)
    assert obfuscator_hashes(settings) == {"filter.onnx": model_sha256(Path(model))}


@pytest.mark.parametrize("options", [{}, {"operator": "median"}, {"preset": "de-coninck-blur"}])
def test_other_operators_have_none(options: dict[str, str]) -> None:
    settings = Settings.of(model="yolox-nano", **options)
    assert obfuscator_path(settings) is None
    assert opened_anonymizer(settings).network is None
    assert obfuscator_hashes(settings) == {}


@pytest.mark.parametrize(
    ("model_named", "message"),
    [
        ("yolox-nano", "and 'yolox-nano' is none: name passerby-obfuscator or an ONNX file"),
        ("model.pt", "and 'model.pt' is none: name passerby-obfuscator or an ONNX file"),
    ],
)
def test_what_is_no_obfuscator_is_refused(model_named: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        opened_anonymizer(Settings.of(operator="learned", model=model_named))


def test_without_a_name_ours_is_used() -> None:
    ours = {"passerby_obfuscator.onnx": MODELS["passerby-obfuscator"].sha256}
    for model_named in (None, "passerby-obfuscator"):
        settings = Settings.of(operator="learned", model=model_named)
        assert obfuscator_hashes(settings) == ours
        assert opened_anonymizer(settings).network is not None


def test_a_detector_is_no_obfuscator() -> None:
    path = locate("passerby-people")
    with pytest.raises(ModelError, match="is not an obfuscator: give a file that"):
        opened_anonymizer(Settings.of(operator="learned", model=str(path)))


def test_one_with_a_name_is_found(
    model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "mine.onnx").write_bytes(Path(model).read_bytes())
    card = replace(
        MODELS["yolox-nano"],
        name="mine",
        file="mine.onnx",
        role="obfuscator",
        decoder="obfuscator",
        sha256=model_sha256(Path(model)),
    )
    monkeypatch.setitem(MODELS._entries, "mine", card)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder))
    named = Settings.of(operator="learned", model="mine")
    assert obfuscator_path(named) == folder / "mine.onnx"
    with pytest.raises(ConfigError, match="name passerby-obfuscator, mine or an ONNX file"):
        obfuscator_path(Settings.of(operator="learned", model="yolox-nano"))


# --- Settings -------------------------------------------------------------------------------


def test_a_record_says_that_the_frame_is_covered(model: str) -> None:
    cover = Settings.of(operator="learned", model=model).cover
    dumped = cover.model_dump(mode="json")
    assert (dumped["regions"], dumped["operator"]) == (["frame"], "learned")
    again = CoverSettings.model_validate(dumped).anonymizer()
    assert again.protection("looked for").weakness is not None


def test_a_self_check_says_nothing(model: str) -> None:
    with pytest.raises(ConfigError, match="a self-check says nothing: leave it out"):
        Settings.of(operator="learned", model=model, self_check=True)


def test_other_regions_are_refused() -> None:
    with pytest.raises(ConfigError, match="covers whole frames: leave regions out, not people"):
        Settings.of(operator="learned", regions="people")
