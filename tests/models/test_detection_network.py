"""A network is opened with its names, its classes and its input as its file or a user says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from passerby.detections import Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.cards import PIXELS_KEY
from passerby.models.classes import Wanted
from passerby.models.coco import COCO, COCO_91
from passerby.models.detection_network import (
    DetectionNetwork,
    Opening,
    kinds_by_card,
)
from passerby.models.preparation import PREPARATIONS

Giving = Callable[..., Path]
PICTURE = (1, 3, 64, 128)
PLATE = Wanted.of((0, Kind.OBJECT))
ONE_THREAD = Opening(threads=1)


def ssd(classes: int = 2, score: float = 0.5) -> dict[str, np.ndarray]:
    """Two boxes that fill the left and the right half of the picture."""
    shares = np.array([[[[0, 0, 1, 0.5]], [[0, 0.5, 1, 1]]]], np.float32)
    return {"boxes": shares, "scores": np.full((1, 2, classes), score, np.float32)}


def opened(path: Path, **options: str) -> DetectionNetwork:
    return DetectionNetwork(str(path), Opening(threads=1, **options))


def bright(at: tuple[int, int], side: int = 8) -> np.ndarray:
    image = np.zeros((320, 320, 3), np.uint8)
    image[at[1] : at[1] + side, at[0] : at[0] + side] = 255
    return image


# --- What it finds -------------------------------------------------------------------------


def test_a_users_own_network_finds_its_plates_where_they_are(plates_model: str) -> None:
    network = DetectionNetwork(plates_model, ONE_THREAD)
    assert (network.family.name, network.names) == ("yolov8", ("plate", "screen"))
    assert network.size == (320, 320)
    found = network(bright((80, 40)), 0.5, PLATE)
    assert found.boxes.tolist() == [[72, 38, 96, 50]]
    assert found.kinds.tolist() == [Kind.OBJECT]
    np.testing.assert_allclose(found.scores, 1 / (1 + np.exp(-4)), rtol=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", ["boxes", "scores"])
def test_numbers_that_are_not_finite_are_an_error(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch, place: str, value: float
) -> None:
    network = opened(network_giving(ssd(), picture=PICTURE))
    outputs = ssd()
    outputs[place][0, 0] = value
    monkeypatch.setattr(network, "network", lambda tensor: list(outputs.values()))
    if place == "scores" and value == -np.inf:
        assert len(network(np.zeros((64, 128, 3), np.uint8), 0.3, PLATE)) == 1  # surely none
        return
    with pytest.raises(DetectionError, match="NaN or infinite"):
        network(np.zeros((64, 128, 3), np.uint8), 0.3, PLATE)


def test_a_nan_beside_what_is_found_is_an_error_too(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = opened(network_giving(ssd(), picture=PICTURE))
    outputs = ssd()
    outputs["scores"][0, 1, 1] = np.nan  # a class that nobody asked for
    monkeypatch.setattr(network, "network", lambda tensor: list(outputs.values()))
    with pytest.raises(DetectionError, match="NaN or infinite"):
        network(np.zeros((64, 128, 3), np.uint8), 0.3, PLATE)


@pytest.mark.parametrize(
    "outputs",
    [ssd(classes=3), {"scores": np.zeros((1, 2, 2), np.float32)}, {}],
    ids=["more classes", "boxes missing", "nothing"],
)
def test_outputs_of_another_size_are_an_error(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch, outputs: dict[str, np.ndarray]
) -> None:
    network = opened(network_giving(ssd(), picture=PICTURE))
    monkeypatch.setattr(network, "network", lambda tensor: list(outputs.values()))
    with pytest.raises(DetectionError, match=r"for 64x128 pixels the network gave .* decoder ssd"):
        network(np.zeros((64, 128, 3), np.uint8), 0.3, PLATE)


def test_a_score_above_one_is_an_error(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = opened(network_giving(ssd(), picture=PICTURE))
    monkeypatch.setattr(network, "network", lambda tensor: list(ssd(score=4.2).values()))
    with pytest.raises(DetectionError, match=r"a score of 4\.2.*decoder"):
        network(np.zeros((64, 128, 3), np.uint8), 0.3, PLATE)


# --- Names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "names"), [(80, COCO), (90, COCO_91), (3, None)])
def test_names_are_cocos_where_there_are_as_many_classes(
    network_giving: Giving, count: int, names: tuple[str, ...] | None
) -> None:
    assert opened(network_giving(ssd(count), picture=PICTURE)).names == names


def test_names_may_come_from_a_file(network_giving: Giving, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("plate\nperson\n", encoding="utf-8")
    network = opened(network_giving(ssd(), picture=PICTURE), class_names=str(names))
    assert network.people() == {1: Kind.PERSON}
    assert network.numbers_of(["plate"]) == [0]


def test_names_that_do_not_fit_the_network_are_refused(
    network_giving: Giving, tmp_path: Path
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("a\nb\nc\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"names\.txt names 3 classes, but .* tells 2 apart"):
        opened(network_giving(ssd(), picture=PICTURE), class_names=str(names))
    path = network_giving(ssd(), picture=PICTURE, metadata={"names": "['a', 'b', 'c']"})
    with pytest.raises(ConfigError, match=r"constant\.onnx names 3 classes"):
        opened(path)


def test_names_that_contradict_the_file_are_refused(network_giving: Giving, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("person\nplate\n", encoding="utf-8")
    path = network_giving(ssd(), picture=PICTURE, metadata={"names": "['plate', 'person']"})
    with pytest.raises(ConfigError, match="contains class names other than"):
        opened(path, class_names=str(names))


def test_a_network_without_persons_says_what_it_finds(plates_model: str) -> None:
    with pytest.raises(ModelError, match=r"finds no people, only plate, screen: .*--object-model"):
        DetectionNetwork(plates_model, ONE_THREAD).people()


def test_persons_need_not_be_the_first_class(network_giving: Giving) -> None:
    metadata = {"names": "{0: 'car', 1: 'Person', 2: 'head'}"}
    network = opened(network_giving(ssd(3), picture=PICTURE, metadata=metadata))
    assert network.people() == {1: Kind.PERSON, 2: Kind.HEAD}


# --- Input ---------------------------------------------------------------------------------


def fed(
    network: DetectionNetwork, image: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> np.ndarray:
    """What reaches the runtime."""
    seen = []
    inner = network.network

    def note(tensor: np.ndarray) -> list[np.ndarray]:
        seen.append(inner.input.feed(tensor)["images"])
        return inner(tensor)

    monkeypatch.setattr(network, "network", note)
    network(image, 0.5, PLATE)
    return seen[0]


IMAGE = np.random.default_rng(1).integers(0, 256, (64, 128, 3), np.uint8)


@pytest.mark.parametrize("name", PREPARATIONS)
def test_a_file_may_say_what_it_is_fed(
    name: str, network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = network_giving(ssd(), picture=PICTURE, metadata={PIXELS_KEY: name})
    tensor = fed(opened(path), IMAGE, monkeypatch)
    np.testing.assert_array_equal(tensor, PREPARATIONS[name](IMAGE))


def test_a_file_that_says_nothing_is_fed_as_its_family(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensor = fed(opened(network_giving(ssd(), picture=PICTURE)), IMAGE, monkeypatch)
    np.testing.assert_allclose(tensor[0, 0], IMAGE[..., 2] / 127.5 - 1, rtol=1e-5, atol=1e-6)


def test_bytes_are_fed_as_they_are_in_the_order_of_the_family(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = network_giving(ssd(), picture=(1, 64, 128, 3), numbers=TensorProto.UINT8)
    tensor = fed(opened(path), IMAGE, monkeypatch)
    assert tensor.dtype == np.uint8
    assert (tensor[0] == IMAGE[..., ::-1]).all()


def test_half_precision_is_fed_in_half_precision(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = network_giving(ssd(), picture=PICTURE, numbers=TensorProto.FLOAT16)
    tensor = fed(opened(path), IMAGE, monkeypatch)
    assert tensor.dtype == np.float16
    np.testing.assert_allclose(tensor[0, 2], IMAGE[..., 0] / 127.5 - 1, atol=1e-3)


def test_an_unknown_input_is_refused(network_giving: Giving) -> None:
    path = network_giving(ssd(), picture=PICTURE, metadata={PIXELS_KEY: "hsv"})
    with pytest.raises(ModelError, match=r"input format hsv: only bgr-255, .* are known"):
        opened(path)


# --- By name -------------------------------------------------------------------------------


def test_what_a_card_finds_is_known_without_its_file() -> None:
    assert kinds_by_card("yolox-nano") == {Kind.PERSON}
    assert kinds_by_card("passerby-people") == {Kind.PERSON, Kind.HEAD}
    with pytest.raises(ConfigError, match="finds a face, not a person"):
        kinds_by_card("yunet-n")


def test_the_decoder_of_a_name_is_that_of_its_card() -> None:
    assert DetectionNetwork("passerby-people", Opening("passerby")).names == ("person", "head")
    with pytest.raises(ConfigError, match="decoder of passerby-people is passerby, not yolox"):
        DetectionNetwork("passerby-people", Opening("yolox"))


def test_a_file_cut_short_is_refused_in_one_line(plates_model: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(Path(plates_model).read_bytes()[:-5000])
    with pytest.raises(ModelError, match=r"cut\.onnx") as refused:
        opened(path)
    assert "\n" not in str(refused.value)


def test_weights_beside_the_file_that_are_missing_are_refused(
    plates_model: str, tmp_path: Path
) -> None:
    path = tmp_path / "two_files.onnx"
    options = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    onnx.save(onnx.load(plates_model), path, **options)
    assert opened(path).names == ("plate", "screen")
    (tmp_path / "weights.bin").unlink()
    with pytest.raises(ModelError, match=r"two_files\.onnx|weights\.bin"):
        opened(path)
