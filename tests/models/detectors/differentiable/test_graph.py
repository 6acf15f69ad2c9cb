"""Graphs computed by torch, against ONNX Runtime and by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from passerby.errors import ModelError
from passerby.models.detectors.differentiable.graph import Regrouping, Scaling, TorchGraph
from passerby.models.half_precision import halved

PATH = Path("own.onnx")
RNG = np.random.default_rng(3)
KERNEL = RNG.normal(size=(6, 3, 3, 3)).astype(np.float32)


def model_of(
    nodes: Sequence[onnx.NodeProto],
    constants: Mapping[str, np.ndarray],
    picture: Sequence[int | str] = (1, 3, 8, 12),
    outputs: Sequence[str] = ("out",),
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, picture)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def shuffled() -> onnx.ModelProto:
    """A convolution, and channels shuffled by reshaping; every length is written down."""
    nodes = [
        helper.make_node("Conv", ["in", "kernel"], ["maps"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Reshape", ["maps", "apart"], ["split"]),
        helper.make_node("Transpose", ["split"], ["turned"], perm=[0, 2, 1, 3, 4]),
        helper.make_node("Reshape", ["turned", "together"], ["shuffled"]),
        helper.make_node("Resize", ["shuffled", "", "", "twice"], ["large"], mode="linear"),
        helper.make_node("Reshape", ["large", "rows"], ["flat"]),
        helper.make_node("Transpose", ["flat"], ["out"], perm=[0, 2, 1]),
    ]
    constants = {
        "kernel": KERNEL,
        "apart": np.array([1, 2, 3, 4, 6]),
        "together": np.array([1, 6, 4, 6]),
        "twice": np.array([1, 6, 8, 12]),
        "rows": np.array([1, 6, 96]),
    }
    return model_of(nodes, constants)


def by_hand(pictures: torch.Tensor) -> torch.Tensor:
    maps = torch.nn.functional.conv2d(pictures, torch.tensor(KERNEL), stride=2, padding=1)
    mixed = maps[:, [0, 3, 1, 4, 2, 5]]
    large = torch.nn.functional.interpolate(mixed, scale_factor=2, mode="bilinear")
    return large.flatten(2).transpose(1, 2)


def graph_of(model: onnx.ModelProto, size: tuple[int, int] = (8, 12)) -> TorchGraph:
    return TorchGraph(model, size, PATH, channels_last=False)


def run(model: onnx.ModelProto, pictures: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"in": pictures})


def test_a_graph_computes_what_onnx_runtime_does() -> None:
    pictures = RNG.normal(size=(1, 3, 8, 12)).astype(np.float32)
    (wanted,) = run(shuffled(), pictures)
    given = graph_of(shuffled())(torch.tensor(pictures))
    assert list(given) == ["out"]
    np.testing.assert_allclose(given["out"].numpy(), wanted, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3, 8, 12), (4, 3, 8, 12), (2, 3, 16, 10), (3, 3, 6, 4)])
def test_sizes_that_an_exporter_wrote_down_follow_the_pictures(shape: tuple[int, ...]) -> None:
    pictures = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    given = graph_of(shuffled())(pictures)["out"]
    torch.testing.assert_close(given, by_hand(pictures), atol=1e-5, rtol=1e-4)


def test_gradients_reach_the_pictures() -> None:
    pictures = torch.randn(2, 3, 4, 6, requires_grad=True, dtype=torch.float64)
    graph = graph_of(shuffled()).double()
    assert torch.autograd.gradcheck(lambda one: graph(one)["out"], pictures)


def test_weights_in_sixteen_bits_are_computed_in_thirty_two() -> None:
    graph = graph_of(halved(shuffled()))
    given = graph(torch.ones(1, 3, 8, 12))["out"]
    rounded = torch.tensor(KERNEL.astype(np.float16).astype(np.float32))
    assert given.dtype == torch.float32
    assert not torch.equal(rounded, torch.tensor(KERNEL))
    maps = torch.nn.functional.conv2d(torch.ones(1, 3, 8, 12), rounded, stride=2, padding=1)
    wanted = torch.nn.functional.interpolate(
        maps[:, [0, 3, 1, 4, 2, 5]], scale_factor=2, mode="bilinear"
    )
    torch.testing.assert_close(given, wanted.flatten(2).transpose(1, 2), atol=1e-5, rtol=1e-4)


def test_weights_move_and_convert_with_the_module_and_are_not_saved_or_learned() -> None:
    graph = graph_of(shuffled())
    assert [buffer.dtype for buffer in graph.double().buffers()] == [torch.float64]
    assert not list(graph.parameters())
    assert not graph.state_dict()


def test_shapes_that_are_computed_are_followed() -> None:
    nodes = [
        helper.make_node("Shape", ["in"], ["shape"]),
        helper.make_node("Gather", ["shape", "first"], ["count"]),
        helper.make_node("Concat", ["count", "rest"], ["wanted"], axis=0),
        helper.make_node("Reshape", ["in", "wanted"], ["out"]),
    ]
    constants = {"first": np.array([0]), "rest": np.array([3, -1])}
    model = model_of(nodes, constants, ("n", 3, "h", "w"))
    pictures = torch.randn(2, 3, 4, 6)
    assert torch.equal(graph_of(model)(pictures)["out"], pictures.flatten(2))


def test_what_is_computed_on_the_way_can_be_asked_for() -> None:
    graph = graph_of(shuffled())
    given = graph(torch.ones(2, 3, 8, 12), ["maps"])
    assert list(given) == ["out", "maps"]
    assert graph.shapes["maps"] == (1, 6, 4, 6)
    assert graph.sources["out"] == ("flat",)
    assert graph.operators["maps"] == "Conv"


# --- Reshaping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "free", "shape", "wanted"),
    [
        ((1, 6, 4, 5), (1, 2, 3, 4, 5), None, (2, 6, 8, 10), [2, 2, 3, 8, 10]),
        ((1, 2, 3, 4, 5), (1, 6, 4, 5), None, (7, 2, 3, 4, 9), [7, 6, 4, 9]),
        ((1, 80, 52, 52), (1, 80, 2704), None, (4, 80, 12, 20), [4, 80, 240]),
        ((1, 52, 52, 255), (1, 8112, 85), None, (2, 12, 20, 255), [2, 720, 85]),
        ((1, 64, 1, 1), (1, 64), None, (3, 64, 1, 1), [3, 64]),
        ((1, 64), (1, 64, 1, 1), None, (3, 64), [3, 64, 1, 1]),
        ((1, 48, 44, 44), (24, 2, 1936), None, (3, 48, 44, 44), [72, 2, 1936]),
        ((2, 24, 1936), (2, 1, 24, 44, 44), 1, (2, 72, 1936), [2, 3, 24, 44, 44]),
    ],
)
def test_axes_follow_those_they_are_made_of(
    before: tuple[int, ...],
    after: tuple[int, ...],
    free: int | None,
    shape: tuple[int, ...],
    wanted: list[int],
) -> None:
    assert Regrouping(before, after, free)(before) == list(after)
    assert Regrouping(before, after, free)(shape) == wanted


def test_a_shape_that_cannot_be_told_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"Reshape of \(1, 35\) to \(1, 6, 6\) does not fit"):
        Regrouping((1, 36), (1, 6, 6))((1, 35))


def test_resized_maps_keep_their_share() -> None:
    assert Scaling((1, 4, 13, 13), (1, 4, 26, 26))((3, 4, 6, 10)) == [3, 4, 12, 20]


# --- Bad input ------------------------------------------------------------------------------


def test_an_unknown_operator_is_named() -> None:
    nodes = [
        helper.make_node("Relu", ["in"], ["a"]),
        helper.make_node("TopK", ["a", "count"], ["out", "places"]),
        helper.make_node("Sinh", ["a"], ["b"]),
    ]
    with pytest.raises(ModelError, match=r"own\.onnx .* its operator Sinh and TopK is not"):
        graph_of(model_of(nodes, {"count": np.array([1])}))


def test_an_operator_that_fails_is_named() -> None:
    nodes = [helper.make_node("Add", ["in", "grid"], ["out"])]
    graph = graph_of(model_of(nodes, {"grid": np.ones((1, 3, 8, 12), np.float32)}))
    with pytest.raises(ModelError, match=r"own\.onnx .* its operator Add fails .*\(.*size"):
        graph(torch.ones(1, 3, 16, 12))


def test_an_operator_that_refuses_is_told_with_its_file() -> None:
    nodes = [helper.make_node("Resize", ["in", "", "scales"], ["out"], mode="cubic")]
    model = model_of(nodes, {"scales": np.array([1, 1, 2, 2], np.float32)})
    with pytest.raises(ModelError, match=r"own\.onnx cannot .*: Resize cubic is not supported"):
        graph_of(model)


def test_short_memory_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("memory")

    graph = graph_of(shuffled())
    monkeypatch.setattr(torch.nn.functional, "conv2d", run_out)
    with pytest.raises(torch.OutOfMemoryError):
        graph(torch.ones(1, 3, 8, 12))


def test_weights_learn_where_they_shall_and_nothing_else_does() -> None:
    graph = TorchGraph(shuffled(), (8, 12), PATH, channels_last=False, learns=True)
    (kernel,) = graph.parameters()
    np.testing.assert_array_equal(kernel.detach().numpy(), KERNEL)
    pictures = torch.ones(1, 3, 8, 12)
    before = graph(pictures)["out"]
    before.square().sum().backward()
    with torch.no_grad():
        kernel -= 1e-6 * kernel.grad
    assert graph(pictures)["out"].square().sum() < before.square().sum()
