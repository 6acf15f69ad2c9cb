"""Pictures are brought into networks of any kind, and boxes find their way back."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from passerby.detection.canvas import canvas


def network(
    size: tuple[int, int] | None = None, *, even: bool = True, padding: int = 114, stride: int = 32
) -> Any:
    decoder = SimpleNamespace(keeps_aspect=even, padding=padding)
    return SimpleNamespace(size=size, stride=stride, family=SimpleNamespace(decoder=decoder))


WHITE = np.full((60, 100, 3), 255, np.uint8)


@pytest.mark.parametrize("stride", [32, 64])
@pytest.mark.parametrize("scale", [0.3, 1, 2.7])
def test_any_size_is_filled_up_to_whole_strides(stride: int, scale: float) -> None:
    filled, scales = canvas(WHITE, scale, network(stride=stride), 1920)
    rows, columns = round(60 * scale), round(100 * scale)
    assert filled.shape == (
        math.ceil(rows / stride) * stride,
        math.ceil(columns / stride) * stride,
        3,
    )
    assert (filled[:rows, :columns] == 255).all()
    assert (filled[rows:] == 114).all()
    assert (filled[:, columns:] == 114).all()
    np.testing.assert_allclose(scales, [columns / 100, rows / 60] * 2)


def test_what_is_too_large_is_shrunk_evenly() -> None:
    filled, scales = canvas(WHITE, 5, network((64, 64), padding=0), 1920)
    assert filled.shape == (64, 64, 3)
    assert (filled[:38] == 255).all()
    assert (filled[38:] == 0).all()
    np.testing.assert_allclose(scales, [0.64, 38 / 60, 0.64, 38 / 60], rtol=1e-6)


def test_a_family_that_stretches_fills_its_input() -> None:
    filled, scales = canvas(WHITE, 1, network((64, 32), even=False), 1920)
    assert filled.shape == (64, 32, 3)
    assert (filled == 255).all()
    np.testing.assert_allclose(scales, [0.32, 64 / 60, 0.32, 64 / 60], rtol=1e-6)


def test_no_input_is_longer_than_the_largest() -> None:
    filled, scales = canvas(WHITE, 9, network(), 320)
    assert filled.shape == (192, 320, 3)
    np.testing.assert_allclose(scales, 3.2)
