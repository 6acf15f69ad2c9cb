"""Networks as ONNX files in 32, 16 and 8 bits."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from passerby.datasets import ReidDataset, Sample, read_dataset
from passerby.errors import ConfigError, InputError, OutputError
from passerby.models.reid import create
from passerby.models.reid.checkpoint import save_network
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.export.signature_export import export_signatures
from passerby.signatures.network import SignatureNetwork
from passerby.signatures.opening import open_describer


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of random weights, and statistics as of random pictures."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = create("bot", 2, scale="quick", size=(32, 32), width=0.125).train()
        with torch.no_grad():
            for layer in network.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.momentum = None
            network(torch.randn(16, 3, 32, 32))
    card = {"model": "bot", "scale": "quick", "num_classes": 2, "size": [32, 32]}
    path = tmp_path_factory.mktemp("run") / "model.pt"
    save_network(network, {**card, "options": {"width": 0.125}}, path)
    return str(path)


@pytest.fixture
def images(tmp_path: Path) -> ImageList:
    folder = tmp_path / "images"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(24):
        pixels = random.integers(0, 256, (4, 4, 3), np.uint8).repeat(8, 0).repeat(8, 1)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return ImageList.of_files([str(folder)])


@pytest.mark.slow
def test_32_bits_lose_nothing(checkpoint: str, images: ImageList, tmp_path: Path) -> None:
    done = export_signatures(checkpoint, tmp_path / "out.onnx", images=images)
    assert done.bytes == done.full_bytes == (tmp_path / "out.onnx").stat().st_size
    assert done.loss is not None
    assert done.loss.cosine_least == pytest.approx(1, abs=1e-6)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    wanted = open_describer(checkpoint, runtime="torch").describe(pictures)
    found = open_describer(str(tmp_path / "out.onnx")).describe(pictures)
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number_format", "share", "least"), [("fp16", 0.6, 0.9999), ("int8", 0.4, 0.98)]
)
def test_fewer_bits_make_smaller_files_that_lose_little(
    number_format: str,
    share: float,
    least: float,
    checkpoint: str,
    images: ImageList,
    tmp_path: Path,
) -> None:
    """Of a network at random, whose layers agree on nothing; trained ones lose less."""
    done = export_signatures(checkpoint, tmp_path / "out.onnx", number_format, images=images)  # type: ignore[arg-type]
    assert done.bytes < share * done.full_bytes
    assert done.loss is not None
    assert least < done.loss.cosine_least <= done.loss.cosine_mean < 1
    network = SignatureNetwork(str(tmp_path / "out.onnx"))
    assert (network.pixels, network.batch) == ("rgb-imagenet", 8)
    onnx.checker.check_model(onnx.load(tmp_path / "out.onnx"))


def test_without_images_nothing_is_measured(colours_model: str, tmp_path: Path) -> None:
    assert export_signatures(colours_model, tmp_path / "out.onnx", "fp16").loss is None
    with pytest.raises(ConfigError, match="int8 must see what the network is fed"):
        export_signatures(colours_model, tmp_path / "int8.onnx", "int8")
    assert not (tmp_path / "int8.onnx").exists()


def test_a_data_set_calibrates_with_what_is_trained_on(
    checkpoint: str, market: Path, tmp_path: Path
) -> None:
    dataset = read_dataset(market)
    (market / "bounding_box_train" / "0002_c1s1_000451_03.jpg").write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"0002_c1s1_000451_03\.jpg is damaged"):
        export_signatures(checkpoint, tmp_path / "out.onnx", "int8", images=dataset)
    tested = ReidDataset("folder", market, (Sample("a.png", identity=1, camera=1, subset="query"),))
    with pytest.raises(InputError, match="there are no images to train on"):
        export_signatures(checkpoint, tmp_path / "out.onnx", "int8", images=tested)
    assert not (tmp_path / "out.onnx").exists()


def test_a_place_that_cannot_be_written_is_named(colours_model: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file cannot be made"):
        export_signatures(colours_model, tmp_path / "file" / "out.onnx")
