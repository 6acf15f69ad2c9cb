"""Dense decoding in torch against the decoders in NumPy, which have slow loops of their own."""

import numpy as np
import pytest
import torch

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders import DECODERS
from passerby.models.decoders.decoder import count_cells
from passerby.models.detectors.differentiable.dense import DENSE_DECODERS

HEIGHT, WIDTH = 64, 96
CELLS = count_cells(HEIGHT, WIDTH)
RNG = np.random.default_rng(6)


def numbers(*shape: int) -> np.ndarray:
    return RNG.uniform(0.01, 0.99, (2, *shape)).astype(np.float32)


def spread(shape: tuple[int, ...], axis: int) -> np.ndarray:
    """Numbers of which the first four along an axis are centres and sizes in pixels."""
    raw = np.moveaxis(numbers(*shape), axis, -1)
    raw[..., :4] *= [WIDTH, HEIGHT, 30, 30]
    return np.moveaxis(raw, -1, axis)


def distributed(cells: list[int]) -> list[np.ndarray]:
    return [numbers(n, 3) for n in cells] + [
        RNG.normal(size=(2, n, 32)).astype(np.float32) for n in cells
    ]


OUTPUTS = {
    "passerby": [numbers(sum(CELLS), 2, 4) * 3, numbers(sum(CELLS), 2)],
    "yolox": [numbers(sum(CELLS), 8)],
    "nanodet": distributed(CELLS),
    "picodet": distributed(count_cells(HEIGHT, WIDTH, (8, 16, 32, 64))),
    "rtmdet": [numbers(sum(CELLS), 4) * 50, numbers(sum(CELLS), 3)],
    "fastestdet": [numbers(8, 4, 6)],
    "centernet": [numbers(16, 24, 4) * 20, numbers(16, 24, 3)],
    "yolov5": [spread((3 * sum(CELLS), 8), -1)],
    "yolov8": [spread((7, sum(CELLS)), 1)],
    "ssd": [numbers(50, 1, 4), numbers(50, 3)],
}


def in_numpy(family: str, picture: int, person: int) -> tuple[np.ndarray, np.ndarray]:
    outputs = [output[picture : picture + 1] for output in OUTPUTS[family]]
    wanted = Wanted.of((person, Kind.PERSON))
    found = DECODERS[family].decode(outputs, HEIGHT, WIDTH, -np.inf, wanted)
    return found.boxes, found.scores


@pytest.mark.parametrize("person", [0, 1])
@pytest.mark.parametrize("family", sorted(set(OUTPUTS) - {"centernet"}))
def test_all_boxes_are_those_of_the_decoder(family: str, person: int) -> None:
    tensors = [torch.tensor(output) for output in OUTPUTS[family]]
    given = DENSE_DECODERS[family](tensors, HEIGHT, WIDTH, person)
    for picture in range(2):
        boxes, scores = in_numpy(family, picture, person)
        np.testing.assert_allclose(given.boxes[picture].numpy(), boxes, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(given.scores[picture].numpy(), scores, rtol=1e-4)


def test_peaks_of_centernet_are_among_all_its_boxes() -> None:
    tensors = [torch.tensor(output) for output in OUTPUTS["centernet"]]
    given = DENSE_DECODERS["centernet"](tensors, HEIGHT, WIDTH, 1)
    boxes, scores = in_numpy("centernet", 0, 1)
    assert 10 < len(boxes) < given.scores.shape[1] == 16 * 24
    places = [given.scores[0].tolist().index(score) for score in scores]
    np.testing.assert_allclose(given.boxes[0, places].numpy(), boxes, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family", ["yolov5", "yolov8"])
def test_shares_become_pixels(family: str) -> None:
    axis = -1 if family == "yolov5" else 1
    pixels = np.moveaxis(OUTPUTS[family][0].copy(), axis, -1)
    shares = pixels.copy()
    shares[..., :4] /= [WIDTH, HEIGHT, WIDTH, HEIGHT]
    given, wanted = (
        DENSE_DECODERS[family]([torch.tensor(np.moveaxis(one, -1, axis))], HEIGHT, WIDTH, 0)
        for one in (shares, pixels)
    )
    torch.testing.assert_close(given.boxes, wanted.boxes, rtol=1e-4, atol=1e-3)


def test_every_family_without_suppression_is_decoded() -> None:
    assert set(DENSE_DECODERS) == set(OUTPUTS) == set(DECODERS) - {"yolo-nms"}


@pytest.mark.parametrize("family", sorted(OUTPUTS))
def test_boxes_and_scores_have_finite_gradients(family: str) -> None:
    extremes = [torch.tensor(output, requires_grad=True) for output in OUTPUTS[family]]
    with torch.no_grad():
        for one in extremes:
            one[0] = 0
            one[1] *= 40
    given = DENSE_DECODERS[family](extremes, HEIGHT, WIDTH, 0)
    assert torch.isfinite(given.boxes).all()
    (given.boxes.sum() + given.scores.sum()).backward()
    assert all(torch.isfinite(one.grad).all() for one in extremes)
    assert any((one.grad != 0).any() for one in extremes)
