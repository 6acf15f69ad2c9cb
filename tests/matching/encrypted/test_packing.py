"""What is computed slot by slot, without any encryption, beside the plain product."""

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.matching.encrypted.packing import Packing, unit_rows


@pytest.mark.parametrize(
    ("dimension", "count"), [(1, 1), (2, 30), (3, 29), (7, 25), (12, 1), (16, 16), (13, 0)]
)
def test_rotated_products_are_the_cosines(dimension: int, count: int) -> None:
    packing = Packing(dimension, slots=32)
    rng = np.random.default_rng(dimension)
    rows, query = rng.normal(size=(count, dimension)), rng.normal(size=dimension)
    diagonals = list(packing.diagonals(rows))
    turned = [np.roll(packing.repeated(query), -step) for step in range(packing.baby_steps)]
    whole = np.zeros(32)
    for giant in range(packing.giant_steps):
        part = np.zeros(32)
        start = giant * packing.baby_steps
        for baby, diagonal in enumerate(diagonals[start : start + packing.baby_steps]):
            part += turned[baby] * diagonal
        whole += np.roll(part, -start)
    assert whole[:count] == pytest.approx(rows @ query)
    assert whole[count:] == pytest.approx(0)


def test_every_rotation_that_is_made_has_a_key() -> None:
    for dimension in (1, 2, 5, 176, 512, 2048):
        packing = Packing(dimension, slots=4096)
        wanted = set(range(packing.baby_steps))
        wanted |= {step * packing.baby_steps for step in range(packing.giant_steps)}
        assert set(packing.rotations()) == wanted - {0}


def test_blocks_hold_everybody_once() -> None:
    packing = Packing(10, slots=32)
    blocks = [range(23)[block] for block in packing.blocks(23)]
    assert [one for block in blocks for one in block] == list(range(23))
    assert [len(block) for block in blocks] == [22, 1]


@pytest.mark.parametrize("dimension", [0, 17, 4096])
def test_signatures_that_are_too_long_are_refused(dimension: int) -> None:
    with pytest.raises(InputError, match=f"of {dimension} numbers cannot be matched.*1 to 16"):
        Packing(dimension, slots=32)


def test_lengths_become_1() -> None:
    unit = unit_rows(np.array([[3.0, 4.0], [0.0, -2.0]], np.float32), "it")
    assert unit.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, -1]]


@pytest.mark.parametrize(
    ("value", "said"), [(np.nan, "it holds NaN"), (np.inf, "it holds NaN"), (0.0, "it is 0")]
)
def test_what_has_no_direction_is_refused(value: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        unit_rows(np.array([[1.0, 0.0], [value, 0.0]]), "it")
