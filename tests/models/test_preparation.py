"""Pixels in, numbers out: against a loop over single pixels."""

import numpy as np
import pytest

from passerby.models.preparation import PREPARATIONS, Preparation

IMAGE = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
MEAN = {"b": 103.53, "g": 116.28, "r": 123.675}
STD = {"b": 57.375, "g": 57.12, "r": 58.395}
CAFFE = {"b": 103.939, "g": 116.779, "r": 123.68}


def slow(pixel: float, colour: str, scale: str) -> float:
    if scale == "imagenet":
        return (pixel - MEAN[colour]) / STD[colour]
    if scale == "caffe":
        return pixel - CAFFE[colour]
    return {"255": pixel, "1": pixel / 255, "127.5": pixel / 127.5 - 1}[scale]


@pytest.mark.parametrize("name", PREPARATIONS)
def test_every_pixel_is_where_its_name_says(name: str) -> None:
    order, scale = name.split("-")
    tensor = PREPARATIONS[name](IMAGE)
    assert tensor.shape == (1, 3, 5, 7)
    assert tensor.dtype == np.float32
    for row, column, place in np.ndindex(5, 7, 3):
        colour = order[place]
        expected = slow(float(IMAGE[row, column, "bgr".index(colour)]), colour, scale)
        assert tensor[0, place, row, column] == pytest.approx(expected, rel=1e-5, abs=2e-5)


def test_pixels_are_fed_as_they_are_by_default() -> None:
    assert (Preparation()(IMAGE)[0] == IMAGE.transpose(2, 0, 1)).all()


@pytest.mark.parametrize("name", PREPARATIONS)
def test_unscaled_keeps_the_order_of_colours_alone(name: str) -> None:
    unscaled = PREPARATIONS[name].unscaled(IMAGE)
    planes = IMAGE[..., ::-1] if name.startswith("rgb") else IMAGE
    assert (unscaled[0] == planes.transpose(2, 0, 1)).all()


def test_a_view_into_a_larger_image_is_read_as_it_looks() -> None:
    view = IMAGE[::2, 1::3]
    assert (Preparation()(view) == Preparation()(view.copy())).all()
