"""Detectors through which gradients flow, against ONNX Runtime and the decoders in NumPy."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch import Tensor

from passerby.detection.suppression import suppress
from passerby.detections import Kind
from passerby.errors import ConfigError, ModelError
from passerby.models.classes import FIRST_CLASS
from passerby.models.detection_network import DetectionNetwork, Opening
from passerby.models.detectors.differentiable import (
    DifferentiableDetector,
    OnnxDetector,
    feature_matching,
    open_detector,
)
from passerby.models.detectors.differentiable.operators import TORCH_OPERATORS

OURS = "passerby-people"
SIZE = (192, 320)
FREE = (
    "yolox_nano_416",
    "nanodet_m_416",
    "picodet_s_coco_416",
    "yolov8n_coco_640_fp16",
)
FIXED = (
    "fastestdet_352",
    "rtmdet_nano_person_320",
    "centernet_mobilenetv3_coco_512_fp16",
    "yolov5n_coco_640_fp16",
    "ssdlite_mobilenet_v2_coco_300_fp16",
)


@pytest.fixture(scope="module")
def ours() -> OnnxDetector:
    return OnnxDetector(OURS, SIZE)


def tensor_of(image: np.ndarray) -> Tensor:
    """A picture as our own code has it, as detectors here take it."""
    return torch.tensor(image[..., ::-1].copy()).permute(2, 0, 1)[None].float() / 255


def in_onnx_runtime(model: str, image: np.ndarray, threshold: float) -> tuple[np.ndarray, ...]:
    network = DetectionNetwork(model, Opening(threads=1))
    found = network(image, threshold, FIRST_CLASS)
    return found.boxes, found.scores


def check_all_boxes(detector: DifferentiableDetector, model: str, image: np.ndarray) -> None:
    boxes, scores = in_onnx_runtime(model, image, -np.inf)
    with torch.no_grad():
        given = detector.outputs(tensor_of(image))
    assert len(boxes) > 100
    np.testing.assert_allclose(given.scores[0].numpy(), scores, atol=1e-3)
    np.testing.assert_allclose(given.boxes[0].numpy(), boxes, atol=0.1)


def check_people(detector: DifferentiableDetector, model: str, image: np.ndarray) -> None:
    boxes, scores = in_onnx_runtime(model, image, 0.3)
    kept = suppress(boxes, scores, 0.65)
    (given,) = detector.decoded(tensor_of(image), threshold=0.3)
    assert len(given) == len(kept) > 0
    assert (given.kinds == Kind.PERSON).all()
    np.testing.assert_allclose(given.boxes, boxes[kept], atol=0.1)
    np.testing.assert_allclose(given.scores, scores[kept], atol=1e-3)


def check_slope(detector: DifferentiableDetector, images: Tensor) -> None:
    """The slope of the loss along its gradient, by differences."""
    with torch.no_grad():
        clear = detector.outputs(images)
    changed = (images * 0.8 + 0.05).requires_grad_()
    (gradient,) = torch.autograd.grad(detector.loss(changed, clear), changed)
    assert (gradient != 0).float().mean() > 0.9
    step = 3e-4 * gradient / gradient.norm()
    with torch.no_grad():
        after, before = (detector.loss(changed + sign * step, clear) for sign in (1, -1))
    slope = (after - before).item() / 6e-4
    assert slope == pytest.approx(gradient.norm().item(), rel=0.03)


# --- Our own -------------------------------------------------------------------------------


def test_all_boxes_are_those_of_onnx_runtime(ours: OnnxDetector, crowd: np.ndarray) -> None:
    check_all_boxes(ours, OURS, crowd)


def test_people_are_those_of_passerby_detect(ours: OnnxDetector, crowd: np.ndarray) -> None:
    check_people(ours, OURS, crowd)


def test_a_picture_of_any_size_gets_a_grey_border(ours: OnnxDetector, crowd: np.ndarray) -> None:
    cut = crowd[:180, :300]
    filled = np.full((192, 320, 3), 114, np.uint8)
    filled[:180, :300] = cut
    boxes, scores = in_onnx_runtime(OURS, filled, -np.inf)
    given = ours.outputs(tensor_of(cut))
    np.testing.assert_allclose(given.scores[0].numpy(), scores, atol=1e-3)
    np.testing.assert_allclose(given.boxes[0].numpy(), boxes, atol=0.1)


def test_several_pictures_are_seen_as_each_alone(ours: OnnxDetector, crowd_tensor: Tensor) -> None:
    together = ours.outputs(crowd_tensor)
    for place in range(2):
        alone = ours.outputs(crowd_tensor[place : place + 1])
        torch.testing.assert_close(together.scores[place], alone.scores[0], atol=1e-4, rtol=0)
        torch.testing.assert_close(together.boxes[place], alone.boxes[0], atol=1e-2, rtol=0)


def test_gradients_are_those_of_differences_pixel_by_pixel(crowd_tensor: Tensor) -> None:
    detector = OnnxDetector(OURS).double()
    clear = crowd_tensor[:1, :, 40:136, 80:240].double()
    wanted = detector.outputs(clear)
    changed = (clear * 0.7).requires_grad_()
    (gradient,) = torch.autograd.grad(detector.loss(changed, wanted), changed)
    largest = gradient.abs().flatten().topk(4).indices
    for place in largest:
        step = torch.zeros_like(changed).flatten()
        step[place] = 1e-6
        step = step.reshape(changed.shape)
        with torch.no_grad():
            difference = detector.loss(changed + step, wanted) - detector.loss(
                changed - step, wanted
            )
        assert (difference / 2e-6).item() == pytest.approx(
            gradient.flatten()[place].item(), rel=1e-3
        )


def test_features_are_maps_of_strides_8_16_and_32(ours: OnnxDetector, crowd_tensor: Tensor) -> None:
    features = ours.features(crowd_tensor)
    assert [one.shape[2:] for one in features] == [(24, 40), (12, 20), (6, 10)]
    assert all(len(one) == 2 and one.std() > 0 for one in features)
    dimmed = ours.features(crowd_tensor * 0.5)
    assert 0.01 < feature_matching(features, dimmed).item() < 1


def test_a_loss_tells_clear_pictures_from_empty_ones(
    ours: OnnxDetector, crowd_tensor: Tensor
) -> None:
    clear = ours.outputs(crowd_tensor)
    same, dim, empty = (
        ours.loss(images, clear).item()
        for images in (crowd_tensor, crowd_tensor * 0.9, torch.full_like(crowd_tensor, 0.5))
    )
    assert same == pytest.approx(0, abs=1e-5)
    assert 0 < dim < empty
    assert empty > 1


def test_it_is_always_in_use_and_never_learns(ours: OnnxDetector) -> None:
    assert ours.train() is ours
    assert not any(module.training for module in ours.modules())
    assert not list(ours.parameters())


def test_labels_are_refused(ours: OnnxDetector, crowd_tensor: Tensor) -> None:
    with pytest.raises(ConfigError, match="no loss for labels: give its outputs"):
        ours.loss(crowd_tensor, [torch.zeros(1, 4)] * 2)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(1, 1, 64, 64), r"not \(1, 1, 64, 64\): .* repeat grey"),
        (torch.zeros(1, 4, 64, 64), "drop an alpha channel"),
        (torch.zeros(3, 64, 64), r"not \(3, 64, 64\)"),
        (torch.zeros(1, 3, 0, 64), r"not \(1, 3, 0, 64\)"),
        (torch.zeros(1, 3, 64, 64, dtype=torch.uint8), "not torch.uint8: divide bytes by 255"),
    ],
)
def test_what_are_no_pictures_is_refused(ours: OnnxDetector, images: Tensor, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ours.outputs(images)


# --- Networks of one size ------------------------------------------------------------------


@pytest.fixture
def whites_model(plates_model: str, tmp_path: Path) -> str:
    """Of 320x320 pixels: white is a person, of 24x12 pixels."""
    model = onnx.load(plates_model)
    del model.metadata_props[:]
    helper.set_model_props(model, {"stride": "32", "names": "['person', 'screen']"})
    path = tmp_path / "whites.onnx"
    onnx.save(model, path)
    return str(path)


def test_a_picture_is_scaled_to_a_network_of_one_size(whites_model: str) -> None:
    detector = OnnxDetector(whites_model, (100, 200))
    assert detector.input_size == (320, 320)
    images = torch.zeros(2, 3, 100, 200)
    # Scaled by 1.6, they fill a cell and reach beyond it by enough that its border is white.
    images[0, :, 48:57, 148:157] = 1
    images[1, :, 8:17, 8:17] = 1
    first, second = detector.decoded(images, threshold=0.9)
    # The cells from (240, 80) and (16, 16) on, whose middles are (244, 84) and (20, 20).
    np.testing.assert_allclose(first.boxes, np.array([[232, 78, 256, 90]]) / 1.6, atol=1e-4)
    np.testing.assert_allclose(second.boxes, np.array([[8, 14, 32, 26]]) / 1.6, atol=1e-4)
    outputs = detector.outputs(images)
    assert outputs.scores.shape == (2, 2100)
    assert (outputs.scores > 0.9).sum(dim=1).tolist() == [1, 1]


# --- Bad input -----------------------------------------------------------------------------


def test_a_network_without_people_is_refused(plates_model: str) -> None:
    with pytest.raises(ModelError, match="finds no people, only plate, screen"):
        open_detector(plates_model)


def test_a_network_that_suppresses_is_refused(network_giving: Callable[..., Path]) -> None:
    boxes = np.array([[[0, 0, 9, 9, 0.5, 0], [40, 40, 80, 60, 0.5, 0]]])
    path = network_giving({"found": boxes})
    with pytest.raises(ModelError, match="export it without suppression"):
        open_detector(str(path))


def test_an_operator_that_torch_does_not_compute_is_named(
    network_giving: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TORCH_OPERATORS._entries, "ReduceMax")
    outputs = {"boxes": np.array([[[[0, 0, 1, 0.5]]]]), "scores": np.full((1, 1, 2), 0.5)}
    path = network_giving(outputs)
    with pytest.raises(ModelError, match=r"constant\.onnx cannot be made .* operator ReduceMax"):
        open_detector(str(path))


def test_an_operator_that_torch_computes_otherwise_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relu = TORCH_OPERATORS["Relu"]
    leaking = lambda inputs, attributes: relu(inputs, attributes) * 0.9  # noqa: E731
    monkeypatch.setitem(TORCH_OPERATORS._entries, "Relu", leaking)
    with pytest.raises(ModelError, match="computes its operator Relu otherwise than ONNX Runtime"):
        open_detector(OURS)


def test_a_file_that_is_no_network_is_an_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match=r"none\.onnx"):
        open_detector(missing)
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ModelError, match=r"text\.onnx is not an ONNX file"):
        open_detector(str(tmp_path / "text.onnx"))
    with pytest.raises(ConfigError, match="unknown model 'yolo-pico'"):
        open_detector("yolo-pico")


# --- Networks of others --------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", FREE)
def test_networks_of_others_at_the_size_of_the_picture(
    shared: Path, crowd: np.ndarray, crowd_tensor: Tensor, name: str
) -> None:
    model = str(shared / "models" / f"{name}.onnx")
    detector = OnnxDetector(model, SIZE)
    assert detector.input_size is None
    if DetectionNetwork(model, Opening(threads=1)).size is None:
        check_all_boxes(detector, model, crowd)
    else:
        side = np.zeros((*detector.own_size, 3), np.uint8)
        side[:192, :320] = crowd
        check_all_boxes(detector, model, side)
    assert len(detector.features(crowd_tensor[:1])) == 3
    check_slope(detector, crowd_tensor[:1, :, 32:160, 64:256])


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", FIXED)
def test_networks_of_others_at_their_own_size(
    shared: Path, crowd: np.ndarray, crowd_tensor: Tensor, name: str
) -> None:
    model = str(shared / "models" / f"{name}.onnx")
    detector = OnnxDetector(model, SIZE)
    rows, columns = detector.input_size or (0, 0)
    image = np.zeros((rows, columns, 3), np.uint8)
    image[:192, : min(columns, 320)] = crowd[:, : min(columns, 320)]
    if "centernet" not in name:
        check_all_boxes(detector, model, image)
    check_people(detector, model, image)
    assert len(detector.features(crowd_tensor[:1])) == 3
    check_slope(detector, crowd_tensor[:1])
