"""What every decoder must keep."""

import numpy as np
import pytest

from passerby.models.cards import MODELS
from passerby.models.decoders import DECODERS
from passerby.models.decoders.decoder import cells, count_cells, grid, strong, unscaled

SHAPES = {
    "passerby": [(1, 3549, 2, 4), (1, 3549, 2)],
    "yolox": [(1, 3549, 85)],
    "nanodet": [
        (1, 2704, 80),
        (1, 676, 80),
        (1, 169, 80),
        (1, 2704, 32),
        (1, 676, 32),
        (1, 169, 32),
    ],
    "fastestdet": [(1, 85, 26, 26)],
}
"""Of an input of 416 x 416 pixels."""

OTHERS = [
    [],
    [()],
    [(1, 1000)],
    [(1, 20, 5)],
    [(1, 5, 3, 3)],
    [(1, 3549, 5)],
    [(1, 3550, 85)],
    [(1, 3549, 2), (1, 3549, 2, 4)],
    [(1, 3549, 1, 4), (1, 3549, 1)],
    [(1, 3380, 2, 4), (1, 3380, 2)],
    [(1, 3549, 2, 4)],
    [(1, 10, 80)] * 6,
]
"""Of other networks: other numbers of cells, of classes, of outputs."""


def test_a_grid_counts_columns_first() -> None:
    expected = [(column, row) for row in range(3) for column in range(5)]
    assert grid(3, 5).tolist() == [list(cell) for cell in expected]


def test_cells_are_those_of_three_grids_one_after_the_other() -> None:
    places, strides = cells(64, 96)
    expected = [
        (column, row, stride)
        for stride in (8, 16, 32)
        for row in range(64 // stride)
        for column in range(96 // stride)
    ]
    assert np.hstack([places, strides]).tolist() == [list(cell) for cell in expected]
    assert count_cells(64, 96) == [96, 24, 6]


def test_a_score_that_is_no_number_is_not_lost() -> None:
    assert strong(np.array([0.1, 0.2, np.nan, 0.3], np.float32), 0.2).tolist() == [
        False,
        True,
        True,
        True,
    ]


def test_pixels_are_fed_as_they_are() -> None:
    image = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    tensor = unscaled(image)
    for row, column, channel in np.ndindex(5, 7, 3):
        assert tensor[0, channel, row, column] == image[row, column, channel]


def test_every_person_model_has_a_decoder() -> None:
    assert {card.decoder for card in MODELS.values() if card.role == "person"} <= set(DECODERS)


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_fits_its_own_outputs_alone(name: str) -> None:
    assert [other for other, shapes in SHAPES.items() if DECODERS[name].fits(shapes, 416, 416)] == [
        name
    ]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("shapes", OTHERS, ids=str)
def test_no_decoder_fits_other_networks(name: str, shapes: list[tuple[int, ...]]) -> None:
    assert not DECODERS[name].fits(shapes, 416, 416)


@pytest.mark.parametrize("name", DECODERS)
def test_preparing_keeps_the_image_and_gives_what_a_network_takes(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (32, 64, 3), np.uint8)
    image.flags.writeable = False
    before = image.copy()
    tensor = DECODERS[name].prepare(image)
    assert tensor.shape == (1, 3, 32, 64)
    assert tensor.dtype == np.float32
    assert (image == before).all()
