"""Pictures of where a network looks, over covered images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.errors import ConfigError, OutputError
from passerby.runs.describe.attention_maps import draw_attention
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import RAW
from passerby.signatures.network import SignatureNetwork
from passerby.sinks.tiles import _GAP, _LINE_HEIGHT, FRAME, TILE_SIZE

WIDTH, HEIGHT = TILE_SIZE[0] + 2 * FRAME + _GAP, TILE_SIZE[1] + 2 * FRAME + _LINE_HEIGHT + _GAP


@pytest.fixture
def images(tmp_path: Path) -> ImageList:
    """Chequered in black and white, square by square of two pixels; the second is damaged."""
    folder = tmp_path / "crops"
    folder.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        odd = np.indices((64, 32)).sum(axis=0) // 2 % 2
        Image.fromarray((255 * odd).astype(np.uint8)).convert("RGB").save(folder / name)
    (folder / "b.png").write_bytes(b"damaged")
    return ImageList.of_files([str(folder)])


def test_images_are_covered_and_their_maps_lie_beside_them(
    images: ImageList, colours_model: str, tmp_path: Path
) -> None:
    complaints: list[str] = []
    network = SignatureNetwork(colours_model)
    draw_attention(tmp_path / "maps.png", images, RAW, network, 3, complain=complaints.append)
    assert ["b.png is damaged" in one for one in complaints] == [True]
    with Image.open(tmp_path / "maps.png") as picture:
        assert picture.size == (4 * WIDTH + _GAP, HEIGHT + _GAP)
        page = np.asarray(picture.convert("RGB"))
    for column in (0, 2):
        left, top = _GAP + column * WIDTH + FRAME, _GAP + FRAME
        image = page[top : top + TILE_SIZE[1], left : left + TILE_SIZE[0]].astype(int)
        assert np.abs(image - 127.5).max() <= 1


def test_a_network_that_knows_its_maps_shows_them_too(
    images: ImageList, colours_model: str, tmp_path: Path
) -> None:
    class Knows(SignatureNetwork):
        def activation_map(self, image: np.ndarray) -> np.ndarray:
            return np.ones((2, 2), np.float32)

    draw_attention(tmp_path / "maps.png", images, RAW, Knows(colours_model), 1)
    with Image.open(tmp_path / "maps.png") as picture:
        assert picture.size == (3 * WIDTH + _GAP, HEIGHT + _GAP)


def test_what_cannot_be_drawn_is_refused_and_leaves_nothing(
    images: ImageList, colours_model: str, tmp_path: Path
) -> None:
    network = SignatureNetwork(colours_model)
    with pytest.raises(ConfigError, match="maps are a PNG"):
        draw_attention(tmp_path / "maps.jpg", images, RAW, network, 3)
    for file in images.files:
        file.write_bytes(b"damaged")
    with pytest.raises(OutputError, match="there is no image to write"):
        draw_attention(tmp_path / "maps.png", images, RAW, network, 3)
    assert [one.name for one in tmp_path.iterdir()] == ["crops"]
