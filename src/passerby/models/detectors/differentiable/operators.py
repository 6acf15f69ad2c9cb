"""The operators of ONNX in torch, so that gradients flow through them.

Each function takes the inputs of a node (None where one is left out) and its attributes, and
computes as the specification of ONNX's operators says. Only what networks that find or describe
people are made of is here; `passerby.models.detectors.differentiable.graph` says what of a file is
not.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import torch
from onnx import TensorProto
from torch import Tensor
from torch.nn import functional

from passerby.errors import ModelError
from passerby.registry import Registry

__all__ = [
    "TORCH_OPERATORS",
    "Attributes",
    "Inputs",
    "TorchOperator",
    "resize_axis",
    "whole_numbers",
]

Attributes = Mapping[str, Any]
"""Of a node, by name: numbers, texts, tensors, and tuples of them."""

Inputs = Sequence[Tensor | None]

TorchOperator = Callable[[Inputs, Attributes], Tensor | Sequence[Tensor]]

TORCH_OPERATORS: Registry[TorchOperator] = Registry("operator")

_TYPES: dict[int, torch.dtype] = {
    TensorProto.FLOAT: torch.float32,
    TensorProto.FLOAT16: torch.float32,  # 16 bits are too few for gradients
    TensorProto.DOUBLE: torch.float64,
    TensorProto.INT32: torch.int32,
    TensorProto.INT64: torch.int64,
    TensorProto.UINT8: torch.uint8,
    TensorProto.BOOL: torch.bool,
}


def whole_numbers(tensor: Tensor | None) -> list[int] | None:
    """The values of a tensor that says a shape, axes or places; None where it is left out."""
    return None if tensor is None else [int(value) for value in tensor.reshape(-1)]


def _given(inputs: Inputs, place: int) -> Tensor:
    tensor = _optional(inputs, place)
    if tensor is None:
        raise ModelError(f"input {place} is missing: export the network again")
    return tensor


def _optional(inputs: Inputs, place: int) -> Tensor | None:
    return inputs[place] if place < len(inputs) else None


def _numbers(attributes: Attributes, name: str, default: Sequence[int]) -> list[int]:
    return [int(value) for value in attributes.get(name, default)]


def _number(attributes: Attributes, name: str, default: float) -> float:
    value: float = attributes.get(name, default)
    return value


def _axes(inputs: Inputs, attributes: Attributes, place: int) -> list[int] | None:
    """Axes, which older versions give as an attribute and newer ones as an input."""
    if "axes" in attributes:
        return _numbers(attributes, "axes", ())
    return whole_numbers(_optional(inputs, place))


def _refuse(*, when: bool, what: str) -> None:
    if when:
        raise ModelError(f"{what} is not supported: export the network without it")


# --- One number after the other -----------------------------------------------------------------


def _elementwise(compute: Callable[[Tensor], Tensor]) -> TorchOperator:
    return lambda inputs, _: compute(_given(inputs, 0))


def _pairwise(compute: Callable[[Tensor, Tensor], Tensor]) -> TorchOperator:
    def operator(inputs: Inputs, _: Attributes) -> Tensor:
        first, *others = (_given(inputs, place) for place in range(len(inputs)))
        for other in others:
            # What is computed from shapes lies on the processor, wherever the pictures are.
            device = other.device if first.device.type == "cpu" else first.device
            first = compute(first.to(device), other.to(device))
        return first

    return operator


def _divided(first: Tensor, second: Tensor) -> Tensor:
    rounding = None if first.is_floating_point() else "trunc"
    return torch.div(first, second, rounding_mode=rounding)


_ELEMENTWISE: dict[str, Callable[[Tensor], Tensor]] = {
    "Exp": torch.exp,
    "Identity": torch.Tensor.contiguous,
    "Neg": torch.neg,
    "Relu": functional.relu,
    "Sigmoid": torch.sigmoid,
    "Softplus": functional.softplus,
    "Sqrt": torch.sqrt,
    "Tanh": torch.tanh,
}

_PAIRWISE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "Add": torch.add,
    "Div": _divided,
    "Equal": torch.eq,
    "MatMul": torch.matmul,
    "Mul": torch.mul,
    "Pow": torch.pow,
    "Sub": torch.sub,
    "Sum": torch.add,
}

for _name, _compute in _ELEMENTWISE.items():
    TORCH_OPERATORS.add(_name, _elementwise(_compute))
for _name, _combine in _PAIRWISE.items():
    TORCH_OPERATORS.add(_name, _pairwise(_combine))


@TORCH_OPERATORS.register("LeakyRelu")
def _leaky_relu(inputs: Inputs, attributes: Attributes) -> Tensor:
    return functional.leaky_relu(_given(inputs, 0), _number(attributes, "alpha", 0.01))


@TORCH_OPERATORS.register("HardSigmoid")
def _hard_sigmoid(inputs: Inputs, attributes: Attributes) -> Tensor:
    alpha, beta = _number(attributes, "alpha", 0.2), _number(attributes, "beta", 0.5)
    return (_given(inputs, 0) * alpha + beta).clamp(0, 1)


@TORCH_OPERATORS.register("HardSwish")
def _hard_swish(inputs: Inputs, _: Attributes) -> Tensor:
    return functional.hardswish(_given(inputs, 0))


@TORCH_OPERATORS.register("Clip")
def _clip(inputs: Inputs, attributes: Attributes) -> Tensor:
    bounds: list[float | None] = []
    for place, name in enumerate(("min", "max"), start=1):
        bound = _optional(inputs, place)
        stated = _number(attributes, name, 0) if name in attributes else None
        bounds.append(stated if bound is None else bound.item())
    low, high = bounds
    if low is None and high is None:
        return _given(inputs, 0)
    return _given(inputs, 0).clamp(low, high)


@TORCH_OPERATORS.register("Softmax")
def _softmax(inputs: Inputs, attributes: Attributes) -> Tensor:
    return _given(inputs, 0).softmax(int(_number(attributes, "axis", -1)))


@TORCH_OPERATORS.register("Cast")
def _cast(inputs: Inputs, attributes: Attributes) -> Tensor:
    kind = int(_number(attributes, "to", TensorProto.FLOAT))
    _refuse(when=kind not in _TYPES, what=f"Cast to {TensorProto.DataType.Name(kind)}")
    return _given(inputs, 0).to(_TYPES[kind])


@TORCH_OPERATORS.register("Where")
def _where(inputs: Inputs, _: Attributes) -> Tensor:
    return torch.where(_given(inputs, 0), _given(inputs, 1), _given(inputs, 2))


# --- Convolutions and pooling -------------------------------------------------------------------


def _padded(
    maps: Tensor, attributes: Attributes, kernel: Sequence[int], fill: float = 0.0
) -> tuple[Tensor, list[int]]:
    """Pad maps unless both sides get alike, which the operators of torch do themselves.

    Returns:
        The maps, and the padding of rows and columns that is left to do.
    """
    strides = _numbers(attributes, "strides", (1, 1))
    dilations = _numbers(attributes, "dilations", (1, 1))
    automatic = attributes.get("auto_pad", "NOTSET")
    top, left, bottom, right = _numbers(attributes, "pads", (0, 0, 0, 0))
    if automatic in {"SAME_UPPER", "SAME_LOWER"}:
        sides = []
        for length, size, stride, dilation in zip(
            maps.shape[2:], kernel, strides, dilations, strict=True
        ):
            needed = (-(-length // stride) - 1) * stride + (size - 1) * dilation + 1 - length
            less, more = max(needed, 0) // 2, (max(needed, 0) + 1) // 2
            sides.append((less, more) if automatic == "SAME_UPPER" else (more, less))
        (top, bottom), (left, right) = sides
    if (top, left) == (bottom, right):
        return maps, [top, left]
    return functional.pad(maps, (left, right, top, bottom), value=fill), [0, 0]


@TORCH_OPERATORS.register("Conv")
def _convolution(inputs: Inputs, attributes: Attributes) -> Tensor:
    weight = _given(inputs, 1)
    _refuse(when=weight.dim() != 4, what="Conv of anything but pictures")
    maps, padding = _padded(_given(inputs, 0), attributes, weight.shape[2:])
    return functional.conv2d(
        maps,
        weight,
        _optional(inputs, 2),
        _numbers(attributes, "strides", (1, 1)),
        padding,
        _numbers(attributes, "dilations", (1, 1)),
        int(_number(attributes, "group", 1)),
    )


@TORCH_OPERATORS.register("ConvTranspose")
def _transposed_convolution(inputs: Inputs, attributes: Attributes) -> Tensor:
    top, left, bottom, right = _numbers(attributes, "pads", (0, 0, 0, 0))
    _refuse(when=(top, left) != (bottom, right), what="ConvTranspose with uneven padding")
    _refuse(
        when=attributes.get("auto_pad", "NOTSET") != "NOTSET" or "output_shape" in attributes,
        what="ConvTranspose with a padding that it works out",
    )
    return functional.conv_transpose2d(
        _given(inputs, 0),
        _given(inputs, 1),
        _optional(inputs, 2),
        _numbers(attributes, "strides", (1, 1)),
        [top, left],
        _numbers(attributes, "output_padding", (0, 0)),
        int(_number(attributes, "group", 1)),
        _numbers(attributes, "dilations", (1, 1)),
    )


@TORCH_OPERATORS.register("MaxPool")
def _max_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    kernel = _numbers(attributes, "kernel_shape", ())
    maps, padding = _padded(_given(inputs, 0), attributes, kernel, fill=float("-inf"))
    return functional.max_pool2d(
        maps,
        kernel,
        _numbers(attributes, "strides", (1, 1)),
        padding,
        _numbers(attributes, "dilations", (1, 1)),
        bool(_number(attributes, "ceil_mode", 0)),
    )


@TORCH_OPERATORS.register("AveragePool")
def _average_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    kernel = _numbers(attributes, "kernel_shape", ())
    counted = bool(_number(attributes, "count_include_pad", 0))
    maps, padding = _padded(_given(inputs, 0), attributes, kernel)
    _refuse(
        when=maps is not _given(inputs, 0) and not counted,
        what="AveragePool with uneven padding that does not count",
    )
    return functional.avg_pool2d(
        maps,
        kernel,
        _numbers(attributes, "strides", (1, 1)),
        padding,
        bool(_number(attributes, "ceil_mode", 0)),
        counted,
    )


@TORCH_OPERATORS.register("GlobalAveragePool")
def _global_average_pool(inputs: Inputs, _: Attributes) -> Tensor:
    return _given(inputs, 0).mean((2, 3), keepdim=True)


@TORCH_OPERATORS.register("BatchNormalization")
def _batch_normalization(inputs: Inputs, attributes: Attributes) -> Tensor:
    maps, scale, bias, mean, variance = (_given(inputs, place) for place in range(5))
    epsilon = _number(attributes, "epsilon", 1e-5)
    return functional.batch_norm(maps, mean, variance, scale, bias, eps=epsilon)


@TORCH_OPERATORS.register("ReduceMean")
def _mean(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor = _given(inputs, 0)
    axes = _axes(inputs, attributes, 1) or list(range(tensor.dim()))
    return tensor.mean(axes, keepdim=bool(_number(attributes, "keepdims", 1)))


@TORCH_OPERATORS.register("ReduceMax")
def _maximum(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor = _given(inputs, 0)
    axes = _axes(inputs, attributes, 1) or list(range(tensor.dim()))
    return tensor.amax(axes, keepdim=bool(_number(attributes, "keepdims", 1)))


@TORCH_OPERATORS.register("Gemm")
def _dense(inputs: Inputs, attributes: Attributes) -> Tensor:
    rows, weights, offset = _given(inputs, 0), _given(inputs, 1), _optional(inputs, 2)
    rows = rows.T if _number(attributes, "transA", 0) else rows
    weights = weights.T if _number(attributes, "transB", 0) else weights
    product = _number(attributes, "alpha", 1.0) * (rows @ weights)
    return product if offset is None else product + _number(attributes, "beta", 1.0) * offset


# --- Shapes and places --------------------------------------------------------------------------


@TORCH_OPERATORS.register("Constant")
def _constant(_: Inputs, attributes: Attributes) -> Tensor:
    value = next(iter(attributes.values()))
    return value if isinstance(value, Tensor) else torch.tensor(value)


@TORCH_OPERATORS.register("ConstantOfShape")
def _constant_of_shape(inputs: Inputs, attributes: Attributes) -> Tensor:
    value: Tensor = attributes.get("value", torch.zeros(1))
    return value.expand(whole_numbers(_given(inputs, 0)) or ())


@TORCH_OPERATORS.register("Shape")
def _shape(inputs: Inputs, attributes: Attributes) -> Tensor:
    start, end = attributes.get("start", 0), attributes.get("end")
    return torch.tensor(_given(inputs, 0).shape[start:end])


@TORCH_OPERATORS.register("Range")
def _range(inputs: Inputs, _: Attributes) -> Tensor:
    start, end, step = (_given(inputs, place) for place in range(3))
    return torch.arange(start.item(), end.item(), step.item(), dtype=start.dtype)


@TORCH_OPERATORS.register("Expand")
def _expand(inputs: Inputs, _: Attributes) -> Tensor:
    tensor, shape = _given(inputs, 0), whole_numbers(_given(inputs, 1)) or []
    axes = max(tensor.dim(), len(shape))
    lengths = ([1] * (axes - len(one)) + list(one) for one in (tensor.shape, shape))
    return tensor.expand([max(pair) for pair in zip(*lengths, strict=True)])


@TORCH_OPERATORS.register("Concat")
def _concat(inputs: Inputs, attributes: Attributes) -> Tensor:
    axis = int(_number(attributes, "axis", 0))
    tensors = [_given(inputs, place) for place in range(len(inputs))]
    device = max((tensor.device for tensor in tensors), key=lambda device: device.type != "cpu")
    return torch.cat([tensor.to(device) for tensor in tensors], axis)


@TORCH_OPERATORS.register("Split")
def _split(inputs: Inputs, attributes: Attributes) -> Sequence[Tensor]:
    tensor, axis = _given(inputs, 0), int(_number(attributes, "axis", 0))
    sizes = whole_numbers(_optional(inputs, 1)) or _numbers(attributes, "split", ())
    if not sizes:
        return tensor.chunk(int(_number(attributes, "num_outputs", 1)), axis)
    return torch.split_with_sizes(tensor, sizes, axis)


@TORCH_OPERATORS.register("Slice")
def _slice(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor = _given(inputs, 0)
    starts = whole_numbers(_optional(inputs, 1)) or _numbers(attributes, "starts", ())
    ends = whole_numbers(_optional(inputs, 2)) or _numbers(attributes, "ends", ())
    axes = _axes(inputs, attributes, 3) or list(range(len(starts)))
    steps = whole_numbers(_optional(inputs, 4)) or [1] * len(starts)
    places: list[slice] = [slice(None)] * tensor.dim()
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        _refuse(when=step < 1, what="Slice backwards")
        places[axis] = slice(start, end, step)
    return tensor[tuple(places)]


@TORCH_OPERATORS.register("Gather")
def _gather(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, indices = _given(inputs, 0), _given(inputs, 1)
    axis = int(_number(attributes, "axis", 0)) % tensor.dim()
    places = (indices.reshape(-1) % tensor.shape[axis]).to(tensor.device)
    shape = *tensor.shape[:axis], *indices.shape, *tensor.shape[axis + 1 :]
    return tensor.index_select(axis, places).reshape(shape)


@TORCH_OPERATORS.register("Reshape")
def _reshape(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, shape = _given(inputs, 0), whole_numbers(_given(inputs, 1)) or []
    _refuse(when=bool(attributes.get("allowzero")), what="Reshape to no numbers")
    sizes = [size or tensor.shape[place] for place, size in enumerate(shape)]
    if -1 not in sizes and sizes[:1] == [1] and prod(sizes) != tensor.numel():
        sizes[0] = tensor.shape[0]  # one picture, said the exporter
    return tensor.reshape(sizes)


@TORCH_OPERATORS.register("Flatten")
def _flatten(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, axis = _given(inputs, 0), int(_number(attributes, "axis", 1))
    return tensor.reshape(prod(tensor.shape[:axis]), -1)


@TORCH_OPERATORS.register("Transpose")
def _transpose(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor = _given(inputs, 0)
    return tensor.permute(_numbers(attributes, "perm", range(tensor.dim())[::-1]))


@TORCH_OPERATORS.register("Squeeze")
def _squeeze(inputs: Inputs, attributes: Attributes) -> Tensor:
    axes = _axes(inputs, attributes, 1)
    tensor = _given(inputs, 0)
    return tensor.squeeze() if axes is None else tensor.squeeze(axes)


@TORCH_OPERATORS.register("Unsqueeze")
def _unsqueeze(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, axes = _given(inputs, 0), _axes(inputs, attributes, 1) or []
    for axis in sorted(axis % (tensor.dim() + len(axes)) for axis in axes):
        tensor = tensor.unsqueeze(axis)
    return tensor


@TORCH_OPERATORS.register("Pad")
def _pad(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, mode = _given(inputs, 0), attributes.get("mode", "constant")
    modes = {"constant": "constant", "edge": "replicate", "reflect": "reflect"}
    _refuse(when=mode not in modes, what=f"Pad {mode}")
    _refuse(when=_optional(inputs, 3) is not None, what="Pad of some axes")
    pads = whole_numbers(_optional(inputs, 1)) or _numbers(attributes, "pads", ())
    value = _optional(inputs, 2)
    fill = _number(attributes, "value", 0) if value is None else value.item()
    before, after = pads[: tensor.dim()], pads[tensor.dim() :]
    # torch counts from the last axis, and repeats what is there along the last two alone.
    sides = [side for pair in zip(before[::-1], after[::-1], strict=True) for side in pair]
    while sides and not any(sides[-2:]):
        del sides[-2:]
    if mode == "constant":
        return functional.pad(tensor, sides, value=fill)
    return functional.pad(tensor, sides + [0] * (4 - len(sides)), modes[str(mode)])


_COORDINATES: dict[str, Callable[[Tensor, float, int, int], Tensor]] = {
    "half_pixel": lambda place, factor, *_: (place + 0.5) / factor - 0.5,
    "pytorch_half_pixel": lambda place, factor, _, size: (
        (place + 0.5) / factor - 0.5 if size > 1 else place * 0
    ),
    "asymmetric": lambda place, factor, *_: place / factor,
    "align_corners": lambda place, _, length, size: place * (length - 1) / max(size - 1, 1),
    "tf_half_pixel_for_nn": lambda place, factor, *_: (place + 0.5) / factor,
}
"""Where a new place lies in the old, by the factor, the old length and the new one."""

_ROUNDING: dict[str, Callable[[Tensor], Tensor]] = {
    "floor": torch.floor,
    "ceil": torch.ceil,
    "round_prefer_floor": lambda place: (place - 0.5).ceil(),
    "round_prefer_ceil": lambda place: (place + 0.5).floor(),
}


@TORCH_OPERATORS.register("Resize")
def _resize(inputs: Inputs, attributes: Attributes) -> Tensor:
    tensor, sizes = _given(inputs, 0), whole_numbers(_optional(inputs, 3))
    if sizes is None:
        factors = [float(scale) for scale in _given(inputs, 2)]
        sizes = [int(length * by) for length, by in zip(tensor.shape, factors, strict=True)]
    else:
        factors = [size / length for size, length in zip(sizes, tensor.shape, strict=True)]
    _refuse(when="axes" in attributes, what="Resize of some axes")
    _refuse(when=bool(attributes.get("antialias")), what="Resize against aliasing")
    for axis in (2, 3):
        tensor = resize_axis(tensor, axis, sizes[axis], factors[axis], attributes)
    return tensor


def resize_axis(
    tensor: Tensor, axis: int, size: int, factor: float, attributes: Attributes
) -> Tensor:
    """Enlarge or shrink along one axis, as ONNX's Resize defines it.

    Args:
        tensor: Any.
        axis: Number of the axis.
        size: Its new length.
        factor: By which places are scaled; ``size`` may be rounded.
        attributes: Of the node: ``mode``, ``coordinate_transformation_mode``, ``nearest_mode``.

    Raises:
        ModelError: If a mode is none that networks for pictures need.
    """
    mode = attributes.get("mode", "nearest")
    coordinates = attributes.get("coordinate_transformation_mode", "half_pixel")
    _refuse(when=mode not in {"nearest", "linear"}, what=f"Resize {mode}")
    _refuse(when=coordinates not in _COORDINATES, what=f"Resize with {coordinates}")
    length = tensor.shape[axis]
    place = _COORDINATES[coordinates](torch.arange(size, dtype=torch.float64), factor, length, size)
    if mode == "nearest":
        place = _ROUNDING[attributes.get("nearest_mode", "round_prefer_floor")](place)
    place = place.clamp(0, length - 1)
    lower = place.floor().long()
    low = tensor.index_select(axis, lower.to(tensor.device))
    if mode == "nearest":
        return low
    high = tensor.index_select(axis, (lower + 1).clamp(max=length - 1).to(tensor.device))
    shape = [1] * tensor.dim()
    shape[axis] = size
    share = (place - lower).to(tensor.dtype).reshape(shape).to(tensor.device)
    return torch.lerp(low, high, share)
