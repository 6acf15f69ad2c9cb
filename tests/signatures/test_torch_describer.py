"""Checkpoints run by torch, and the maps that they make on the way."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.errors import DetectionError
from passerby.models.reid import ReidNetwork, create
from passerby.models.reid.checkpoint import load_network, save_network
from passerby.signatures.input import signature_input
from passerby.signatures.torch_describer import TorchDescriber

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 20, 3), np.uint8)


@pytest.fixture(autouse=True)
def _one_seed() -> Iterator[None]:
    """Draw the same weights in each run."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    card = {"model": "osnet-x0.25", "scale": "quick", "num_classes": 3, "size": [64, 32]}
    network = create("osnet-x0.25", 3, scale="quick", size=(64, 32))
    save_network(network, {**card, "options": {}}, tmp_path / "model.pt")
    return tmp_path / "model.pt"


@pytest.mark.slow
def test_signatures_are_those_of_the_network(path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 64, 32, 3), np.uint8)
    describer = TorchDescriber.load(path)
    assert (describer.name, describer.size, describer.path) == ("model.pt", (64, 32), path)
    with torch.no_grad():
        wanted = load_network(path)(torch.from_numpy(signature_input(pictures, "rgb-imagenet")))
    np.testing.assert_allclose(describer.describe(pictures), wanted.numpy(), atol=1e-4)


@pytest.mark.slow
def test_the_activation_map_is_the_length_of_the_last_maps(path: Path) -> None:
    heat = TorchDescriber.load(path).activation_map(IMAGE)
    network = load_network(path)
    picture = cv2.resize(IMAGE, (32, 64))[None]
    with torch.no_grad():
        images = torch.from_numpy(signature_input(picture, "rgb-imagenet"))
        maps = network.stages(network.stem(images))[0]
    lengths = (maps.double() ** 2).sum(dim=0).sqrt().numpy()
    assert lengths.shape == (4, 2)
    np.testing.assert_allclose(heat, cv2.resize(lengths, (32, 64)), rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["mlfn", "hacnn"])
def test_it_is_of_the_whole_image_where_layers_give_more_than_maps(
    model: str, tmp_path: Path
) -> None:
    card = {"model": model, "scale": "quick", "num_classes": 3, "size": [128, 64], "options": {}}
    network = create(model, 3, scale="quick", size=(128, 64)).eval()
    save_network(network, card, tmp_path / "model.pt")
    picture = cv2.resize(IMAGE, (64, 128))[None]
    maps, regions = network.stem(torch.from_numpy(signature_input(picture, "rgb-imagenet"))), []
    with torch.no_grad():
        for block in network.blocks if model == "mlfn" else network.levels:
            maps, regions = block(maps) if model == "mlfn" else block(maps, regions)
    lengths = (maps[0].double() ** 2).sum(dim=0).sqrt().numpy()
    heat = TorchDescriber.load(tmp_path / "model.pt").activation_map(IMAGE)
    np.testing.assert_allclose(heat, cv2.resize(lengths, (64, 128)), rtol=1e-3, atol=1e-4)


def test_hooks_are_taken_away_again(path: Path) -> None:
    describer = TorchDescriber.load(path)
    describer.activation_map(IMAGE)
    assert not any(module._forward_hooks for module in describer.network.modules())


def test_a_network_without_maps_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Flat(ReidNetwork):
        dimension = 3

        def learn(self, images: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
            raise NotImplementedError

        def describe(self, images: torch.Tensor) -> torch.Tensor:
            return images.mean(dim=(2, 3))

    describer = TorchDescriber.load(path)
    describer.network = Flat((64, 32)).eval()
    with pytest.raises(
        DetectionError, match="returns no feature maps: only occlusion maps can be drawn"
    ):
        describer.activation_map(IMAGE)


@pytest.mark.slow
def test_a_run_that_fails_is_an_error_of_ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("out of memory\nmore lines")

    describer = TorchDescriber.load(path)
    monkeypatch.setattr(describer.network, "describe", fail)
    with pytest.raises(DetectionError, match=r"^the network failed: out of memory$"):
        describer.describe(np.zeros((1, 64, 32, 3), np.uint8))
