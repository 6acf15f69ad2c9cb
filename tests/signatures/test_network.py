"""Networks that make signatures are fed what they were trained on."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.cards import MODELS
from passerby.signatures.network import SignatureNetwork

IMAGE = np.full((10, 6, 3), (255, 0, 51), np.uint8)
"""Blue 255, green 0, red 51."""


def write(path: Path, shape: list[int | str], axes: tuple[int, int]) -> str:
    """A network that gives the mean of each channel."""
    node = helper.make_node("ReduceMean", ["in"], ["out"], axes=list(axes), keepdims=0)
    graph = helper.make_graph(
        [node],
        "mean",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return str(path)


@pytest.mark.parametrize(
    ("shape", "axes", "size"), [([1, 3, 8, 4], (2, 3), (8, 4)), (["n", 8, 4, 3], (1, 2), (8, 4))]
)
def test_channels_may_come_first_or_last(
    tmp_path: Path, shape: list[int | str], axes: tuple[int, int], size: tuple[int, int]
) -> None:
    network = SignatureNetwork(write(tmp_path / "a.onnx", shape, axes), "bgr-255")
    assert network.size == size
    np.testing.assert_allclose(network(IMAGE), [255, 0, 51])


def test_colours_are_normalised_as_for_imagenet(tmp_path: Path) -> None:
    network = SignatureNetwork(write(tmp_path / "a.onnx", [1, 3, 8, 4], (2, 3)), "rgb-imagenet")
    red, green, blue = (0.2 - 0.485) / 0.229, (0 - 0.456) / 0.224, (1 - 0.406) / 0.225
    np.testing.assert_allclose(network(IMAGE), [red, green, blue], rtol=1e-5)


def test_what_cannot_be_fed_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", [1, 3, 8, 4], (2, 3))
    with pytest.raises(
        ConfigError, match=r"a\.onnx is unknown: give --pixels bgr-255 or rgb-imagenet"
    ):
        SignatureNetwork(path)
    with pytest.raises(
        ConfigError, match="yolox-nano finds a person: choose a model that computes"
    ):
        SignatureNetwork("yolox-nano")
    with pytest.raises(ConfigError, match="reid-0287 is bgr-255, not rgb-imagenet"):
        SignatureNetwork("reid-0287", "rgb-imagenet")
    with pytest.raises(ConfigError, match="unknown model"):
        SignatureNetwork("nobody")
    any_size = write(tmp_path / "b.onnx", [1, 3, "height", "width"], (2, 3))
    with pytest.raises(ModelError, match="one size is needed"):
        SignatureNetwork(any_size, "bgr-255")
    four = write(tmp_path / "c.onnx", [1, 4, 8, 5], (2, 3))
    with pytest.raises(ModelError, match=r"\[1, 4, 8, 5\]"):
        SignatureNetwork(four, "bgr-255")
    with pytest.raises(ModelError, match=r"cannot read .*none\.onnx"):
        SignatureNetwork(str(tmp_path / "none.onnx"), "bgr-255")


def test_a_file_may_say_what_it_is_fed(colours_model: str) -> None:
    network = SignatureNetwork(colours_model)
    assert (network.pixels, network.name, network.size) == ("bgr-255", "colours.onnx", (8, 4))
    with pytest.raises(ConfigError, match=r"colours\.onnx is bgr-255, not rgb-imagenet"):
        SignatureNetwork(colours_model, "rgb-imagenet")


def test_a_batch_gets_the_signatures_of_its_pictures(colours_model: str) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 8, 4, 3), np.uint8)
    halves = pictures.reshape(5, 2, 4, 4, 3).astype(np.float64).mean(axis=(2, 3))
    network = SignatureNetwork(colours_model)
    assert network.batch > 1
    np.testing.assert_allclose(
        network.describe(pictures), halves.transpose(0, 2, 1).reshape(5, 6), rtol=1e-5
    )


def test_no_run_takes_more_than_a_batch(
    colours_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runtime keeps as much memory as its largest run ever needed."""
    network = SignatureNetwork(colours_model)
    runs: list[int] = []
    run = network._run
    monkeypatch.setattr(network, "_run", lambda fed: runs.append(len(fed)) or run(fed))
    pictures = np.random.default_rng(0).integers(0, 256, (19, 8, 4, 3), np.uint8)
    rows = network.describe(pictures)
    assert runs == [8, 8, 3]
    np.testing.assert_allclose(rows, [network(one) for one in pictures], rtol=1e-5)


def test_a_graph_for_one_picture_is_fed_one_by_one(tmp_path: Path) -> None:
    network = SignatureNetwork(write(tmp_path / "a.onnx", [1, 3, 8, 4], (2, 3)), "bgr-255")
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 4, 3), np.uint8)
    assert network.batch == 1
    np.testing.assert_allclose(
        network.describe(pictures), pictures.astype(np.float64).mean(axis=(1, 2)), rtol=1e-5
    )


def test_a_graph_that_mixes_pictures_is_fed_one_by_one(tmp_path: Path) -> None:
    """It takes the mean over the batch too, as layers that were exported in training do."""
    node = helper.make_node("ReduceMean", ["in"], ["all"], axes=[0, 2, 3], keepdims=1)
    other = helper.make_node("Sub", ["in", "all"], ["centred"])
    last = helper.make_node("Flatten", ["centred"], ["out"])
    graph = helper.make_graph(
        [node, other, last],
        "mixes",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, ["n", 3, 8, 4])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "mixes.onnx")
    network = SignatureNetwork(str(tmp_path / "mixes.onnx"), "bgr-255")
    pictures = np.random.default_rng(0).integers(0, 256, (2, 8, 4, 3), np.uint8)
    assert network.batch == 1
    np.testing.assert_array_equal(network.describe(pictures)[1], network(pictures[1]))


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    node = helper.make_node("Log", ["in"], ["out"])
    graph = helper.make_graph(
        [node],
        "log",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, 8, 4])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "log.onnx")
    network = SignatureNetwork(str(tmp_path / "log.onnx"), "bgr-255")
    with pytest.raises(DetectionError, match=r"log\.onnx returned NaN or infinite values"):
        network(np.zeros((8, 4, 3), np.uint8))


def test_a_graph_for_several_pictures_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match="takes 4 pictures at once: export it with a batch size of 1"
    ):
        SignatureNetwork(write(tmp_path / "a.onnx", [4, 3, 8, 4], (2, 3)), "bgr-255")


def test_a_run_that_fails_is_a_detection_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = SignatureNetwork(write(tmp_path / "a.onnx", [1, 3, 8, 4], (2, 3)), "bgr-255")
    monkeypatch.setattr(network, "size", (9, 4))
    with pytest.raises(DetectionError, match="the network failed"):
        network(IMAGE)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", [n for n, card in MODELS.items() if card.role == "signature"])
def test_every_model_that_makes_signatures_tells_images_apart(
    name: str, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    network = SignatureNetwork(name)
    height, width = network.size
    assert f"{width}x{height}" in MODELS[name].input
    assert str(len(network(IMAGE))) in MODELS[name].notes
    assert not np.allclose(network(IMAGE), network(255 - IMAGE))
