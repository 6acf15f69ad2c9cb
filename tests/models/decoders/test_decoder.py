"""What every decoder must keep."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.cards import MODELS
from passerby.models.classes import Wanted
from passerby.models.decoders import DECODERS
from passerby.models.decoders.decoder import cells, count_cells, grid, strong

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
    "yolov5": [(1, 10647, 85)],
    "yolov8": [(1, 84, 3549)],
    "yolo-nms": [(1, 300, 6)],
    "ssd": [(1, 1917, 1, 4), (1, 1917, 90)],
    "picodet": [
        *((1, cells, 80) for cells in (2704, 676, 169, 49)),
        *((1, cells, 32) for cells in (2704, 676, 169, 49)),
    ],
    "rtmdet": [(1, 3549, 4), (1, 3549, 80)],
    "centernet": [(1, 104, 104, 4), (1, 104, 104, 80)],
}
"""Of an input of 416 x 416 pixels."""

CLASSES = dict.fromkeys(SHAPES, 80) | {"passerby": 2, "ssd": 90, "yolo-nms": 0}

OTHERS = [
    [],
    [()],
    [(1, 1000)],
    [(1, 20, 5)],
    [(1, 5, 3, 3)],
    [(1, 3549, 5)],
    [(1, 3550, 85)],
    [(1, 3549, 2), (1, 3549, 2, 4)],
    [(1, 3549, 1, 4), (1, 3549)],
    [(1, 3380, 2, 4), (1, 3380, 2)],
    [(1, 3549, 2, 4)],
    [(1, 10, 80)] * 6,
    [(1, 10, 80)] * 8,
    [(1, 10646, 85)],
    [(1, 10647, 5)],
    [(1, 84, 3550)],
    [(1, 4, 3549)],
    [(1, 116, 3549), (1, 32, 104, 104)],
    [(1, 300, 7)],
    [(300, 6)],
    [(1, 17640, 2), (1, 17640, 4)],
    [(1, 1917, 4), (1, 1917, 90)],
    [(1, 1917, 1, 4), (1, 1917, 91)],
    [(1, 1917, 1, 4), (1, 1916, 90)],
    [(1, 3549, 80), (1, 3549, 4)],
    [(1, 3548, 4), (1, 3548, 80)],
    [(1, 4, 104, 104), (1, 80, 104, 104)],
    [(1, 104, 104, 2), (1, 104, 104, 80)],
    [(1, 100, 4), (1, 100)],
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


def test_a_stride_that_does_not_divide_a_side_has_a_cell_for_the_rest() -> None:
    places, strides = cells(40, 96, (32, 64))
    assert np.hstack([places, strides]).tolist() == [
        [column, row, stride]
        for stride, columns, rows in ((32, 3, 2), (64, 2, 1))
        for row in range(rows)
        for column in range(columns)
    ]
    assert count_cells(40, 96, (32, 64)) == [6, 2]


def test_every_person_model_has_a_decoder() -> None:
    assert {card.decoder for card in MODELS.values() if card.role == "person"} <= set(DECODERS)


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_fits_its_own_outputs_alone(name: str) -> None:
    assert [other for other, shapes in SHAPES.items() if DECODERS[name].fits(shapes, 416, 416)] == [
        name
    ]


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_counts_the_classes_of_its_own_outputs(name: str) -> None:
    assert DECODERS[name].classes(SHAPES[name], 416, 416) == CLASSES[name]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("shapes", OTHERS, ids=str)
def test_no_decoder_fits_other_networks(name: str, shapes: list[tuple[int, ...]]) -> None:
    assert not DECODERS[name].fits(shapes, 416, 416)


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_score_that_is_no_number_is_passed_on(name: str, value: float) -> None:
    outputs = [np.full(shape, value, np.float32) for shape in SHAPES[name]]
    if name == "yolo-nms":
        outputs[0][..., 5] = 0  # its class is known
    with np.errstate(all="ignore"):
        found = DECODERS[name].decode(outputs, 416, 416, 0.5)
    assert len(found)
    assert not (np.isfinite(found.boxes).all() and np.isfinite(found.scores).all())


@pytest.mark.parametrize("name", DECODERS)
def test_nothing_above_the_threshold_is_nobody(name: str) -> None:
    outputs = [np.zeros(shape, np.float32) for shape in SHAPES[name]]
    found = DECODERS[name].decode(outputs, 416, 416, 0.1)
    assert found.boxes.shape == (0, 4)
    assert found.failure is None


@pytest.mark.parametrize("name", DECODERS)
def test_outputs_are_not_written_to(name: str) -> None:
    rng = np.random.default_rng(1)
    outputs = [rng.random(shape, np.float32) for shape in SHAPES[name]]
    before = [output.copy() for output in outputs]
    for output in outputs:
        output.flags.writeable = False
    DECODERS[name].decode(outputs, 416, 416, 0.5)
    assert all((one == other).all() for one, other in zip(outputs, before, strict=True))


@pytest.mark.parametrize("name", sorted(set(DECODERS) - {"passerby"}))
def test_several_classes_are_those_that_each_finds_alone(name: str) -> None:
    rng = np.random.default_rng(2)
    outputs = [rng.random(shape, np.float32) for shape in SHAPES[name]]
    if name == "yolo-nms":
        outputs[0][..., 5] = rng.integers(0, 80, (1, 300))

    def found(*kinds: tuple[int, Kind]) -> list[tuple[float, ...]]:
        said = DECODERS[name].decode(outputs, 416, 416, 0.7, Wanted.of(*kinds))
        return sorted(
            (*box, score, kind)
            for box, score, kind in zip(
                said.boxes.tolist(), said.scores.tolist(), said.kinds.tolist(), strict=True
            )
        )

    plates, people = (3, Kind.OBJECT), (0, Kind.PERSON)
    assert found(plates)
    assert found(plates) != found(people)
    assert found(plates, people) == sorted(found(plates) + found(people))
    assert len(found(people, (0, Kind.OBJECT))) == 2 * len(found(people))


@pytest.mark.parametrize("name", DECODERS)
def test_preparing_keeps_the_image_and_gives_what_a_network_takes(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (32, 64, 3), np.uint8)
    image.flags.writeable = False
    before = image.copy()
    tensor = DECODERS[name].prepare(image)
    assert tensor.shape == (1, 3, 32, 64)
    assert tensor.dtype == np.float32
    assert (image == before).all()
