"""Families are told by what a network gives; what may be two, or none, is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from passerby.errors import ConfigError, ModelError
from passerby.models.decoders import DECODERS
from passerby.models.decoders.decoder import cells
from passerby.models.preparation import PREPARATIONS
from passerby.models.recognition import DECODER_KEY, Family, recognise
from passerby.models.session import Network

HEIGHT, WIDTH = 64, 128
PICTURE = (1, 3, HEIGHT, WIDTH)
CELLS = 168

Giving = Callable[..., Path]


def centres(strides: tuple[int, ...] = (8, 16, 32)) -> np.ndarray:
    places, stride = cells(HEIGHT, WIDTH, strides)
    return (places + 0.5) * stride


def boxes_at(points: np.ndarray) -> np.ndarray:
    """Centre, width and height."""
    return np.concatenate([points, np.full_like(points, 20)], axis=1)


def numbers(shape: tuple[int, ...], value: float = 0.1) -> np.ndarray:
    return np.full(shape, value, np.float32)


def yolov8(classes: int = 2, scale: float = 1, score: float = 0.1) -> np.ndarray:
    scores = numbers((CELLS, classes), score)
    return np.concatenate([boxes_at(centres()) * scale, scores], axis=1).T[None]


def yolov5(classes: int = 2, score: float = 0.1) -> np.ndarray:
    boxes = np.repeat(boxes_at(centres()), 3, axis=0)
    return np.concatenate([boxes, numbers((3 * CELLS, 1 + classes), score)], axis=1)[None]


def yolox(classes: int = 2) -> np.ndarray:
    return numbers((1, CELLS, 5 + classes), 0.5)


def picodet() -> dict[str, np.ndarray]:
    counts = (128, 32, 8, 2)
    scores = {f"score{count}": numbers((1, count, 3)) for count in counts}
    return scores | {f"sides{count}": numbers((1, count, 32)) for count in counts}


def nanodet() -> dict[str, np.ndarray]:
    return {name: array for name, array in picodet().items() if array.shape[1] != 2}


def rtmdet() -> dict[str, np.ndarray]:
    corners = np.concatenate([centres() - 10, centres() + 10], axis=1)[None]
    return {"boxes": corners, "scores": numbers((1, CELLS, 5))}


SUPPRESSED = {
    "raw_detection_scores": numbers((1, 50, 91)),
    "detection_classes": numbers((1, 10), 1),
    "num_detections": numbers((1,), 10),
    "detection_scores": numbers((1, 10)),
    "detection_boxes": numbers((1, 10, 4)),
}

FAMILIES = {
    "yolov8": ({"output0": yolov8()}, 2),
    "yolov5": ({"output0": yolov5()}, 2),
    "yolox": ({"output": yolox()}, 2),
    "yolo-nms": ({"output0": numbers((1, 300, 6), 0)}, 0),
    "fastestdet": ({"758": numbers((1, 7, HEIGHT // 16, WIDTH // 16))}, 2),
    "picodet": (picodet(), 3),
    "nanodet": (nanodet(), 3),
    "rtmdet": (rtmdet(), 5),
    "ssd": ({"boxes": numbers((1, 50, 1, 4)), "scores": numbers((1, 50, 3))}, 3),
    "centernet": ({"wh": numbers((1, 16, 32, 4)), "keypoints": numbers((1, 16, 32, 7))}, 7),
    "passerby": (
        {"distances": numbers((1, CELLS, 2, 4)), "scores": numbers((1, CELLS, 2))},
        2,
    ),
}


def family(path: Path, asked: str | None = None) -> Family:
    return recognise(Network(path, threads=1), path, asked)


def test_every_decoder_is_tried() -> None:
    assert set(FAMILIES) == set(DECODERS)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_told_by_its_outputs(name: str, network_giving: Giving) -> None:
    outputs, classes = FAMILIES[name]
    found = family(network_giving(outputs, picture=PICTURE))
    assert (found.name, found.classes) == (name, classes)
    assert found.decoder is DECODERS[name]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_that_is_named_is_taken(name: str, network_giving: Giving) -> None:
    outputs, _ = FAMILIES[name]
    assert family(network_giving(outputs, picture=PICTURE), name).name == name


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("other", FAMILIES)
def test_the_wrong_decoder_is_refused(name: str, other: str, network_giving: Giving) -> None:
    if name == other:
        return
    path = network_giving(FAMILIES[name][0], picture=PICTURE)
    with pytest.raises(
        ModelError, match=rf"does not fit the decoder {other}: for 64x128 pixels its outputs are"
    ):
        family(path, other)


@pytest.mark.parametrize(
    ("picture", "numbers_of_input"),
    [
        (("N", 3, HEIGHT, WIDTH), TensorProto.FLOAT),
        ((1, HEIGHT, WIDTH, 3), TensorProto.FLOAT),
        ((1, 3, HEIGHT, WIDTH), TensorProto.FLOAT16),
        ((1, HEIGHT, WIDTH, 3), TensorProto.UINT8),
    ],
    ids=str,
)
def test_the_layout_of_the_picture_does_not_matter(
    picture: tuple[int | str, ...], numbers_of_input: int, network_giving: Giving
) -> None:
    path = network_giving({"output0": yolov8()}, picture=picture, numbers=numbers_of_input)
    assert family(path).name == "yolov8"


def test_shares_are_recognised_too(network_giving: Giving) -> None:
    output = yolov8()
    output[:, :4] /= np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])[None, :, None]
    assert family(network_giving({"output0": output}, picture=PICTURE)).name == "yolov8"


def test_of_many_outputs_those_that_a_family_names_are_taken(network_giving: Giving) -> None:
    path = network_giving(SUPPRESSED, picture=PICTURE)
    network = Network(path, threads=1)
    found = recognise(network, path)
    assert (found.name, found.classes) == ("ssd", 0)
    assert network.outputs == ("detection_boxes", "detection_scores", "detection_classes")
    shapes = [one.shape for one in network(np.zeros(PICTURE, np.float32))]
    assert shapes == [(1, 10, 4), (1, 10), (1, 10)]


def test_names_of_outputs_may_end_with_a_colon_and_a_number(network_giving: Giving) -> None:
    outputs = {f"{name}:0": array for name, array in SUPPRESSED.items()}
    assert family(network_giving(outputs, picture=PICTURE)).name == "ssd"


def test_a_graph_that_runs_at_any_size_may_make_sense_at_its_own_alone(
    network_giving: Giving,
) -> None:
    """The numbers of this one are always those of 64x128 pixels."""
    path = network_giving({"output0": yolov8()}, picture=PICTURE, any_size=True)
    network = Network(path, threads=1)
    assert network.size is None
    assert recognise(network, path).name == "yolov8"
    assert network.size == (HEIGHT, WIDTH)


# --- What is refused -----------------------------------------------------------------------


def test_what_may_be_two_families_is_refused_unless_one_is_named(
    network_giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(DECODERS["rtmdet"], prepare=PREPARATIONS["rgb-1"])
    monkeypatch.setattr(DECODERS, "_entries", {**DECODERS._entries, "other": other})
    path = network_giving(rtmdet(), picture=PICTURE)
    with pytest.raises(ModelError, match=r"may be of rtmdet or other: say which with --decoder"):
        family(path)
    assert family(path, "rtmdet").name == "rtmdet"
    assert family(path, "other").name == "other"


def test_a_file_may_name_its_decoder(network_giving: Giving) -> None:
    metadata = {DECODER_KEY: "yolov8"}
    path = network_giving({"output0": yolov8()}, picture=PICTURE, metadata=metadata)
    assert family(path).name == "yolov8"
    assert family(path, "yolov8").name == "yolov8"
    with pytest.raises(ConfigError, match="says that its decoder is yolov8, not yolox"):
        family(path, "yolox")


def test_a_file_that_names_the_wrong_decoder_is_refused(network_giving: Giving) -> None:
    metadata = {DECODER_KEY: "yolox"}
    path = network_giving({"output0": yolov8()}, picture=PICTURE, metadata=metadata)
    with pytest.raises(ModelError, match="does not fit the decoder yolox"):
        family(path)


def test_none_says_what_was_seen_and_which_decoders_there_are(network_giving: Giving) -> None:
    outputs = {"logits": numbers((1, 10)), "map": numbers((1, 2, 3))}
    path = network_giving(outputs, picture=PICTURE)
    seen = r"for 64x128 pixels its outputs are logits \(1, 10\), map \(1, 2, 3\)$"
    with pytest.raises(ModelError, match=rf"none of {', '.join(DECODERS)}: {seen}"):
        family(path)


def test_a_decoder_that_does_not_exist_is_refused(network_giving: Giving) -> None:
    path = network_giving({"output0": yolov8()}, picture=PICTURE)
    with pytest.raises(ConfigError, match=r"unknown decoder 'yolo': choose one of .*yolov8"):
        family(path, "yolo")


@pytest.mark.parametrize("task", ["segment", "pose", "obb", "classify"])
def test_a_network_for_another_task_is_refused(task: str, network_giving: Giving) -> None:
    outputs = {"output0": yolov8()}
    path = network_giving(outputs, picture=PICTURE, metadata={"task": task})
    with pytest.raises(ModelError, match=f"the task {task}: export a network that detects"):
        family(path)


@pytest.mark.parametrize(
    ("outputs", "looks"),
    [
        pytest.param({"output": yolov8().transpose(0, 2, 1)}, "yolox", id="decoded, turned"),
        pytest.param({"output0": yolov8(score=-4)}, "yolov8", id="scores not yet probabilities"),
        pytest.param({"output0": yolov8(score=1.5)}, "yolov8", id="scores above one"),
        pytest.param({"output0": yolov8(score=np.nan)}, "yolov8", id="NaN"),
        pytest.param({"output0": yolov5(score=np.inf)}, "yolov5", id="infinite"),
        pytest.param({"output0": yolov8(scale=1e4)}, "yolov8", id="beyond the picture"),
        pytest.param({"output0": yolov8(scale=0.001)}, "yolov8", id="all in one corner"),
        pytest.param({"output0": yolov8(scale=0.1)}, "yolov8", id="of another scale"),
    ],
)
def test_numbers_that_are_no_boxes_of_the_family_are_refused(
    outputs: dict[str, np.ndarray], looks: str, network_giving: Giving
) -> None:
    if looks == "yolox":
        outputs["output"] = np.pad(outputs["output"], ((0, 0), (0, 0), (0, 1)))
        outputs["output"][..., 2:4] = 90
    path = network_giving(outputs, picture=PICTURE)
    with pytest.raises(
        ModelError, match=f"looks like {looks}, but its outputs are not valid boxes"
    ):
        family(path)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "name", "classes"),
    [
        ("yolov5n_coco_640_fp16", "yolov5", 80),
        ("yolov8n_coco_640_fp16", "yolov8", 80),
        ("ssdlite_mobilenet_v2_coco_300_fp16", "ssd", 90),
        ("picodet_s_coco_416", "picodet", 80),
        ("rtmdet_nano_person_320", "rtmdet", 1),
        ("centernet_mobilenetv3_coco_512_fp16", "centernet", 80),
        ("yolox_nano_416", "yolox", 80),
        ("nanodet_m_416", "nanodet", 80),
        ("fastestdet_352", "fastestdet", 80),
    ],
)
def test_public_networks_are_recognised(shared: Path, file: str, name: str, classes: int) -> None:
    found = family(shared / "models" / f"{file}.onnx")
    assert (found.name, found.classes) == (name, classes)


@pytest.mark.shared
@pytest.mark.parametrize(
    "file",
    [
        "ultralight_rfb_640",
        "yunet_n",
        "mobilenet_v1_1.0_224_imagenet_fp16",
        "osnet_x0_25_msmt17",
        "person_reid_0288",
        "faceres_mobilenet_vggface2_fp16",
    ],
)
def test_networks_that_detect_nothing_we_know_are_refused(shared: Path, file: str) -> None:
    with pytest.raises(ModelError, match="none of"):
        family(shared / "models" / f"{file}.onnx")
