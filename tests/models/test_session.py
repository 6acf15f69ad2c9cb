"""Graphs are read, freed of their size where they allow it, and run without noise."""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models import session
from passerby.models.devices import PROVIDERS, Device
from passerby.models.session import Network, provider_of

KERNEL = np.arange(12, dtype=np.float32).reshape(4, 3, 1, 1)


def value(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def saved(path: Path, graph: onnx.GraphProto) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    onnx.save(model, path)
    return path


def mixing(target: list[int]) -> onnx.GraphProto:
    """A network that mixes channels with `KERNEL` and reshapes the result."""
    weights = numpy_helper.from_array(KERNEL, "weights")
    shape = numpy_helper.from_array(np.array(target, np.int64), "shape")
    nodes = [
        helper.make_node("Conv", ["image", "weights"], ["mixed"]),
        helper.make_node("Reshape", ["mixed", "shape"], ["output"]),
    ]
    inputs = [value("image", [1, 3, 32, 32]), value("weights", [4, 3, 1, 1])]
    outputs = [value("output", [1, 4, 1024])]
    return helper.make_graph(nodes, "mixing", inputs, outputs, [weights, shape])


@pytest.fixture
def free(tmp_path: Path) -> Path:
    """A graph written down for 32 x 32 whose reshape takes any size."""
    return saved(tmp_path / "free.onnx", mixing([1, 4, -1]))


@pytest.fixture
def fixed(tmp_path: Path) -> Path:
    """A graph whose reshape holds its size."""
    return saved(tmp_path / "fixed.onnx", mixing([1, 4, 32, 32]))


@pytest.mark.parametrize("shape", [(32, 32), (64, 96), (1, 7)])
def test_a_free_graph_takes_any_size_and_computes_what_it_should(
    free: Path, shape: tuple[int, int]
) -> None:
    network = Network(free, threads=1)
    image = np.random.default_rng(1).random((1, 3, *shape), np.float32)
    (output,) = network(image)
    expected = KERNEL[:, :, 0, 0] @ image.reshape(3, -1)
    assert network.size is None
    np.testing.assert_allclose(output[0], expected, rtol=1e-5)


def test_a_fixed_graph_says_its_size_and_runs_at_it(fixed: Path) -> None:
    network = Network(fixed, threads=1)
    assert network.size == (32, 32)
    (output,) = network(np.ones((1, 3, 32, 32), np.float32))
    np.testing.assert_array_equal(output[0, :, 0, 0], KERNEL.sum(axis=(1, 2, 3)))


def test_a_run_at_a_wrong_size_is_our_error(fixed: Path) -> None:
    network = Network(fixed, threads=1)
    with pytest.raises(DetectionError, match="the network failed"):
        network(np.ones((1, 3, 64, 64), np.float32))


def test_trying_and_failing_makes_no_noise(fixed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    network = Network(fixed, threads=1)
    with pytest.raises(DetectionError):
        network(np.ones((1, 3, 64, 64), np.float32))
    assert capfd.readouterr() == ("", "")


def test_an_input_is_not_written_to(free: Path) -> None:
    image = np.ones((1, 3, 32, 32), np.float32)
    image.flags.writeable = False
    Network(free, threads=1)(image)
    assert (image == 1).all()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot read .*missing\.onnx"):
        Network(tmp_path / "missing.onnx")


@pytest.mark.parametrize("content", [b"not a graph", b"", bytes(1000)])
def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx"):
        Network(path)


def test_a_truncated_graph_is_refused(tmp_path: Path, free: Path) -> None:
    path = tmp_path / "truncated.onnx"
    path.write_bytes(free.read_bytes()[:-20])
    with pytest.raises(ModelError, match=r"truncated\.onnx"):
        Network(path)


@pytest.mark.parametrize(
    "inputs",
    [[value("image", [1, 3, 8, 8]), value("other", [1])], [value("image", [1, 3])]],
    ids=["two", "flat"],
)
def test_a_graph_that_does_not_take_one_picture_is_refused(
    tmp_path: Path, inputs: list[onnx.ValueInfoProto]
) -> None:
    node = helper.make_node("Relu", ["image"], ["output"])
    graph = helper.make_graph([node], "odd", inputs, [value("output", [1, 3, 8, 8])])
    with pytest.raises(ModelError, match="one picture"):
        Network(saved(tmp_path / "odd.onnx", graph))


def test_a_graph_without_a_size_that_runs_at_none_is_refused(tmp_path: Path) -> None:
    graph = mixing([1, 4, 32, 32])
    del graph.input[:]
    graph.input.append(value("image", [1, 3, "height", "width"]))
    with pytest.raises(ModelError, match=r"cannot be run.*nor names one"):
        Network(saved(tmp_path / "odd.onnx", graph))


def test_a_graph_with_an_unknown_operator_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Nonsense", ["image"], ["output"])
    graph = helper.make_graph([node], "odd", [value("image", [1, 3, 8, 8])], [value("output", [1])])
    with pytest.raises(ModelError, match="cannot be run"):
        Network(saved(tmp_path / "odd.onnx", graph))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "size"),
    [
        ("yolox_nano_416.onnx", None),
        ("nanodet_m_416.onnx", (416, 416)),
        ("fastestdet_352.onnx", (352, 352)),
    ],
)
def test_public_networks_give_what_the_unchanged_graph_gives(
    shared: Path, file: str, size: tuple[int, int] | None
) -> None:
    path = shared / "models" / file
    plain = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    network = Network(path, threads=2)
    side = 352 if file.startswith("fastest") else 416
    image = np.random.default_rng(1).random((1, 3, side, side), np.float32) * 255
    expected = plain.run(None, {plain.get_inputs()[0].name: image})
    assert network.size == size
    for ours, theirs in zip(network(image), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


# --- Pictures of other layouts -------------------------------------------------------------


def channel_means(shape: list[int | str], numbers: int, axes: list[int]) -> onnx.GraphProto:
    """A network that gives the mean of each colour of a picture."""
    nodes = [
        helper.make_node("Cast", ["image"], ["single"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["single"], ["means"], axes=axes, keepdims=0),
    ]
    picture = helper.make_tensor_value_info("image", numbers, shape)
    return helper.make_graph(nodes, "means", [picture], [value("means", [1, 3])])


LAYOUTS = [
    ([1, 3, 32, 32], [2, 3]),
    (["N", 3, "H", "W"], [2, 3]),
    ([1, 32, 32, 3], [1, 2]),
    ([1, -1, -1, 3], [1, 2]),
    (["N", "H", "W", 3], [1, 2]),
]


@pytest.mark.parametrize(("shape", "axes"), LAYOUTS, ids=str)
@pytest.mark.parametrize("numbers", [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8])
def test_whatever_a_graph_takes_is_fed_channels_first_in_single_precision(
    tmp_path: Path, shape: list[int | str], axes: list[int], numbers: int
) -> None:
    network = Network(saved(tmp_path / "odd.onnx", channel_means(shape, numbers, axes)), threads=1)
    assert network.size is None
    assert network.input.is_bytes == (numbers == TensorProto.UINT8)
    image = np.random.default_rng(1).integers(0, 256, (1, 3, 24, 40)).astype(np.float32)
    (means,) = network(image)
    assert means.dtype == np.float32
    np.testing.assert_allclose(means, image.mean(axis=(2, 3)), rtol=1e-3)


@pytest.mark.parametrize(
    ("shape", "numbers", "message"),
    [
        ([1, 1, 32, 32], TensorProto.FLOAT, "3 channels are needed"),
        ([1, 4, 32, 32], TensorProto.FLOAT, "3 channels are needed"),
        (["N", "C", "H", "W"], TensorProto.FLOAT, r"\['N', 'C', 'H', 'W'\]: 3 channels"),
        ([8, 3, 32, 32], TensorProto.FLOAT, "takes 8 pictures at once"),
        ([1, 3, 32, 32], TensorProto.INT32, "pictures of int32"),
        ([1, 3, 32, 32], TensorProto.DOUBLE, "pictures of double"),
    ],
    ids=str,
)
def test_pictures_that_nobody_can_feed_are_refused(
    tmp_path: Path, shape: list[int | str], numbers: int, message: str
) -> None:
    graph = channel_means(shape, numbers, [2, 3])
    with pytest.raises(ModelError, match=message):
        Network(saved(tmp_path / "odd.onnx", graph))


@pytest.mark.parametrize("side", [32, 100, 224, 640])
def test_what_is_tried_is_larger_than_what_a_graph_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    """A window larger than its map makes the runtime end the program: nobody could catch that."""
    tried = []

    def run(self: Network, tensor: np.ndarray) -> list[np.ndarray]:
        tried.append(tensor.shape[2:])
        raise DetectionError("not at this size")

    monkeypatch.setattr(Network, "__call__", run)
    graph = channel_means([1, 3, side, side], TensorProto.FLOAT, [2, 3])
    network = Network(saved(tmp_path / "pooling.onnx", graph), threads=1)
    assert network.size == (side, side)
    assert all(min(shape) > side and shape[0] % 32 == shape[1] % 32 == 0 for shape in tried)


def test_a_graph_that_gives_no_numbers_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("SequenceConstruct", ["image"], ["output"])
    kind = helper.make_tensor_type_proto(TensorProto.FLOAT, [1, 3, 8, 8])
    output = helper.make_value_info("output", helper.make_sequence_type_proto(kind))
    graph = helper.make_graph([node], "odd", [value("image", [1, 3, 8, 8])], [output])
    with pytest.raises(ModelError, match="something other than numbers"):
        Network(saved(tmp_path / "odd.onnx", graph))


@pytest.mark.parametrize(
    ("text", "stride"),
    [("64", 64), ("32", 32), ("8", 32), ("x", 32), ("", 32), ("9999", 256), ("9" * 5_000, 32)],
)
def test_a_file_may_say_that_its_sides_are_multiples_of_more(
    free: Path, text: str, stride: int
) -> None:
    model = onnx.load(free)
    helper.set_model_props(model, {"stride": text})
    onnx.save(model, free)
    assert Network(free, threads=1).stride == stride


# --- Devices -------------------------------------------------------------------------------


def test_the_processor_is_always_there() -> None:
    assert provider_of("cpu") in onnxruntime.get_available_providers()


@pytest.mark.parametrize(
    ("device", "remedy"),
    [("cuda", "onnxruntime-gpu"), ("openvino", "onnxruntime-openvino"), ("coreml", "macOS")],
)
def test_what_is_not_there_is_refused_with_what_is(
    monkeypatch: pytest.MonkeyPatch, device: Device, remedy: str
) -> None:
    there = ["AzureExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: there)
    with pytest.raises(ConfigError, match=rf"cannot use {device}, only cpu: .*{remedy}"):
        provider_of(device)


class Session:
    """Stands for the runtime's: it takes some of the providers that it is offered."""

    taken: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    def __init__(self, graph: bytes, options: object, providers: list[str]) -> None:
        Session.offered = tuple(providers)

    def get_providers(self) -> list[str]:
        return list(Session.taken)

    def run(self, names: object, feed: object) -> list[object]:
        return []


@pytest.fixture
def every_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that can use all devices."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(PROVIDERS.values()))
    monkeypatch.setattr(session.onnxruntime, "InferenceSession", Session)


@pytest.mark.parametrize("device", PROVIDERS)
def test_the_device_comes_first_and_the_processor_does_the_rest(
    every_device: None, plates_model: str, monkeypatch: pytest.MonkeyPatch, device: Device
) -> None:
    monkeypatch.setattr(Session, "taken", (PROVIDERS[device], PROVIDERS["cpu"]))
    Network(Path(plates_model), device=device)
    expected = [PROVIDERS[device], PROVIDERS["cpu"]]
    assert list(Session.offered) == list(dict.fromkeys(expected))


def test_a_device_that_the_runtime_gives_up_on_is_an_error_and_not_the_processor_in_silence(
    every_device: None, plates_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "taken", (PROVIDERS["cpu"],))
    with pytest.raises(ConfigError, match="device cuda cannot be used here"):
        Network(Path(plates_model), device="cuda")


# --- Hostile files -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location",
    ["../weights.bin", "/etc/passwd", "gone.bin", "pipe.bin", "link.bin", "", "."],
)
def test_numbers_in_another_file_are_read_from_beside_it_or_refused(
    tmp_path: Path, free: Path, location: str
) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(64))
    folder = tmp_path / "models"
    folder.mkdir()
    os.mkfifo(folder / "pipe.bin")
    (folder / "link.bin").symlink_to("../weights.bin")
    model = onnx.load(free)
    model.graph.initializer.append(tensor_elsewhere(location))
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=r"the weights beside .*net.onnx cannot be read"):
        Network(path)


def test_numbers_beside_it_are_read(tmp_path: Path, free: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(64))
    model = onnx.load(free)
    model.graph.initializer.append(tensor_elsewhere("weights.bin"))
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    Network(path)


def tensor_elsewhere(location: str) -> onnx.TensorProto:
    tensor = onnx.TensorProto(name="more", data_type=onnx.TensorProto.FLOAT, dims=[16])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "net.onnx"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
    with pytest.raises(ModelError, match=r"cannot read .*net.onnx"):
        Network(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_file_is_refused_or_works(
    place: float, byte: int, cut: bool, free: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(free.read_bytes())
    at = int(place * len(content))
    if cut:
        del content[at:]
    else:
        content[at] = byte
    path = tmp_path_factory.mktemp("damaged") / "net.onnx"
    path.write_bytes(content)
    with suppress(ModelError):
        Network(path)
