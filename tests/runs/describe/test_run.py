"""Images become a file of signatures; what is broken off goes on."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.datasets import read_dataset
from passerby.errors import DetectionError, InputError
from passerby.models.lookup import model_sha256
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import RAW
from passerby.runs.describe.run import describe_images, is_described
from passerby.signatures.network import SignatureNetwork
from passerby.signatures.opening import open_describer
from passerby.signatures.reader import read_header, read_origin, read_signatures


@pytest.fixture
def network(colours_model: str) -> SignatureNetwork:
    return SignatureNetwork(colours_model)


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    folder = tmp_path / "crops"
    folder.mkdir()
    for number in range(20):
        Image.new("RGB", (4, 8), (number, 50, 0)).save(folder / f"{number:02}.png")
    return folder


def images_in(folder: Path) -> ImageList:
    return ImageList.of_files([str(folder)])


def test_the_file_holds_the_signature_of_each_image(
    crops: Path, network: SignatureNetwork, tmp_path: Path
) -> None:
    steps: list[int] = []
    done = describe_images(
        images_in(crops), RAW, network, tmp_path / "q.npz", progress=steps.append
    )
    assert (done.images, done.kept, done.left_out, sum(steps)) == (20, 0, (), 20)
    found = read_signatures(tmp_path / "q.npz").features[:]
    np.testing.assert_allclose(found, [[0, 0, 50, 50, n, n] for n in range(20)], atol=1e-4)


def test_the_header_says_what_was_described_and_by_what(
    market: Path, colours_model: str, tmp_path: Path
) -> None:
    dataset = read_dataset(market)
    network = open_describer(colours_model)
    describe_images(ImageList.of_dataset(dataset, "gallery"), RAW, network, tmp_path / "g.npz")
    header = read_header(tmp_path / "g.npz")
    assert (header["size"], header["pixels"], header["subset"]) == ([8, 4], "bgr-255", "gallery")
    origin = read_origin(tmp_path / "g.npz")
    assert (origin.model, origin.model_sha256) == (
        "colours.onnx",
        model_sha256(Path(colours_model)),
    )
    assert (origin.data_set, origin.index_sha256) == ("market1501", dataset.sha256)


def test_images_that_cannot_be_read_are_named_and_left_out(
    crops: Path, network: SignatureNetwork, tmp_path: Path
) -> None:
    (crops / "00.png").write_bytes(b"damaged")
    (crops / "07.png").write_bytes(b"")
    complaints: list[str] = []
    done = describe_images(
        images_in(crops), RAW, network, tmp_path / "q.npz", complain=complaints.append
    )
    assert (done.images, done.left_out) == (18, ("00.png", "07.png"))
    assert ["00.png is damaged" in complaints[0], "07.png" in complaints[1]] == [True, True]
    found = read_signatures(tmp_path / "q.npz").features[:]
    np.testing.assert_allclose(found[:, 5], [n for n in range(20) if n not in (0, 7)], atol=1e-4)


def test_nothing_is_written_where_no_image_can_be_read(
    crops: Path, network: SignatureNetwork, tmp_path: Path
) -> None:
    for path in crops.iterdir():
        path.write_bytes(b"damaged")
    with pytest.raises(InputError, match="none of 20 images can be read"):
        describe_images(images_in(crops), RAW, network, tmp_path / "q.npz")
    assert not (tmp_path / "q.npz").exists()


class BreaksOff:
    """A network that fails after some images."""

    def __init__(self, network: SignatureNetwork, after: int) -> None:
        self.name, self.path, self.pixels = network.name, network.path, network.pixels
        self.size, self.batch = network.size, 1
        self._network, self._left = network, after

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        if self._left < 0:
            raise DetectionError("the power went out")
        self._left -= len(pictures)
        return self._network.describe(pictures)


def test_a_run_that_broke_off_goes_on_with_the_same_result(
    crops: Path, network: SignatureNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (crops / "01.png").write_bytes(b"damaged")
    images = images_in(crops)
    with pytest.raises(DetectionError, match="the power went out"):
        describe_images(images, RAW, BreaksOff(network, 6), tmp_path / "q.npz", threads=1)
    steps: list[int] = []
    done = describe_images(images, RAW, network, tmp_path / "q.npz", progress=steps.append)
    assert 1 < done.kept < 20
    assert done.left_out == ("01.png",)
    assert sum(steps) == 20
    describe_images(images, RAW, network, tmp_path / "whole.npz")
    with np.load(tmp_path / "q.npz") as first, np.load(tmp_path / "whole.npz") as second:
        for name in second.files:
            np.testing.assert_array_equal(first[name], second[name])


def test_signatures_of_the_same_images_are_known_again(
    crops: Path, network: SignatureNetwork, tmp_path: Path
) -> None:
    images, target = images_in(crops), tmp_path / "q.npz"
    assert not is_described(images, RAW, network, target)
    describe_images(images, RAW, network, target)
    assert is_described(images, RAW, network, target)
    Image.new("RGB", (4, 8), (9, 9, 9)).save(crops / "03.png", compress_level=0)
    assert not is_described(images_in(crops), RAW, network, target)
    np.savez(target, features=np.zeros((2, 2)))
    assert not is_described(images, RAW, network, target)
    target.write_bytes(b"no file of arrays")
    with pytest.raises(InputError, match=r"q\.npz is damaged"):
        is_described(images, RAW, network, target)
