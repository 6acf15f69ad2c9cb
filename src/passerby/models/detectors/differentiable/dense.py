"""How the numbers of networks become boxes, in torch: every cell's, and with gradients.

`passerby.models.decoders` says what the numbers are; it keeps the strong boxes, and these all.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from passerby.models.decoders.decoder import MAP_STRIDES, cells
from passerby.models.detectors.differentiable.detector import DenseOutputs

__all__ = ["DENSE_DECODERS", "DenseDecoder"]

DenseDecoder = Callable[[Sequence[Tensor], int, int, int], DenseOutputs]
"""Takes the outputs for B pictures, height and width of the input, and the number of the class that
is a person; gives boxes in pixels of the input."""

_LARGEST = math.log(1000)
"""Of the logarithm of a size in cells: what is larger would overflow, and lead nowhere."""

_LARGEST_SHARE = 2.0
"""As in `passerby.models.decoders.centred`."""


def _cells(
    height: int, width: int, like: Tensor, strides: Sequence[int] = MAP_STRIDES
) -> tuple[Tensor, Tensor]:
    places, steps = cells(height, width, strides)
    return torch.from_numpy(places).to(like), torch.from_numpy(steps).to(like)


def _around(centres: Tensor, sizes: Tensor) -> Tensor:
    return torch.cat([centres - sizes / 2, centres + sizes / 2], dim=-1)


def _reaching(centres: Tensor, sides: Tensor) -> Tensor:
    return torch.cat([centres - sides[..., :2], centres + sides[..., 2:]], dim=-1)


def _mean_distances(logits: Tensor) -> Tensor:
    shares = logits.reshape(*logits.shape[:-1], 4, -1).softmax(-1)
    means: Tensor = shares @ torch.arange(shares.shape[-1]).to(shares)
    return means


def _passerby(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    distances, scores = outputs
    places, strides = _cells(height, width, scores)
    boxes = _reaching((places + 0.5) * strides, distances[:, :, person] * strides)
    return DenseOutputs(boxes, scores[..., person])


def _yolox(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    (raw,) = outputs
    places, strides = _cells(height, width, raw)
    sizes = raw[..., 2:4].clamp(max=_LARGEST).exp() * strides
    boxes = _around((raw[..., :2] + places) * strides, sizes)
    return DenseOutputs(boxes, raw[..., 4] * raw[..., 5 + person])


def _nanodet(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    scores, logits = torch.cat(list(outputs[:3]), 1), torch.cat(list(outputs[3:]), 1)
    places, strides = _cells(height, width, scores)
    centres = places * strides + (strides - 1) / 2
    return DenseOutputs(_reaching(centres, _mean_distances(logits) * strides), scores[..., person])


def _picodet(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    scores, logits = torch.cat(list(outputs[:4]), 1), torch.cat(list(outputs[4:]), 1)
    places, strides = _cells(height, width, scores, (*MAP_STRIDES, 64))
    centres = (places + 0.5) * strides
    return DenseOutputs(_reaching(centres, _mean_distances(logits) * strides), scores[..., person])


def _rtmdet(outputs: Sequence[Tensor], _height: int, _width: int, person: int) -> DenseOutputs:
    boxes, scores = outputs
    return DenseOutputs(boxes, scores[..., person])


def _fastestdet(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    (maps,) = outputs
    rows, columns = maps.shape[2:]
    raw = maps.flatten(2).transpose(1, 2)
    places = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).flip(1).to(raw)
    cell = raw.new_tensor([width / columns, height / rows])
    sizes = raw[..., 3:5].sigmoid() * raw.new_tensor([width, height])
    boxes = _around((places + raw[..., 1:3].tanh()) * cell, sizes)
    # The powers of a score of 0 have no finite gradient.
    strengths = raw[..., [0, 5 + person]].clamp(min=1e-6)
    return DenseOutputs(boxes, strengths[..., 0] ** 0.6 * strengths[..., 1] ** 0.4)


def _centernet(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    sides, scores = outputs
    rows, columns = scores.shape[1:3]
    places = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).flip(1).to(sides)
    centres = places * sides.new_tensor([width / columns, height / rows])
    return DenseOutputs(_reaching(centres, sides.flatten(1, 2)), scores[..., person].flatten(1))


def _in_pixels(places: Tensor, height: int, width: int) -> Tensor:
    """Centres and sizes, shape (B, N, 4), which exports from TensorFlow give as shares."""
    shares = bool(places.detach()[..., :2].amax() <= _LARGEST_SHARE)
    return places * places.new_tensor([width, height, width, height]) if shares else places


def _yolov5(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    (raw,) = outputs
    places = _in_pixels(raw[..., :4], height, width)
    return DenseOutputs(
        _around(places[..., :2], places[..., 2:]), raw[..., 4] * raw[..., 5 + person]
    )


def _yolov8(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    raw = outputs[0].transpose(1, 2)
    places = _in_pixels(raw[..., :4], height, width)
    return DenseOutputs(_around(places[..., :2], places[..., 2:]), raw[..., 4 + person])


def _ssd(outputs: Sequence[Tensor], height: int, width: int, person: int) -> DenseOutputs:
    shares, scores = outputs
    sides = shares[:, :, 0, [1, 0, 3, 2]]
    return DenseOutputs(sides * sides.new_tensor([width, height] * 2), scores[..., person])


DENSE_DECODERS: dict[str, DenseDecoder] = {
    "passerby": _passerby,
    "yolox": _yolox,
    "nanodet": _nanodet,
    "picodet": _picodet,
    "rtmdet": _rtmdet,
    "fastestdet": _fastestdet,
    "centernet": _centernet,
    "yolov5": _yolov5,
    "yolov8": _yolov8,
    "ssd": _ssd,
}
"""By the names of `passerby.models.decoders`. What suppresses boxes inside the network has none."""
