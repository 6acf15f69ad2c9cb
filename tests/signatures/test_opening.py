"""Whatever file a user names is opened by what can run it."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from passerby.errors import ConfigError, ModelError
from passerby.models import lookup
from passerby.models.cards import MODELS, PIXELS_KEY, ModelCard
from passerby.models.reid import create
from passerby.models.reid.checkpoint import save_network
from passerby.registry import Registry
from passerby.signatures.network import SignatureNetwork
from passerby.signatures.opening import (
    default_model,
    open_describer,
    open_describers,
    write_onnx,
)

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "model.pt"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = create("siamese-mobilenet", 2, size=(32, 32), width=0.25)
    card = {"model": "siamese-mobilenet", "scale": "paper", "num_classes": 2, "size": [32, 32]}
    save_network(network, {**card, "options": {"width": 0.25}}, path)
    return path


@pytest.mark.slow
def test_a_checkpoint_gives_the_same_signatures_by_both_runtimes(checkpoint: Path) -> None:
    by_onnx, by_torch = (open_describer(str(checkpoint), runtime=r) for r in ("onnx", "torch"))
    for one in (by_onnx, by_torch):
        assert (one.name, one.path, one.size) == ("model.pt", checkpoint, (32, 32))
    found, wanted = by_onnx.describe(PICTURES), by_torch.describe(PICTURES)
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.abs(wanted).max())
    assert np.ptp(wanted, axis=0).max() > 0.1 * np.abs(wanted).max()


def test_names_and_files_are_run_by_onnx_alone(colours_model: str) -> None:
    assert isinstance(open_describer(colours_model), SignatureNetwork)
    with pytest.raises(ConfigError, match=r"torch runs checkpoints \(\.pt\), not .*colours\.onnx"):
        open_describer(colours_model, runtime="torch")


def test_what_a_checkpoint_is_fed_is_known(checkpoint: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.pt is rgb-imagenet, not bgr-255"):
        open_describer(str(checkpoint), "bgr-255")


def test_a_checkpoint_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"weights")
    for runtime in ("onnx", "torch"):
        with pytest.raises(ModelError, match=r"model\.pt"):
            open_describer(str(tmp_path / "model.pt"), runtime=runtime)  # type: ignore[arg-type]


def test_without_torch_a_checkpoint_says_what_to_do(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str, *_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(ConfigError, match=r"needs torch to be read: run `pip install 'passerby\[t"):
        open_describer(str(checkpoint))


def test_an_exported_file_says_what_it_is_fed(colours_model: str, tmp_path: Path) -> None:
    graph = onnx.load(colours_model)
    del graph.metadata_props[:]
    onnx.save(graph, tmp_path / "silent.onnx")
    with pytest.raises(ConfigError, match="give --pixels bgr-255 or rgb-imagenet"):
        write_onnx(str(tmp_path / "silent.onnx"), tmp_path / "told.onnx")
    write_onnx(str(tmp_path / "silent.onnx"), tmp_path / "told.onnx", "bgr-255")
    props = {one.key: one.value for one in onnx.load(tmp_path / "told.onnx").metadata_props}
    assert props == {PIXELS_KEY: "bgr-255"}


def test_of_several_networks_those_that_say_what_they_are_fed_are_fed_that(
    colours_model: str, tmp_path: Path
) -> None:
    graph = onnx.load(colours_model)
    silent, told = tmp_path / "silent.onnx", tmp_path / "told.onnx"
    del graph.metadata_props[:]
    onnx.save(graph, silent)
    onnx.helper.set_model_props(graph, {PIXELS_KEY: "rgb-imagenet"})
    onnx.save(graph, told)
    found = open_describers({"a": str(told), "b": str(silent)}, "bgr-255")
    assert [(name, one.pixels) for name, one in found.items()] == [
        ("a", "rgb-imagenet"),
        ("b", "bgr-255"),
    ]
    with pytest.raises(ConfigError, match="give --pixels bgr-255 or rgb-imagenet"):
        open_describers({"a": str(told), "b": str(silent)})
    with pytest.raises(ConfigError, match="is rgb-imagenet, not bgr-255: leave --pixels out"):
        open_describers({"a": str(told)}, "bgr-255")


def test_the_default_is_what_comes_with_passerby(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry: Registry[ModelCard] = Registry("model")
    registry.add("reid-0287", MODELS["reid-0287"])
    monkeypatch.setattr(lookup, "MODELS", registry)
    with pytest.raises(ConfigError, match="name one with --model, such as reid-0287"):
        default_model()
    ours = asdict(MODELS["reid-0287"]) | {"name": "ours", "url": None, "built_in": True}
    registry.add("ours", ModelCard(**ours))
    assert default_model() == "ours"
