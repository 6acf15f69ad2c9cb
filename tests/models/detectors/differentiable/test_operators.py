"""Each operator against ONNX's own reference implementation."""

from typing import Any

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from passerby.errors import ModelError
from passerby.models.detectors.differentiable.operators import TORCH_OPERATORS

RNG = np.random.default_rng(4)
MAPS = RNG.normal(size=(2, 4, 7, 9)).astype(np.float32)
POSITIVE = np.abs(MAPS) + 0.1
WEIGHT = RNG.normal(size=(6, 2, 3, 3)).astype(np.float32)
BIAS = RNG.normal(size=6).astype(np.float32)
CHANNELS = [RNG.uniform(0.5, 2, 4).astype(np.float32) for _ in range(4)]
NUMBERS = RNG.integers(-9, 9, (2, 3))


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def resize(mode: str, coordinates: str, scale: float = 1.7, **more: Any) -> tuple[Any, ...]:
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates, **more}
    return "Resize", [MAPS, None, floats(1, 1, scale, scale)], attributes


ALIGNED = {"mode": "linear", "coordinate_transformation_mode": "align_corners"}

CASES: list[tuple[Any, ...]] = [
    *(
        (name, [MAPS], {})
        for name in ("Exp", "Identity", "Neg", "Relu", "Sigmoid", "Softplus", "Tanh")
    ),
    ("Sqrt", [POSITIVE], {}),
    *((name, [MAPS, POSITIVE], {}) for name in ("Add", "Div", "Mul", "Sub")),
    ("Add", [MAPS, POSITIVE[:, :1, :, :1]], {}),
    ("Div", [NUMBERS, ints(2)], {}),
    ("Sum", [MAPS, POSITIVE, MAPS], {}),
    ("Pow", [POSITIVE, floats(0.6)], {}),
    ("Equal", [NUMBERS, NUMBERS[::-1].copy()], {}),
    ("MatMul", [MAPS, MAPS.transpose(0, 1, 3, 2).copy()], {}),
    ("Gemm", [np.stack(CHANNELS[:2]), MAPS[0, :, :, 0]], {}),
    (
        "Gemm",
        [MAPS[0, :, :, 0], MAPS[1, :, :, 0], BIAS[:4]],
        {"transB": 1, "alpha": 0.5, "beta": 2.0},
    ),
    ("Gemm", [MAPS[0, :, :, 0], MAPS[0, :, :, 0], None], {"transA": 1}),
    ("ReduceMax", [MAPS], {"axes": [1, 3], "keepdims": 0}, 13),
    ("ReduceMax", [MAPS, ints(1)], {}, 18),
    ("ReduceMax", [MAPS], {}),
    ("LeakyRelu", [MAPS], {"alpha": 0.1}),
    ("LeakyRelu", [MAPS], {}),
    ("HardSigmoid", [MAPS], {}),
    ("HardSigmoid", [MAPS], {"alpha": 1 / 6, "beta": 0.5}),
    ("HardSwish", [MAPS], {}),
    ("Clip", [MAPS, floats(0)[0], floats(0.7)[0]], {}),
    ("Clip", [MAPS, None, floats(0.7)[0]], {}),
    ("Clip", [MAPS], {}),
    ("Clip", [MAPS], {"min": -0.3, "max": 0.4}, 6),
    ("Softmax", [MAPS], {"axis": 1}),
    ("Softmax", [MAPS], {}),
    ("Cast", [MAPS], {"to": TensorProto.INT64}),
    ("Cast", [NUMBERS], {"to": TensorProto.FLOAT}),
    ("Where", [MAPS > 0, MAPS, POSITIVE], {}),
    ("Conv", [MAPS, WEIGHT, BIAS], {"group": 2, "strides": [2, 1], "pads": [1, 2, 1, 2]}),
    ("Conv", [MAPS, WEIGHT], {"group": 2, "dilations": [2, 1], "pads": [0, 1, 2, 1]}),
    *(
        ("Conv", [MAPS, WEIGHT], {"group": 2, "strides": [2, 2], "auto_pad": automatic})
        for automatic in ("SAME_UPPER", "SAME_LOWER", "VALID")
    ),
    (
        "ConvTranspose",
        [MAPS, RNG.normal(size=(4, 3, 4, 4)).astype(np.float32)],
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
    ),
    ("MaxPool", [MAPS], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("MaxPool", [MAPS - 9], {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("MaxPool", [MAPS], {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", [MAPS], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    (
        "AveragePool",
        [MAPS],
        {"kernel_shape": [2, 3], "pads": [0, 1, 1, 1], "count_include_pad": 1},
    ),
    ("GlobalAveragePool", [MAPS], {}),
    ("BatchNormalization", [MAPS, *CHANNELS], {"epsilon": 1e-3}),
    ("ReduceMean", [MAPS], {"axes": [2, 3], "keepdims": 0}, 13),
    ("ReduceMean", [MAPS, ints(1)], {}, 18),
    ("ReduceMean", [MAPS], {}),
    ("ConstantOfShape", [ints(2, 3)], {}),
    (
        "ConstantOfShape",
        [ints(2, 3)],
        {"value": numpy_helper.from_array(np.array([5], np.int64))},
    ),
    ("Shape", [MAPS], {}),
    ("Shape", [MAPS], {"start": 1, "end": -1}, 15),
    ("Range", [ints(3)[0], ints(11)[0], ints(2)[0]], {}),
    ("Expand", [MAPS[:, :1], ints(4, 1, 1)], {}),
    ("Concat", [MAPS, POSITIVE], {"axis": 1}),
    ("Concat", [NUMBERS, NUMBERS], {"axis": -1}),
    ("Split", [MAPS, ints(1, 3)], {"axis": 1}),
    ("Split", [MAPS], {"axis": 1}, 13),
    ("Split", [MAPS], {"axis": 1, "split": [3, 1]}, 11),
    ("Slice", [MAPS, ints(1, -5), ints(9999, -1), ints(2, 3), ints(2, 1)], {}),
    ("Slice", [MAPS, ints(0, 1), ints(1, 3)], {}),
    ("Slice", [MAPS], {"starts": [1], "ends": [3], "axes": [1]}, 9),
    ("Gather", [MAPS, ints(3, -1)], {"axis": 1}),
    ("Gather", [MAPS, ints(2)[0]], {"axis": -1}),
    ("Gather", [NUMBERS, NUMBERS % 2], {}),
    ("Reshape", [MAPS, ints(0, -1, 9)], {}),
    ("Flatten", [MAPS], {}),
    ("Flatten", [MAPS], {"axis": 2}),
    ("Transpose", [MAPS], {"perm": [0, 2, 3, 1]}),
    ("Transpose", [MAPS], {}),
    ("Squeeze", [MAPS[:, :1], ints(1)], {}),
    ("Squeeze", [MAPS[:1, :1]], {}),
    ("Squeeze", [MAPS[:, :1]], {"axes": [1]}, 11),
    ("Unsqueeze", [NUMBERS, ints(-1, 0)], {}),
    ("Pad", [MAPS, ints(0, 0, 1, 2, 0, 1, 0, 3)], {}),
    ("Pad", [MAPS, ints(0, 0, 1, 2, 0, 0, 0, 3), floats(7)[0]], {}),
    ("Pad", [MAPS], {"pads": [0, 0, 1, 0, 0, 0, 0, 2], "value": 2.0}, 2),
    ("Pad", [MAPS, ints(0, 0, 1, 0, 0, 0, 0, 0)], {"mode": "edge"}),
    ("Pad", [MAPS, ints(0, 0, 2, 1, 0, 0, 1, 2)], {"mode": "reflect"}),
    *(
        resize("linear", coordinates, scale)
        for coordinates in ("half_pixel", "pytorch_half_pixel", "asymmetric")
        for scale in (2, 1.7, 0.6)
    ),
    *(
        ("Resize", [MAPS, None, None, ints(2, 4, *size)], ALIGNED)
        for size in ((14, 18), (12, 5), (1, 9))
    ),
    *(
        resize("nearest", coordinates, 1.7, nearest_mode=rounding)
        for coordinates in ("half_pixel", "asymmetric")
        for rounding in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
    ),
    ("Resize", [MAPS, None, None, ints(2, 4, 14, 12)], {"mode": "linear"}),
    ("Resize", [MAPS, None, None, ints(2, 4, 3, 20)], {"mode": "nearest"}),
]


def model_of(operator: str, inputs: list[Any], attributes: dict[str, Any], opset: int) -> Any:
    names = ["" if value is None else f"in{place}" for place, value in enumerate(inputs)]
    outputs = [f"out{place}" for place in range(2 if operator == "Split" else 1)]
    nodes = [helper.make_node(operator, names, outputs, **attributes)]
    weights = [
        numpy_helper.from_array(np.asarray(value), name)
        for name, value in zip(names[1:], inputs[1:], strict=True)
        if name
    ]
    kind = helper.np_dtype_to_tensor_dtype(np.asarray(inputs[0]).dtype)
    picture = helper.make_tensor_value_info("in0", kind, np.shape(inputs[0]))
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "one", [picture], values, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def computed(inputs: list[Any], operator: str, attributes: dict[str, Any]) -> list[np.ndarray]:
    tensors = [None if one is None else torch.tensor(np.asarray(one)) for one in inputs]
    plain = {
        name: torch.tensor(numpy_helper.to_array(value))
        if isinstance(value, TensorProto)
        else value
        for name, value in attributes.items()
    }
    given = TORCH_OPERATORS[operator](tensors, plain)
    return [one.numpy() for one in ([given] if isinstance(given, torch.Tensor) else given)]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{place}-{case[0]}" for place, case in enumerate(CASES)]
)
def test_an_operator_computes_what_the_reference_does(case: tuple[Any, ...]) -> None:
    operator, inputs, attributes, opset = (*case, 17)[:4]
    wanted = ReferenceEvaluator(model_of(operator, inputs, attributes, opset)).run(
        None, {"in0": np.asarray(inputs[0])}
    )
    stated = attributes | ({"num_outputs": 2} if operator == "Split" else {})
    given = computed(inputs, operator, stated)
    assert len(given) == len(wanted)
    for one, other in zip(given, wanted, strict=True):
        assert one.shape == np.shape(other)
        assert one.dtype == np.asarray(other).dtype
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_every_operator_is_tried() -> None:
    assert {case[0] for case in CASES} | {"Constant"} == set(TORCH_OPERATORS)


def test_a_constant_is_its_value() -> None:
    tensor = torch.arange(3)
    assert torch.equal(TORCH_OPERATORS["Constant"]([], {"value": tensor}), tensor)
    assert TORCH_OPERATORS["Constant"]([], {"value_float": 2.5}).item() == 2.5


def test_a_picture_that_an_exporter_counted_is_as_many_as_there_are() -> None:
    pictures = torch.arange(24.0).reshape(3, 2, 4)
    given = TORCH_OPERATORS["Reshape"]([pictures, torch.tensor([1, 8])], {})
    assert torch.equal(given, pictures.reshape(3, 8))


def test_sixteen_bits_are_computed_with_in_thirty_two() -> None:
    given = TORCH_OPERATORS["Cast"]([torch.ones(2)], {"to": TensorProto.FLOAT16})
    assert given.dtype == torch.float32


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "message"),
    [
        (*resize("cubic", "half_pixel"), "Resize cubic"),
        (*resize("linear", "tf_crop_and_resize"), "Resize with tf_crop_and_resize"),
        (*resize("linear", "half_pixel", antialias=1), "against aliasing"),
        (*resize("linear", "half_pixel", axes=[2, 3]), "of some axes"),
        ("Slice", [MAPS, ints(5), ints(0), ints(2), ints(-1)], {}, "Slice backwards"),
        ("Pad", [MAPS, ints(0, 0, 1, 0, 0, 0, 0, 0)], {"mode": "wrap"}, "Pad wrap"),
        ("Pad", [MAPS, ints(1, 1), None, ints(2)], {}, "Pad of some axes"),
        ("AveragePool", [MAPS], {"kernel_shape": [2, 2], "pads": [0, 0, 1, 1]}, "uneven padding"),
        ("ConvTranspose", [MAPS, WEIGHT], {"pads": [0, 0, 1, 1]}, "uneven padding"),
        ("ConvTranspose", [MAPS, WEIGHT], {"auto_pad": "SAME_UPPER"}, "works out"),
        ("Conv", [MAPS, WEIGHT[..., None]], {}, "anything but pictures"),
        ("Cast", [MAPS], {"to": TensorProto.STRING}, "Cast to STRING"),
        ("Reshape", [MAPS, ints(0, 3)], {"allowzero": 1}, "Reshape to no numbers"),
        ("Relu", [None], {}, "input 0 is missing"),
    ],
)
def test_what_is_computed_otherwise_is_refused(
    operator: str, inputs: list[Any], attributes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        computed(inputs, operator, attributes)
