"""What every decoder must keep."""

import numpy as np
import pytest

from passerby.models.cards import MODELS
from passerby.models.decoders import DECODERS
from passerby.models.decoders.decoder import grid

SHAPES = {
    "yolox": [(1, 8400, 85)],
    "nanodet": [
        (1, 2704, 80),
        (1, 676, 80),
        (1, 169, 80),
        (1, 2704, 32),
        (1, 676, 32),
        (1, 169, 32),
    ],
    "fastestdet": [(1, 85, 22, 22)],
}


def test_a_grid_counts_columns_first() -> None:
    expected = [(column, row) for row in range(3) for column in range(5)]
    assert grid(3, 5).tolist() == [list(cell) for cell in expected]


def test_every_person_model_has_a_decoder() -> None:
    assert {card.decoder for card in MODELS.values() if card.role == "person"} <= set(DECODERS)


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_fits_its_own_outputs_alone(name: str) -> None:
    assert [other for other, shapes in SHAPES.items() if DECODERS[name].fits(shapes)] == [name]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("shapes", [[], [(1, 1000)], [(1, 20, 5)], [(1, 5, 3, 3)], [()]])
def test_no_decoder_fits_other_networks(name: str, shapes: list[tuple[int, ...]]) -> None:
    assert not DECODERS[name].fits(shapes)


@pytest.mark.parametrize("name", DECODERS)
def test_preparing_keeps_the_image_and_gives_what_a_network_takes(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (32, 64, 3), np.uint8)
    image.flags.writeable = False
    before = image.copy()
    tensor = DECODERS[name].prepare(image)
    assert tensor.shape == (1, 3, 32, 64)
    assert tensor.dtype == np.float32
    assert (image == before).all()
